"""Which stocks may serve a sale: by the channel alone, or by zones and country as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sandbox.apps.channel.models import Channel
from sandbox.apps.shipping.models import ShippingZone
from sandbox.apps.site.models import SiteSettings
from sandbox.apps.warehouse.models import Allocation, Stock, Warehouse

LOCAL_STOCK = "local"
ALL_WAREHOUSES = "all"
COLLECTION_OPTIONS = (LOCAL_STOCK, ALL_WAREHOUSES)


def shop() -> SiteSettings:
    """Return the shop's settings."""
    return SiteSettings.objects.get(site_id=settings.SITE_ID)


def uses_zones() -> bool:
    """Tell whether availability follows shipping zones, as it did before 3.23."""
    return shop().use_legacy_shipping_zone_stock_availability


def of_channel(channel: Channel) -> QuerySet[Stock]:
    """Return every stock of the channel's warehouses."""
    return Stock.objects.filter(warehouse__in=_warehouses(channel))


def for_sale(
    channel: Channel,
    country: str | None,
    *,
    zones: bool,
    include_collection_points: bool = False,
) -> QuerySet[Stock]:
    """Return the stocks from which the channel sells to a country, or to any where it is None."""
    if not zones:
        return of_channel(channel)
    serving = ShippingZone.objects.filter(channels=channel)
    if country:
        serving = serving.filter(countries__contains=country)
    in_zone = Q(warehouse__in=_warehouses(channel).filter(shipping_zones__in=serving))
    if country and not include_collection_points:
        return Stock.objects.filter(in_zone)
    points = _warehouses(channel).filter(click_and_collect_option__in=COLLECTION_OPTIONS)
    return Stock.objects.filter(in_zone | Q(warehouse__in=points))


def at_collection_point(stocks: QuerySet[Stock], point: Warehouse | None) -> QuerySet[Stock]:
    """Keep a local collection point's own stocks; another point draws on all of them."""
    if point is not None and point.click_and_collect_option == LOCAL_STOCK:
        return stocks.filter(warehouse=point)
    return stocks


def with_free_quantity(stocks: QuerySet[Stock]) -> QuerySet[Any]:
    """Annotate each stock with its quantity less what is allocated, below zero if oversold."""
    allocated = (
        Allocation.objects.filter(stock=OuterRef("pk"))
        .order_by()
        .values("stock")
        .annotate(total=Sum("quantity_allocated"))
        .values("total")
    )
    free = F("quantity") - Coalesce(Subquery(allocated, output_field=IntegerField()), 0)
    return stocks.annotate(free_quantity=free)


def warehouse_order(channel: Channel) -> list[UUID]:
    """Return the ids of the channel's warehouses in the channel's order."""
    links = channel.channelwarehouse.order_by("sort_order", "pk")
    return list(links.values_list("warehouse_id", flat=True))


def _warehouses(channel: Channel) -> QuerySet[Warehouse]:
    return Warehouse.objects.order_by().filter(channels=channel)
