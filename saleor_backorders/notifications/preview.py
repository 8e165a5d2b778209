"""Write an email as it would leave now, without sending it or keeping anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F

from saleor_backorders import errors
from saleor_backorders.common import i18n
from saleor_backorders.host.port import Host
from saleor_backorders.host.rows import Order, orders
from saleor_backorders.models import (
    FOR_STAFF,
    Backorder,
    Cancellation,
    Message,
    MessageKind,
    Offer,
    Promise,
    Refund,
)

from .emails import compose
from .emails.facts import Facts
from .emails.mail import Email

UNSAVED = 0
"""The number of a message that is in no outbox."""
KINDS = tuple(
    kind for kind in MessageKind if kind not in (MessageKind.CONFIRM, MessageKind.BACK_IN_STOCK)
)
"""What may be said of an order; the others are about a sign-up."""


def preview(
    *, host: Host, kind: str, order_number: str, language: str | None, now: datetime
) -> Email:
    """Return an email of a kind about all that waits, or waited, of an order.

    :raises InvalidValue: a kind that is none, or a language that has no templates.
    :raises NotFound: no such order.
    :raises OutdatedMessage: there is nothing of the kind to tell, or nobody is to hear it.
    """
    if kind not in KINDS:
        raise errors.InvalidValue(f"Give one of: {', '.join(KINDS)}.", field="kind")
    if language and not i18n.is_spoken(language):
        raise errors.InvalidValue(f"There are no templates in {language}.", field="language")
    message = _message(kind, _order(order_number), now)
    known = compose.load([message], host=host)
    return compose.compose(message, _in(language, message, known) if language else known)


def _order(number: str) -> Order:
    wanted = number.removeprefix("#")
    sound = wanted.isascii() and wanted.isdigit() and int(wanted) <= errors.INT4_MAX
    found = orders().filter(number=wanted).first() if sound else None
    if found is None:
        raise errors.NotFound(kind="Order", key=number, field="order")
    return found


def _message(kind: str, order: Order, now: datetime) -> Message:
    rows = list(Backorder.objects.filter(order_id=order.id).order_by("pk"))
    return Message(
        pk=UNSAVED,
        kind=kind,
        key="",
        channel_id=order.channel_id,
        order_id=order.id,
        variant_id=rows[0].variant_id if rows else None,
        backorder_ids=[row.pk for row in rows],
        about_ids=_about(kind, order),
        due_at=now,
        created_at=now,
        transaction_id=_last_move_forward(rows) if kind == MessageKind.EARLIER else UNSAVED,
    )


def _about(kind: str, order: Order) -> list[int]:
    """Return the rows that a message of this kind speaks of, whenever they were written."""
    tables: dict[str, Any] = {
        MessageKind.CANCELLED: Cancellation,
        MessageKind.REFUNDED: Refund,
        MessageKind.REFUND_FAILED: Refund,
        MessageKind.OFFER: Offer,
    }
    table = tables.get(kind)
    if table is None:
        return []
    return list(table.objects.filter(order_id=order.id).order_by("pk").values_list("pk", flat=True))


def _last_move_forward(rows: Iterable[Backorder]) -> int:
    """Return the transaction that last gave an order an earlier day."""
    earlier = Promise.objects.filter(
        backorder_id__in=[row.pk for row in rows], promised_on__lt=F("previous_on")
    )
    found = earlier.order_by("pk").values_list("transaction_id", flat=True).last()
    return UNSAVED if found is None else found


def _in(language: str, message: Message, known: Facts) -> Facts:
    """Return what is known, as if the reader spoke another language."""
    if message.kind in FOR_STAFF:
        rule = replace(known.rules[message.channel_id], language=language)
        return replace(known, rules={message.channel_id: rule})
    return replace(
        known,
        orders={key: replace(order, language=language) for key, order in known.orders.items()},
    )
