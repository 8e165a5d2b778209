"""Take units off orders, cancel them and leave notes, as Saleor's staff do."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from saleor.giftcard.utils import deactivate_order_gift_cards
from saleor.order.actions import cancel_order, create_refund_fulfillment
from saleor.order.fetch import OrderLineInfo
from saleor.order.models import Order

from saleor_backorders.errors import InvalidValue
from saleor_backorders.host.order_lines import undispatched
from saleor_backorders.host.people import people
from saleor_backorders.host.port import Actor

from .compat import call_with, doing
from .notes import add_note, give_reason
from .replace import replace_units
from .shortages import insufficient_stock

__all__ = ["add_note", "cancel", "insufficient_stock", "release_units", "replace_units"]


def release_units(
    *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
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


def cancel(*, order_id: UUID, actor: Actor) -> None:
    """Cancel an order, as staff do.

    :raises InvalidValue: its state does not allow it.
    """
    order = Order.objects.get(pk=order_id)
    if not order.can_cancel():
        raise InvalidValue("This order cannot be cancelled.", field="id")
    call_with(cancel_order, order=order, **doing(actor))
    deactivate_order_gift_cards(order.pk, *people(actor))
