from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from sandbox.apps.order.models import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.money.price import in_cents
from sandbox.orders import events, status
from sandbox.orders.events import Who
from sandbox.stock.errors import AllocationError
from sandbox.stock.lines import LineWork
from sandbox.stock.release import deallocate

logger = logging.getLogger(__name__)


@transaction.atomic
def return_products(
    order: Order,
    lines: Sequence[tuple[OrderLine, int]],
    fulfillment_lines: Sequence[tuple[FulfillmentLine, int]],
) -> Fulfillment:
    """Book units as returned; those never dispatched are released, none goes back to a shelf."""
    target = Fulfillment.objects.create(order=order, status=status.RETURNED)
    move_undispatched(target, lines)
    _return_dispatched(target, fulfillment_lines)
    emptied = order.fulfillments.filter(
        lines=None, status__in=[status.FULFILLED, status.WAITING_FOR_APPROVAL]
    )
    emptied.delete()
    transaction.on_commit(lambda: status.refresh(order))
    return target


@transaction.atomic
def refund_undispatched(
    line: OrderLine, quantity: int, *, amount: Decimal, reason: str, who: Who
) -> Fulfillment:
    """Take units that were never dispatched off an order, and say what was put back for them."""
    order = line.order
    target = Fulfillment.objects.create(
        order=order, status=status.REFUNDED, total_refund_amount=amount, reason=reason
    )
    move_undispatched(target, [(line, quantity)])
    events.record(
        order,
        "fulfillment_refunded",
        who,
        lines=events.line_parameters([(line, quantity)]),
        amount=in_cents(amount),
        shipping_costs_included=False,
    )
    return target


def move_undispatched(target: Fulfillment, lines: Sequence[tuple[OrderLine, int]]) -> None:
    """Move units that were never dispatched to a fulfilment, and release what they hold."""
    made: list[FulfillmentLine] = []
    work: list[LineWork] = []
    for line, quantity in lines:
        part = min(line.quantity_unfulfilled, quantity)
        line.quantity_fulfilled += part
        made.append(FulfillmentLine(fulfillment=target, order_line=line, quantity=part))
        if line.allocations.exists():
            work.append(LineWork(line, part))
    try:
        deallocate(work)
    except AllocationError as error:
        # Saleor goes on as well: lines of an older shop may hold less than they should.
        logger.warning("Some returned lines held too little: %s", error)
    FulfillmentLine.objects.bulk_create(made)
    OrderLine.objects.bulk_update([line for line, _ in lines], ["quantity_fulfilled"])


def _return_dispatched(target: Fulfillment, lines: Sequence[tuple[FulfillmentLine, int]]) -> None:
    for source, quantity in lines:
        part = min(source.quantity, quantity)
        FulfillmentLine.objects.create(
            fulfillment=target,
            order_line=source.order_line,
            stock_id=source.stock_id,
            quantity=part,
        )
        source.quantity -= part
        if source.quantity:
            source.save(update_fields=["quantity"])
        else:
            source.delete()
