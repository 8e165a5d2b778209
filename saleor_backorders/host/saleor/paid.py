"""Mark an order as paid by another."""

from __future__ import annotations

from typing import Any

from saleor.channel import MarkAsPaidStrategy
from saleor.order.actions import (
    mark_order_as_paid_with_payment,
    mark_order_as_paid_with_transaction,
)
from saleor.order.models import Order
from saleor.order.search import update_order_search_vector
from saleor.order.utils import updates_amounts_for_order


def mark_as_paid(made: Any, reference: str, context: dict[str, Any]) -> None:
    """Mark an order as paid in the way that its channel prefers."""
    # Read afresh: the order at hand remembers that it had no payments.
    order = Order.objects.get(pk=made.pk)
    if not order.total_gross_amount:
        updates_amounts_for_order(order)
        return
    by_payment = order.channel.order_mark_as_paid_strategy == MarkAsPaidStrategy.PAYMENT_FLOW
    # A payment needs a billing address, which an order made by staff may lack.
    mark = (
        mark_order_as_paid_with_payment
        if by_payment and order.billing_address
        else mark_order_as_paid_with_transaction
    )
    mark(
        order=order,
        request_user=context["user"],
        app=context["app"],
        manager=context["manager"],
        external_reference=reference,
    )
    update_order_search_vector(order)
