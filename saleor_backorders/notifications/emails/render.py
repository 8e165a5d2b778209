"""Turn what a message is to say into what leaves: subject, plain text and HTML of one template.

A kind has one template, whose blocks are set into two layouts (``mail/layout.txt``, which
begins with the subject, and ``mail/layout.html``), so that both bodies say the same.  A shop that
wants other words puts a template of the same name into its own template folder.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.template import Context
from django.template import Template as Compiled
from django.template.loader import get_template
from django.utils import translation

from saleor_backorders.settings.channel import MailRule

from .mail import Draft, Email

FOLDER = "saleor_backorders/mail"
COLUMNS = 78
END_OF_SUBJECT = "\x1f"
"""Names may hold line breaks: the subject ends where the layout says so."""


def mail(draft: Draft, *, rule: MailRule, shop: str, number: str) -> Email:
    """Write an email in its language."""
    with translation.override(draft.language):
        context = {
            "lines": draft.lines,
            "voucher_lines": draft.voucher_lines,
            "out_url": draft.out_url,
            "shop": shop,
            "language": draft.language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            **draft.facts,
        }
        context["end_of_subject"] = END_OF_SUBJECT
        whole = _render(draft.kind, "layout.txt", context, escape=False)
        subject, _, text = whole.partition(END_OF_SUBJECT)
        subject = " ".join(subject.split())
        return Email(
            kind=draft.kind,
            recipients=draft.recipients,
            language=draft.language,
            subject=subject,
            text=_tidy(text),
            html=_render(draft.kind, "layout.html", {**context, "subject": subject}, escape=True),
            sender=sender(rule, shop),
            reply_to=rule.reply_to,
            number=f"<{number}@{_domain(rule)}>",
            out_url=draft.out_url,
            draft=draft,
        )


@lru_cache(maxsize=256)
def sender(rule: MailRule, shop: str) -> str:
    """Return the From header of a channel."""
    name, address = parseaddr(rule.sender_address or settings.DEFAULT_FROM_EMAIL)
    return str(Address(rule.sender_name or name or shop, addr_spec=address))


@lru_cache(maxsize=256)
def _domain(rule: MailRule) -> str:
    address = parseaddr(rule.sender_address or settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "localhost"


def _render(kind: str, layout: str, context: Mapping[str, Any], *, escape: bool) -> str:
    shown = {**context, "layout": _template(layout)}
    return str(_template(f"{kind}.txt").render(Context(shown, autoescape=escape)))


@cache
def _template(name: str) -> Compiled:
    # Kept compiled: a shop's own loaders may read the file anew each time.
    backend: Any = get_template(f"{FOLDER}/{name}")
    compiled: Compiled = backend.template
    return compiled


def _tidy(text: str) -> str:
    """Leave at most one empty line between two paragraphs, and wrap what is prose."""
    lines: list[str] = []
    for line in (each.rstrip() for each in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines += _wrapped(line)
    return "\n".join(lines) + "\n"


def _wrapped(line: str) -> list[str]:
    # Lists and links stay on their lines: one to a thing, and whole to click on.
    if line.startswith(("*", " ", "http")) or not line:
        return [line]
    return textwrap.wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False)
