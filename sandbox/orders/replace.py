from __future__ import annotations

from django.db import transaction

from sandbox.apps.order.models import Fulfillment, Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.money import payments
from sandbox.money.price import LinePrice
from sandbox.orders import drafts, events, status, totals
from sandbox.orders.events import Who
from sandbox.orders.returns import move_undispatched


@transaction.atomic
def replace(
    line: OrderLine,
    quantity: int,
    variant: ProductVariant,
    price: LinePrice,
    *,
    reason: str,
    who: Who,
) -> Order:
    """Make an order of another variant in place of undispatched units, and call it paid.

    :raises InsufficientStock: when that variant cannot be had.
    """
    old = line.order
    target = Fulfillment.objects.create(order=old, status=status.REPLACED, reason=reason)
    move_undispatched(target, [(line, quantity)])
    new = _reissue(old)
    made = totals.new_line(new, variant, price)
    made.save()
    totals.refresh(new)
    units = events.line_parameters([(made, quantity)])
    events.record(new, "draft_created_from_replace", who, related_order_pk=old.pk, lines=units)
    events.record(old, "fulfillment_replaced", who, lines=units)
    events.record(old, "order_replacement_created", who, related_order_pk=new.pk)
    drafts.place(new, who)
    payments.mark_as_paid(new, who, str(old.number))
    # One that the shop has still to look at is not confirmed by this.
    if old.status != status.UNCONFIRMED:
        status.refresh(old)
    return new


def _reissue(old: Order) -> Order:
    return Order.objects.create(
        status=status.DRAFT,
        origin="reissue",
        original=old,
        channel=old.channel,
        currency=old.currency,
        user=old.user,
        user_email=old.user_email,
        language_code=old.language_code,
        redirect_url=old.redirect_url,
        metadata=old.metadata,
        private_metadata=old.private_metadata,
        billing_address=totals.copy_address(old.billing_address),
        shipping_address=totals.copy_address(old.shipping_address),
        # Sent the same way, and not charged again.
        shipping_method=old.shipping_method,
        shipping_method_name=old.shipping_method_name,
        collection_point=old.collection_point,
        collection_point_name=old.collection_point_name,
    )
