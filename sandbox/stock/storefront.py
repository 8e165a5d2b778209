from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from sandbox.apps.channel.models import Channel
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingZone
from sandbox.apps.warehouse.models import Stock, Warehouse
from sandbox.stock import scope
from sandbox.stock.held import reserved_by_stock
from sandbox.stock.reserve import reservations_are_on


def quantity_available(
    variant: ProductVariant, *, channel: Channel | None, country: str | None
) -> int | None:
    """Return how many units a storefront may offer; None where nothing limits it.

    Where zones count and the country is unknown, that is what the best zone alone has.
    """
    shop = scope.shop()
    most = shop.limit_quantity_per_checkout
    if not variant.track_inventory:
        return most
    zones = shop.use_legacy_shipping_zone_stock_availability
    stocks = Stock.objects.all()
    if channel is not None:
        stocks = scope.for_sale(channel, country, zones=zones)
    free = _free_by_warehouse(
        list(scope.with_free_quantity(stocks.filter(product_variant=variant))),
        reservations=reservations_are_on(shop),
    )
    left = _best_zone(free, channel) if zones and country is None else sum(free.values())
    left = max(left, 0)
    return min(left, most) if most else left


def _free_by_warehouse(stocks: list[Any], *, reservations: bool) -> dict[UUID, int]:
    held: dict[int, int] = {}
    if reservations:
        held = reserved_by_stock((stock.pk for stock in stocks), except_for=())
    free: dict[UUID, int] = {}
    for stock in stocks:
        left = stock.free_quantity - held.get(stock.pk, 0)
        # What is oversold counts against the other stocks, what is reserved does not.
        free[stock.warehouse_id] = max(left, 0) if stock.free_quantity > 0 else left
    return free


def _best_zone(free: dict[UUID, int], channel: Channel | None) -> int:
    groups: dict[object, int] = defaultdict(int)
    zones = ShippingZone.objects.filter(channels=channel) if channel else ShippingZone.objects.all()
    pairs = Warehouse.shipping_zones.through.objects.filter(
        warehouse_id__in=free, shippingzone__in=zones
    ).values_list("warehouse_id", "shippingzone_id")
    for warehouse, zone in pairs:
        groups[zone] += free[warehouse]
    outside = set(free) - {warehouse for warehouse, _zone in pairs}
    points = Warehouse.objects.filter(pk__in=outside)
    if points.filter(click_and_collect_option=scope.ALL_WAREHOUSES).exists():
        return sum(free.values())
    for warehouse in outside:
        groups[warehouse] = free[warehouse]
    return max(groups.values(), default=0)
