"""What the background sends while the story is told, read as the people in it would."""

from __future__ import annotations

from django.db import connections

from sandbox import mail_backend
from sandbox.mail_backend import Email


def deliver() -> dict[str, list[Email]]:
    """Let the background send what is due; return what is new, oldest first, by who got it."""
    # Imported late: the plugin needs the apps to be ready.
    from saleor_backorders import tasks

    known = {email.key for email in mail_backend.mails()}
    tasks.deliver()
    connections.close_all()
    found: dict[str, list[Email]] = {}
    for email in reversed(mail_backend.mails()):
        if email.key not in known:
            found.setdefault(_name(email.to), []).append(email)
    return found


def paragraph(email: Email, beginning: str) -> str:
    """Return the line of an email that begins so, or nothing."""
    lines = (line.strip() for line in email.text.splitlines())
    return next((line for line in lines if line.startswith(beginning)), "")


def _name(address: str) -> str:
    return address.partition("@")[0].title()
