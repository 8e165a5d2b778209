"""The way out that a message carries: what its reader stops by it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from saleor_backorders import errors
from saleor_backorders.common import links
from saleor_backorders.models import OPTIONAL, BackInStockSubscription, Message, OptOut
from saleor_backorders.settings.fields import split

from . import subscriptions


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
    if message.kind in subscriptions.KINDS:
        rows = BackInStockSubscription.objects.filter(pk__in=message.about_ids)
        return WayOut(message=message, is_sign_up=True, is_taken=not rows.exists())
    if message.kind not in OPTIONAL or not message.recipient:
        raise errors.LinkInvalid
    is_taken = all(is_out(each) for each in _readers(message))
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
            subscriptions.erase(subscription_id=key)
        return
    for reader in _readers(way.message):
        leave(reader, now=now)
        # Who wants to hear of nothing but their orders wants none of these either.
        subscriptions.erase_all(email=reader)


def _readers(message: Message) -> tuple[str, ...]:
    return split(message.recipient)


SALT = "saleor_backorders.opt_out"


def are_out(emails: Collection[str]) -> set[str]:
    """Return those who took the way out; one statement."""
    digests = {_digest(email): email for email in emails}
    found = OptOut.objects.filter(pk__in=list(digests)).values_list("pk", flat=True)
    return {digests[digest] for digest in found}


def is_out(email: str) -> bool:
    """Tell whether somebody took the way out."""
    return bool(are_out([email]))


def leave(email: str, *, now: datetime) -> None:
    """Send somebody nothing any more that is not strictly about an order."""
    OptOut.objects.bulk_create(
        [OptOut(address_digest=_digest(email), created_at=now)], ignore_conflicts=True
    )


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()
