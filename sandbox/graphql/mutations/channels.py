from __future__ import annotations

from typing import Any

from django.db import transaction

from sandbox import hooks
from sandbox.apps.channel.models import Channel
from sandbox.apps.shipping.models import ShippingZone
from sandbox.apps.warehouse.models import ChannelWarehouse, Warehouse
from sandbox.graphql.ids import get_node, get_nodes
from sandbox.graphql.mutations.inputs import pick, refuse, stored_choice
from sandbox.graphql.registry import mutation
from sandbox.stock import scope

CHANNEL_FIELDS = {
    "isActive": "is_active",
    "name": "name",
    "defaultCountry": "default_country",
}
ORDER_FIELDS = {
    "automaticallyConfirmAllNewOrders": "automatically_confirm_all_new_orders",
    "allowUnpaidOrders": "allow_unpaid_orders",
}
SHOP_FIELDS = {
    "fulfillmentAutoApprove": "fulfillment_auto_approve",
    "fulfillmentAllowUnpaid": "fulfillment_allow_unpaid",
    "reserveStockDurationAnonymousUser": "reserve_stock_duration_anonymous_user",
    "reserveStockDurationAuthenticatedUser": "reserve_stock_duration_authenticated_user",
    "limitQuantityPerCheckout": "limit_quantity_per_checkout",
    "useLegacyShippingZoneStockAvailability": "use_legacy_shipping_zone_stock_availability",
}
NULLABLE_SHOP_FIELDS = (
    "reserveStockDurationAnonymousUser",
    "reserveStockDurationAuthenticatedUser",
    "limitQuantityPerCheckout",
)


@mutation("channelUpdate", "channel.manage_channels", "order.manage_orders")
@transaction.atomic
def channel_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    channel = get_node(Channel.objects.all(), id)
    settings = input.get("orderSettings") or {}
    for name, value in {**pick(input, CHANNEL_FIELDS), **pick(settings, ORDER_FIELDS)}.items():
        setattr(channel, name, value)
    if settings.get("markAsPaidStrategy"):
        channel.order_mark_as_paid_strategy = settings["markAsPaidStrategy"].lower()
    if input.get("stockSettings"):
        strategy = input["stockSettings"]["allocationStrategy"]
        channel.allocation_strategy = stored_choice(strategy)
    channel.save()
    _link(channel, input)
    hooks.channel_changed()
    return {"channel": channel}


def _link(channel: Channel, input: dict[str, Any]) -> None:
    for warehouse in _named(Warehouse, input, "addWarehouses"):
        ChannelWarehouse.objects.get_or_create(channel=channel, warehouse=warehouse)
    gone = _named(Warehouse, input, "removeWarehouses")
    ChannelWarehouse.objects.filter(channel=channel, warehouse__in=gone).delete()
    channel.shipping_zones.add(*_named(ShippingZone, input, "addShippingZones"))
    channel.shipping_zones.remove(*_named(ShippingZone, input, "removeShippingZones"))


def _named(model: Any, input: dict[str, Any], key: str) -> list[Any]:
    return get_nodes(model.objects.all(), input.get(key) or [], field=key)


@mutation("shippingZoneUpdate", "shipping.manage_shipping")
@transaction.atomic
def shipping_zone_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    zone = get_node(ShippingZone.objects.all(), id)
    names = {key: key for key in ("name", "description", "countries", "default")}
    for name, value in pick(input, names).items():
        setattr(zone, name, value)
    zone.save()
    zone.refresh_from_db()
    zone.warehouses.add(*_named(Warehouse, input, "addWarehouses"))
    zone.warehouses.remove(*_named(Warehouse, input, "removeWarehouses"))
    zone.channels.add(*_named(Channel, input, "addChannels"))
    zone.channels.remove(*_named(Channel, input, "removeChannels"))
    hooks.places_changed()
    return {"shippingZone": zone}


@mutation("shopSettingsUpdate", "site.manage_settings")
@transaction.atomic
def shop_settings_update(_context: Any, input: dict[str, Any]) -> dict[str, Any]:
    shop = scope.shop()
    for name, value in pick(input, SHOP_FIELDS).items():
        setattr(shop, name, value)
    for key in NULLABLE_SHOP_FIELDS:
        _check_positive(key, input.get(key))
        if key in input and not input[key]:
            setattr(shop, SHOP_FIELDS[key], None)
    shop.save()
    return {"shop": shop}


def _check_positive(key: str, value: int | None) -> None:
    if value is not None and value < 0:
        raise refuse(SHOP_FIELDS[key], "Quantity limit cannot be lower than 0.", "invalid")
