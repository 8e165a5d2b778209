from __future__ import annotations

from typing import Any

from django.db import transaction

from sandbox import hooks
from sandbox.apps.channel.models import Channel
from sandbox.apps.shipping.models import ShippingZone
from sandbox.apps.warehouse.models import ChannelWarehouse, Warehouse
from sandbox.graphql.ids import get_node, get_nodes
from sandbox.graphql.mutations.inputs import stored_choice
from sandbox.graphql.registry import mutation


@mutation("channelUpdate", "channel.manage_channels", "order.manage_orders")
@transaction.atomic
def channel_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    channel = get_node(Channel.objects.all(), id)
    channel.name = input.get("name") or channel.name
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


def _named(model: Any, input: dict[str, Any], key: str) -> list[Any]:
    return get_nodes(model.objects.all(), input.get(key) or [], field=key)


@mutation("shippingZoneUpdate", "shipping.manage_shipping")
@transaction.atomic
def shipping_zone_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    zone = get_node(ShippingZone.objects.all(), id)
    zone.warehouses.add(*_named(Warehouse, input, "addWarehouses"))
    zone.warehouses.remove(*_named(Warehouse, input, "removeWarehouses"))
    zone.channels.add(*_named(Channel, input, "addChannels"))
    zone.channels.remove(*_named(Channel, input, "removeChannels"))
    hooks.places_changed()
    return {"shippingZone": zone}
