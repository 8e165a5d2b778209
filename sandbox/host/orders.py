"""What the plugin does to orders, as the sandbox's staff do it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from saleor_backorders import errors
from saleor_backorders.host.order_lines import undispatched
from saleor_backorders.host.port import Actor, Exchange, Replacement, Shortage
from sandbox import carts
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.money.price import LinePrice
from sandbox.orders import events, fulfil, totals
from sandbox.orders.replace import replace
from sandbox.orders.returns import refund_undispatched
from sandbox.stock.errors import InsufficientStock, InsufficientStockData


def insufficient_stock(shortages: Sequence[Shortage]) -> Exception:
    """Build what every caller in the shop answers with INSUFFICIENT_STOCK."""
    variants = ProductVariant.objects.in_bulk(
        [each.variant_id for each in shortages if each.variant_id is not None]
    )
    return InsufficientStock(
        [
            InsufficientStockData(
                available_quantity=each.available,
                variant=variants.get(each.variant_id),
                order_line=each.order_line,
                warehouse_pk=each.warehouse_id,
            )
            for each in shortages
        ]
    )


def release_units(
    *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
) -> None:
    """Take undispatched units off an order line; no money moves.

    :raises InvalidValue: fewer units are undispatched.
    """
    line: OrderLine = undispatched(order_line_id, quantity)
    refund_undispatched(line, quantity, amount=amount, reason=reason, who=actor)


def cancel(*, order_id: UUID, actor: Actor) -> None:
    """Cancel a whole order; no money moves.

    :raises InvalidValue: its state does not allow it.
    """
    order = Order.objects.get(pk=order_id)
    if not fulfil.can_cancel(order):
        raise errors.InvalidValue("This order cannot be cancelled.", field="id")
    fulfil.cancel(order, actor)


def replace_units(*, exchange: Exchange, actor: Actor) -> Replacement:
    """Put units of another variant in place of undispatched ones.

    :raises DearerThanAllowed: dearer, and the shop does not allow it.
    :raises InvalidValue: the channel does not sell it, or fewer units are undispatched.
    :raises NotEnoughStock: that variant cannot be had.
    """
    line: OrderLine = undispatched(exchange.order_line_id, exchange.quantity)
    variant = _for_sale(line.order, exchange.variant_id)
    price = _price(line.order, variant, exchange)
    try:
        made = replace(line, exchange.quantity, variant, price, reason=exchange.reason, who=actor)
    except InsufficientStock as error:
        raise errors.NotEnoughStock from error
    return Replacement(
        order_id=made.pk, order_number=str(made.number), total=made.subtotal_gross_amount
    )


def add_note(*, order_id: UUID, message: str, actor: Actor) -> None:
    """Leave a note for staff in the order's history."""
    events.record(Order.objects.get(pk=order_id), "note_added", actor, message=message)


def _for_sale(order: Order, variant_id: int) -> ProductVariant:
    variant = ProductVariant.objects.select_related("product__product_type").get(pk=variant_id)
    if not carts.is_for_sale(variant, order.channel):
        message = "This channel does not sell the variant."
        raise errors.InvalidValue(message, field="variantId")
    return variant


def _price(order: Order, variant: ProductVariant, exchange: Exchange) -> LinePrice:
    """Return the price of today, or the most that it may cost."""
    price = totals.price_of_today(order, variant, exchange.quantity)
    if price.total.gross <= exchange.most:
        return price
    if not exchange.dearer_at_same_price:
        raise errors.DearerThanAllowed(field="variantId")
    return totals.price_at(price, exchange.most)
