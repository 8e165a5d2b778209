from __future__ import annotations

from typing import Any

from django.conf import settings

from sandbox.apps.channel.models import Channel
from sandbox.apps.shipping.models import ShippingZone
from sandbox.apps.site.models import SiteSettings
from sandbox.graphql import auth
from sandbox.graphql.connections import connection
from sandbox.graphql.ids import find_node, to_global_id
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.account import country_display
from sandbox.stock import scope


@resolver("Query.channel")
def resolve_channel(
    _root: None, _info: Any, id: str | None = None, slug: str | None = None
) -> Channel | None:
    if id is not None:
        return find_node(Channel.objects.all(), id)
    return Channel.objects.filter(slug=slug).first()


@resolver("Query.channels")
def resolve_channels(_root: None, _info: Any) -> list[Channel]:
    return list(Channel.objects.all())


@resolver("Channel.defaultCountry")
def resolve_default_country(root: Channel, _info: Any) -> dict[str, str]:
    return country_display(root.default_country)


@resolver("Channel.countries")
def resolve_channel_countries(root: Channel, _info: Any) -> list[dict[str, str]]:
    codes = {code for zone in root.shipping_zones.all() for code in _codes(zone)}
    return [country_display(code) for code in sorted(codes)]


@resolver("Channel.stockSettings")
def resolve_stock_settings(root: Channel, info: Any) -> dict[str, str]:
    auth.require(info.context, "channel.manage_channels", "order.manage_orders")
    return {"allocationStrategy": root.allocation_strategy}


@resolver("Channel.orderSettings")
def resolve_order_settings(root: Channel, info: Any) -> dict[str, object]:
    auth.require(info.context, "channel.manage_channels", "order.manage_orders")
    return {
        "automaticallyConfirmAllNewOrders": root.automatically_confirm_all_new_orders,
        "allowUnpaidOrders": root.allow_unpaid_orders,
        "markAsPaidStrategy": root.order_mark_as_paid_strategy,
    }


@resolver("Query.shop")
def resolve_shop(_root: None, _info: Any) -> SiteSettings:
    return scope.shop()


@resolver("Shop.id")
def resolve_shop_id(_root: SiteSettings, _info: Any) -> str:
    return to_global_id("Shop", settings.SITE_ID)


@resolver("Shop.name")
def resolve_shop_name(root: SiteSettings, _info: Any) -> str:
    return root.site.name


@resolver("Shop.version")
def resolve_version(_root: SiteSettings, _info: Any) -> str:
    return "3.23"


@resolver("Query.shippingZone")
def resolve_shipping_zone(
    _root: None, info: Any, id: str, channel: str | None = None
) -> ShippingZone | None:
    auth.require(info.context, "shipping.manage_shipping")
    return find_node(_zones(channel), id)


@resolver("Query.shippingZones")
def resolve_shipping_zones(
    _root: None, info: Any, channel: str | None = None, **page: Any
) -> dict[str, Any]:
    auth.require(info.context, "shipping.manage_shipping")
    return connection(_zones(channel).order_by("pk"), info, **page)


@resolver("ShippingZone.countries")
def resolve_zone_countries(root: ShippingZone, _info: Any) -> list[dict[str, str]]:
    return [country_display(code) for code in _codes(root)]


def _zones(channel: str | None) -> Any:
    zones = ShippingZone.objects.all()
    return zones.filter(channels__slug=channel) if channel else zones


def _codes(zone: ShippingZone) -> list[str]:
    return [code for code in zone.countries.split(",") if code]
