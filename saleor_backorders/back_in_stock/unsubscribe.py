"""The way out that a message carries: what its reader stops by it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from saleor_backorders import errors
from saleor_backorders.common import links
from saleor_backorders.models import OPTIONAL, BackInStockSubscription, Message, Unsubscribed
from saleor_backorders.settings.fields import split

from . import subscriptions


@dataclass(frozen=True, kw_only=True)
class UnsubscribeLink:
    """What a link leads out of."""

    message: Message
    is_sign_up: bool
    """Of one sign-up; else of all that is not strictly about orders."""
    is_taken: bool


def read(token: str) -> UnsubscribeLink:
    """Return what the holder of a link may stop.

    :raises LinkInvalid: a wrong link, or nobody knows any more to whom its message went.
    """
    message = Message.objects.filter(pk=links.read_for(links.OUT, token)).first()
    if message is None:
        raise errors.LinkInvalid
    if message.kind in subscriptions.KINDS:
        rows = BackInStockSubscription.objects.filter(pk__in=message.about_ids)
        return UnsubscribeLink(message=message, is_sign_up=True, is_taken=not rows.exists())
    if message.kind not in OPTIONAL or not message.recipient:
        raise errors.LinkInvalid
    is_taken = all(is_unsubscribed(each) for each in _readers(message))
    return UnsubscribeLink(message=message, is_sign_up=False, is_taken=is_taken)


def read_sign_up(token: str) -> UnsubscribeLink:
    """Return the sign-up that the holder of a link may take back.

    :raises LinkInvalid: as above, or the link is of another kind of message.
    """
    link = read(token)
    if not link.is_sign_up:
        raise errors.LinkInvalid
    return link


@transaction.atomic
def take(link: UnsubscribeLink, *, now: datetime) -> None:
    """Stop it; once more changes nothing."""
    if link.is_sign_up:
        for key in link.message.about_ids:
            subscriptions.erase(subscription_id=key)
        return
    for reader in _readers(link.message):
        unsubscribe(reader, now=now)
        # Who wants to hear of nothing but their orders wants none of these either.
        subscriptions.erase_all(email=reader)


def _readers(message: Message) -> tuple[str, ...]:
    return split(message.recipient)


SALT = "saleor_backorders.unsubscribed"


def unsubscribed_of(emails: Collection[str]) -> set[str]:
    """Return those who unsubscribed; one statement."""
    digests = {_digest(email): email for email in emails}
    found = Unsubscribed.objects.filter(pk__in=list(digests)).values_list("pk", flat=True)
    return {digests[digest] for digest in found}


def is_unsubscribed(email: str) -> bool:
    """Tell whether somebody unsubscribed."""
    return bool(unsubscribed_of([email]))


def unsubscribe(email: str, *, now: datetime) -> None:
    """Send somebody nothing any more that is not strictly about an order."""
    Unsubscribed.objects.bulk_create(
        [Unsubscribed(address_digest=_digest(email), created_at=now)], ignore_conflicts=True
    )


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()
