"""The sandbox's mail: emails are kept as files, one each, for the mailbox page and the demo."""

from __future__ import annotations

import email
import email.policy
import itertools
import os
from collections.abc import Sequence
from email.message import EmailMessage as Read
from pathlib import Path
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

_numbers = itertools.count(1)


class Email(NamedTuple):
    """An email as its reader finds it."""

    key: str
    to: str
    subject: str
    text: str
    html: str


class Backend(BaseEmailBackend):
    """Put every email into a file of the folder that the environment names."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the emails; return how many."""
        for message in email_messages:
            # The time keeps them in order over restarts, the number within one instant.
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{os.getpid()}-{next(_numbers):06}.eml"
            (folder() / name).write_bytes(message.message().as_bytes())
        return len(email_messages)


def folder() -> Path:
    """Return where the emails lie."""
    found = Path(os.environ["SANDBOX_MAIL_DIR"])
    found.mkdir(parents=True, exist_ok=True)
    return found


def mails(to: str = "") -> list[Email]:
    """Return every email, or those to one reader, newest first."""
    if not os.environ.get("SANDBOX_MAIL_DIR"):
        return []
    found = (_read(path) for path in sorted(folder().glob("*.eml"), reverse=True))
    return [each for each in found if not to or each.to == to]


def mail(key: str) -> Email | None:
    """Return one email."""
    return next((each for each in mails() if each.key == key), None)


def _read(path: Path) -> Email:
    mail = email.message_from_bytes(path.read_bytes(), _class=Read, policy=email.policy.default)
    return Email(path.stem, mail["To"], mail["Subject"], _body(mail, "plain"), _body(mail, "html"))


def _body(mail: Read, kind: str) -> str:
    part = mail.get_body((kind,))
    return "" if part is None else part.get_content().replace("\r\n", "\n")
