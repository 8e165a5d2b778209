"""What a message says: the parts that its templates show, and what leaves in the end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


class OutdatedMessage(Exception):
    """What a message was to tell is not so any more, or nobody is to hear it."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a message speaks of; days are written in the email's language."""

    name: str
    split: str = ""
    """How many ship now and how many wait, in words."""
    until: str = ""
    first: str = ""
    """The day for the first of them, where it is another one."""
    before: str = ""
    """The day that was said before."""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VoucherLine:
    """A voucher code."""

    code: str
    worth: str
    terms: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a message is to say; the templates of its kind turn it into an email."""

    kind: str
    recipients: tuple[str, ...]
    language: str
    lines: tuple[Line, ...] = ()
    voucher_lines: tuple[VoucherLine, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    """What the kind's own template names besides."""
    out_url: str = ""
    """Where to stop messages of this kind; empty where they are strictly about the order."""


@dataclass(frozen=True, kw_only=True)
class Email:
    """What leaves."""

    kind: str
    recipients: tuple[str, ...]
    language: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: str
    number: str
    """The Message-ID: the same for every attempt at the same message."""
    out_url: str
    draft: Draft

    @property
    def payload(self) -> dict[str, Any]:
        """Return the same in parts, for who renders it otherwise."""
        return {
            "lines": [asdict(line) for line in self.draft.lines],
            "gifts": [asdict(voucher_line) for voucher_line in self.draft.voucher_lines],
            **{name: str(value) for name, value in self.draft.facts.items()},
        }
