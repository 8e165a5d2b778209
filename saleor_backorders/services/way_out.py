"""The way out that a message carries: what its reader stops by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from saleor_backorders import errors
from saleor_backorders.models import OPTIONAL, BackInStockSubscription, Message
from saleor_backorders.settings.fields import split

from . import links, opt_out, sign_up


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """What a link leads out of."""

    message: Message
    is_sign_up: bool
    """Of one sign-up; else of all that is not strictly about orders."""
    is_taken: bool


def read(token: str) -> WayOut:
    """Return what the holder of a link may stop.

    :raises LinkInvalid: a wrong link, or nobody knows any more to whom its message went.
    """
    message = Message.objects.filter(pk=links.read_for(links.OUT, token)).first()
    if message is None:
        raise errors.LinkInvalid
    if message.kind in sign_up.KINDS:
        rows = BackInStockSubscription.objects.filter(pk__in=message.about_ids)
        return WayOut(message=message, is_sign_up=True, is_taken=not rows.exists())
    if message.kind not in OPTIONAL or not message.recipient:
        raise errors.LinkInvalid
    is_taken = all(opt_out.is_out(each) for each in _readers(message))
    return WayOut(message=message, is_sign_up=False, is_taken=is_taken)


def read_sign_up(token: str) -> WayOut:
    """Return the sign-up that the holder of a link may take back.

    :raises LinkInvalid: as above, or the link is of another kind of message.
    """
    way = read(token)
    if not way.is_sign_up:
        raise errors.LinkInvalid
    return way


@transaction.atomic
def take(way: WayOut, *, now: datetime) -> None:
    """Stop it; once more changes nothing."""
    if way.is_sign_up:
        for key in way.message.about_ids:
            sign_up.erase(subscription_id=key)
        return
    for reader in _readers(way.message):
        opt_out.leave(reader, now=now)
        # Who wants to hear of nothing but their orders wants none of these either.
        sign_up.erase_all(email=reader)


def _readers(message: Message) -> tuple[str, ...]:
    return split(message.recipient)
