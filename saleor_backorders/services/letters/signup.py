"""What somebody is told who signed up for a variant."""

from __future__ import annotations

from saleor_backorders.models import Message

from .facts import Facts
from .letter import Draft, Untrue


def draft(message: Message, facts: Facts) -> Draft:
    """Say what is to be said to a sign-up, in the language in force.

    :raises Untrue: it is not so any more.
    """
    raise Untrue("not written yet")


def language_of(message: Message) -> str:
    """Return the language in which somebody signed up."""
    return message.language
