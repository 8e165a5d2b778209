"""Take units off orders, cancel them and leave notes, as Saleor's staff do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from saleor.giftcard.utils import deactivate_order_gift_cards
from saleor.order import events
from saleor.order.actions import cancel_order, create_refund_fulfillment
from saleor.order.fetch import OrderLineInfo
from saleor.order.models import Order, OrderLine

from saleor_backorders.errors import InvalidValue
from saleor_backorders.host.port import Actor

from .calls import call_with, doing, people


def release_units(
    order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
) -> None:
    """Put undispatched units of a line into a fulfilment REFUNDED, as a refund of products does.

    :raises InvalidValue: fewer units are undispatched.
    """
    line = undispatched(order_line_id, quantity)
    fulfillment = call_with(
        create_refund_fulfillment,
        order=line.order,
        payment=None,
        order_lines_to_refund=[OrderLineInfo(line=line, quantity=quantity, variant=line.variant)],
        fulfillment_lines_to_refund=[],
        amount=amount,
        **doing(actor),
    )
    give_reason(fulfillment, reason, actor)


def cancel(order_id: UUID, actor: Actor) -> None:
    """Cancel an order, as staff do.

    :raises InvalidValue: its state does not allow it.
    """
    order = Order.objects.get(pk=order_id)
    if not order.can_cancel():
        raise InvalidValue("This order cannot be cancelled.", field="id")
    call_with(cancel_order, order=order, **doing(actor))
    deactivate_order_gift_cards(order.pk, *people(actor))


def add_note(order_id: UUID, message: str, actor: Actor) -> None:
    """Leave a note in an order's history."""
    user, app = people(actor)
    order = Order.objects.get(pk=order_id)
    events.order_note_added_event(order=order, user=user, app=app, message=message)


def undispatched(order_line_id: UUID, quantity: int) -> Any:
    """Return a line that has so many undispatched units.

    :raises InvalidValue: it has fewer.
    """
    line = OrderLine.objects.select_related("order__channel", "variant").get(pk=order_line_id)
    if not 0 < quantity <= line.quantity_unfulfilled:
        raise InvalidValue(field="quantity")
    return line


def give_reason(fulfillment: Any, reason: str, actor: Actor) -> None:
    """Write down why, in a note where this Saleor's fulfilments have no place for it."""
    if not reason:
        return
    if any(field.name == "reason" for field in fulfillment._meta.concrete_fields):
        fulfillment.reason = reason
        fulfillment.save(update_fields=["reason"])
    else:
        add_note(fulfillment.order_id, reason, actor)
