"""What staff are told."""

from __future__ import annotations

from saleor_backorders.models import Message

from .facts import Facts
from .letter import Draft, Untrue


def draft(message: Message, facts: Facts) -> Draft:
    """Say what staff are to look at, in the language in force.

    :raises Untrue: it is not so any more, or nobody is named.
    """
    raise Untrue("not written yet")
