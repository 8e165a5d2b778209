"""What the background sends while the story is told, read as the people in it would."""

from __future__ import annotations

from django.db import connections

from sandbox import mail_backend
from sandbox.mail_backend import Letter


def deliver() -> dict[str, list[Letter]]:
    """Let the background send what is due; return what is new, oldest first, by who got it."""
    # Imported late: the plugin needs the apps to be ready.
    from saleor_backorders import tasks

    known = {letter.key for letter in mail_backend.letters()}
    tasks.deliver()
    connections.close_all()
    found: dict[str, list[Letter]] = {}
    for letter in reversed(mail_backend.letters()):
        if letter.key not in known:
            found.setdefault(_name(letter.to), []).append(letter)
    return found


def paragraph(letter: Letter, beginning: str) -> str:
    """Return the line of a letter that begins so, or nothing."""
    lines = (line.strip() for line in letter.text.splitlines())
    return next((line for line in lines if line.startswith(beginning)), "")


def _name(address: str) -> str:
    return address.partition("@")[0].title()
