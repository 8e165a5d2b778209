from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from sandbox.apps.channel.models import Channel
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.order.models import OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.warehouse.models import Stock
from sandbox.stock import scope
from sandbox.stock.errors import InsufficientStock, InsufficientStockData
from sandbox.stock.reserve import reservations_are_on, reserved_by_variant


def check_checkout(
    wanted: Mapping[ProductVariant, int],
    *,
    channel: Channel,
    country: str,
    checkout: Checkout | None = None,
    lines: Iterable[CheckoutLine] = (),
    completing: bool = False,
) -> None:
    """Check that a cart's quantities can be had; they are totals, not additions.

    :raises InsufficientStock: when some cannot, with what is left of each.
    :raises ValidationError: when a quantity exceeds what one customer may buy.
    """
    shop = scope.shop()
    stocks = _checkout_stocks(channel, country, checkout).filter(product_variant__in=list(wanted))
    if completing and checkout is not None:
        stocks = scope.at_collection_point(stocks, checkout.collection_point)
    free: dict[int, int] = defaultdict(int)
    for stock in scope.with_free_quantity(stocks):
        free[stock.product_variant_id] += stock.free_quantity
    held: Mapping[int, int] = defaultdict(int)
    if completing or reservations_are_on(shop):
        held = reserved_by_variant(stocks, except_for=lines)
    short = []
    for variant, quantity in wanted.items():
        _check_limit(variant, quantity, None if completing else shop.limit_quantity_per_checkout)
        left = max(free[variant.pk] - held[variant.pk], 0)
        if variant.track_inventory and not variant.is_preorder_active() and quantity > left:
            short.append(InsufficientStockData(left, variant=variant))
    if short:
        raise InsufficientStock(short)


def _checkout_stocks(channel: Channel, country: str, checkout: Checkout | None) -> QuerySet[Stock]:
    if not scope.uses_zones() or (checkout and checkout.collection_point_id):
        return scope.of_channel(channel)
    undecided = checkout is None or checkout.shipping_method_id is None
    return scope.for_sale(channel, country, zones=True, include_collection_points=undecided)


def _check_limit(variant: ProductVariant, quantity: int, shop_limit: int | None) -> None:
    limit = variant.quantity_limit_per_customer or shop_limit
    if limit is not None and quantity > limit:
        raise ValidationError(
            {
                "quantity": ValidationError(
                    f"Cannot add more than {limit} times this item: {variant}.",
                    code="quantity_greater_than_limit",
                )
            }
        )


def check_order_line(
    variant: ProductVariant,
    quantity: int,
    *,
    channel: Channel,
    country: str,
    order_line: OrderLine | None = None,
) -> None:
    """Check a quantity of a draft's line.

    As in Saleor, stocks with equal quantities count once.

    :raises InsufficientStock: when it cannot be had.
    """
    if not variant.track_inventory or variant.is_preorder_active():
        return
    stocks = scope.for_sale(channel, country, zones=scope.uses_zones()).filter(
        product_variant=variant
    )
    sums = stocks.order_by().aggregate(
        quantity=Coalesce(Sum("quantity", distinct=True), 0),
        allocated=Coalesce(Sum("allocations__quantity_allocated"), 0),
    )
    if quantity > max(sums["quantity"] - sums["allocated"], 0):
        raise InsufficientStock([InsufficientStockData(0, variant=variant, order_line=order_line)])
