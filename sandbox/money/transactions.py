"""Transactions: what payment apps tell of the money that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from sandbox.apps.app.models import App
from sandbox.apps.checkout.models import Checkout
from sandbox.apps.order.models import Order, OrderGrantedRefund
from sandbox.apps.payment.models import TransactionEvent, TransactionItem
from sandbox.money import amounts, charge
from sandbox.orders import status
from sandbox.orders.events import Who

MANUAL = "Manual adjustment of the transaction."


class DifferentAmountError(Exception):
    """The same event was reported before, with another amount."""


@transaction.atomic
def create(
    source: Order | Checkout,
    charged: Decimal | None,
    *,
    who: Who,
    name: str = "",
    psp_reference: str | None = None,
    actions: Sequence[str] = (),
) -> TransactionItem:
    """Record money that was charged for an order or a checkout."""
    app = None if who.app_id is None else App.objects.get(pk=who.app_id)
    item = TransactionItem.objects.create(
        order=source if isinstance(source, Order) else None,
        checkout=source if isinstance(source, Checkout) else None,
        currency=source.currency,
        name=name,
        psp_reference=psp_reference,
        available_actions=sorted(set(actions)),
        app=app,
        app_identifier=app.identifier or None if app else None,
        user_id=who.user_id,
    )
    if charged:
        _record(item, "charge_success", charged, app, message=MANUAL, user_id=who.user_id)
    settle(item)
    return item


def settle(item: TransactionItem) -> None:
    """Store what a transaction's events come to, there and on its order."""
    order = _hold_order(item)
    amounts.recalculate(item)
    if order is None:
        return
    charge.refresh(order)
    if order.status == status.UNCONFIRMED and order.channel.automatically_confirm_all_new_orders:
        status.refresh(order)


def _hold_order(item: TransactionItem) -> Order | None:
    """Lock a transaction's order: before the transaction, as everybody does who locks both."""
    if item.order_id is None:
        return None
    return Order.objects.select_for_update(of=("self",)).get(pk=item.order_id)


@transaction.atomic
def report(
    item: TransactionItem,
    kind: str,
    amount: Decimal,
    *,
    psp_reference: str | None,
    app: App | None,
    message: str = "",
    granted: OrderGrantedRefund | None = None,
) -> tuple[TransactionEvent, bool]:
    """Take in an event of a transaction; the same one again changes nothing.

    Returns the event, and whether it was known before.

    :raises DifferentAmountError: when it was, with another amount.
    """
    _hold_order(item)
    item = TransactionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    known = None
    if kind != "info":
        known = item.events.filter(psp_reference=psp_reference, type=kind).first()
    if known and known.amount_value != amount:
        raise DifferentAmountError
    if known:
        return known, True
    event = _record(
        item,
        kind,
        amount,
        app,
        message=message,
        psp_reference=psp_reference,
        related_granted_refund=granted,
    )
    settle(item)
    if granted:
        refresh_granted(granted)
    return event, False


def _record(
    item: TransactionItem, kind: str, amount: Decimal, app: App | None, **values: Any
) -> TransactionEvent:
    return item.events.create(
        type=kind,
        amount_value=amount,
        currency=item.currency,
        app=app,
        app_identifier=app.identifier or None if app else None,
        include_in_calculations=True,
        **values,
    )


def refused(event: TransactionEvent, cause: str) -> None:
    """Record that a request came to nothing before anybody answered it."""
    event.transaction.events.create(
        type=event.type.rpartition("_")[0] + "_failure",
        amount_value=event.amount_value,
        currency=event.currency,
        message=cause[:512],
        psp_reference=event.psp_reference,
        related_granted_refund=event.related_granted_refund,
    )


GRANTED_STATUS = {
    "refund_success": "success",
    "refund_request": "pending",
    "refund_failure": "failure",
    "refund_reverse": "none",
}


def refresh_granted(granted: OrderGrantedRefund) -> None:
    """Store how far a granted refund is, as the last event about it tells."""
    last = (
        granted.transaction_events.filter(
            transaction_id=granted.transaction_item_id, type__in=GRANTED_STATUS
        )
        .order_by("created_at")
        .last()
    )
    if last:
        granted.status = GRANTED_STATUS[last.type]
        granted.save(update_fields=["status", "updated_at"])
