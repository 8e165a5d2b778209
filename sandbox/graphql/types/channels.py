from __future__ import annotations

from typing import Any

from sandbox.apps.channel.models import Channel
from sandbox.apps.shipping.models import ShippingZone
from sandbox.graphql import auth
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import resolver


@resolver("Query.channel")
def resolve_channel(
    _root: None, _info: Any, id: str | None = None, slug: str | None = None
) -> Channel | None:
    if id is not None:
        return find_node(Channel.objects.all(), id)
    return Channel.objects.filter(slug=slug).first()


@resolver("Channel.stockSettings")
def resolve_stock_settings(root: Channel, info: Any) -> dict[str, str]:
    auth.require(info.context, "channel.manage_channels", "order.manage_orders")
    return {"allocationStrategy": root.allocation_strategy}


@resolver("Query.shippingZone")
def resolve_shipping_zone(_root: None, info: Any, id: str) -> ShippingZone | None:
    auth.require(info.context, "shipping.manage_shipping")
    return find_node(ShippingZone.objects.all(), id)
