"""Who wants to hear when a variant is back: they ask, confirm by mail, and leave at any time.

Whoever asks hears the same, whether the address is new, waits for its confirmation, is on the
list, was told or took itself off: the one who reads the mail decides, and nobody else learns
anything.  The address is kept in one place, the sign-up's own row, and is gone with it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext

from saleor_backorders import errors, outbox
from saleor_backorders.availability import availability, free_stock
from saleor_backorders.common import links, rate_limit
from saleor_backorders.models import BackInStockSubscription, MessageKind

from . import queries

KINDS = frozenset({MessageKind.CONFIRM, MessageKind.BACK_IN_STOCK})
PRIMARY = "default"
MAX_EMAIL_LENGTH, MAX_LANGUAGE_LENGTH = 254, 35
TOLD_KEPT = timedelta(days=30)
UNCONFIRMED_KEPT = timedelta(days=links.CONFIRM_DAYS)


def subscribe(
    *,
    variant_id: int,
    channel: str,
    email: str,
    language: str,
    address: str,
    now: datetime,
    today: date,
) -> None:
    """Ask an e-mail address to confirm that it wants to hear of a variant.

    ``address`` is where the request came from.

    :raises InvalidValue: no e-mail address.
    :raises TooManySignUps: from there.
    :raises NotFound: no such channel, or it does not sell the variant.
    """
    email = _checked(email)
    rate_limit.sign_up(address)
    channel_id = availability.find_destination(
        channel=channel, country=None, using=PRIMARY
    ).channel.id
    goods = free_stock.read([(variant_id, channel_id)], now=now, today=today)
    known = goods.get((variant_id, channel_id))
    # A mail names what it is about: nobody is to learn of what is not published.
    if known is None or not known.is_sold:
        raise errors.NotFound(kind="ProductVariant", key=variant_id, field="variantId")
    _note(variant_id, channel_id, email, language[:MAX_LANGUAGE_LENGTH], now)


def confirm(*, subscription_id: int, now: datetime) -> BackInStockSubscription:
    """Put whoever holds the link on the list; twice is once.

    :raises LinkInvalid: they took themselves off, or it is too long ago.
    """
    rows = BackInStockSubscription.objects.filter(pk=subscription_id)
    rows.filter(confirmed_at=None).update(confirmed_at=now)
    return find(subscription_id)


def find(subscription_id: int) -> BackInStockSubscription:
    """Return a sign-up.

    :raises LinkInvalid: there is none.
    """
    row = BackInStockSubscription.objects.filter(pk=subscription_id).first()
    if row is None:
        raise errors.LinkInvalid
    return row


def erase(*, subscription_id: int) -> int:
    """Forget whoever signed up, for this variant in this channel; return how many rows went."""
    row = BackInStockSubscription.objects.filter(pk=subscription_id).first()
    if row is None:
        return 0
    return _of_address(row.email).filter(_same_thing(row)).delete()[0]


def erase_all(*, email: str) -> int:
    """Forget everything that an address signed up for; return how many rows went."""
    return _of_address(email).delete()[0]


def forget(*, now: datetime) -> int:
    """Erase who did not confirm in time, and who was told a while ago; return how many."""
    late = Q(confirmed_at=None, told_at=None, created_at__lt=now - UNCONFIRMED_KEPT)
    told = Q(told_at__lt=now - TOLD_KEPT)
    gone = BackInStockSubscription.objects
    return int(gone.filter(late).delete()[0]) + int(gone.filter(told).delete()[0])


def open_again(row: BackInStockSubscription) -> None:
    """Put somebody back into the queue who was not told after all, in the caller's transaction."""
    # Whoever signed up anew meanwhile goes on with what they confirmed before.
    _of_address(row.email).filter(_same_thing(row), told_at=None).delete()
    BackInStockSubscription.objects.filter(pk=row.pk).update(told_at=None)


@transaction.atomic
def _note(variant_id: int, channel_id: int, email: str, language: str, now: datetime) -> None:
    row = queries.sign_up(
        variant_id=variant_id, channel_id=channel_id, email=email, language=language, now=now
    )
    # Counted for those on the list, too, so that a later answer tells nothing.
    may_ask = rate_limit.may_ask_to_confirm(email)
    if may_ask and not row.is_confirmed:
        message = outbox.new(
            MessageKind.CONFIRM,
            f"confirm:{row.id}:{now.date()}",
            channel_id,
            variant_id=variant_id,
            about_ids=[row.id],
            language=language,
        )
        outbox.write([message])


def _checked(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        text = gettext("This is no e-mail address.")
        raise errors.InvalidValue(text, field="email") from error
    return errors.check_length(email, most=MAX_EMAIL_LENGTH, field="email")


def _same_thing(row: BackInStockSubscription) -> Q:
    return Q(variant_id=row.variant_id, channel_id=row.channel_id)


def _of_address(email: str) -> QuerySet[BackInStockSubscription, Any]:
    rows = BackInStockSubscription.objects.alias(address=Lower("email"))
    return rows.filter(address=Lower(Value(email)))
