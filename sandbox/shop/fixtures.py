"""The sandbox's shop: what an admin sets up once, before the story begins.

Rows are made where they are missing, so that the same shop opens again after a restart.  What
the plugin has to be told goes through the API, as from a Dashboard.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from sandbox.apps.account.models import Address, User
from sandbox.apps.channel.models import Channel
from sandbox.apps.product.models import (
    Category,
    Product,
    ProductChannelListing,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from sandbox.apps.shipping.models import ShippingMethod, ShippingMethodChannelListing, ShippingZone
from sandbox.apps.warehouse.models import ChannelWarehouse, Stock, Warehouse
from sandbox.shop import documents
from sandbox.shop.api import Api

CHANNEL = "web-shop"
WAREHOUSE = "main-warehouse"
VIRTUAL_PREFIX = "00-backorders-"
PASSWORD = "sandbox"
STAFF = "staff@example.com"
SHOPPERS = ("ada@example.com", "grace@example.com", "edith@example.com", "joan@example.com")


class Goods(NamedTuple):
    name: str
    sku: str
    price: str
    free_stock: int
    limit: int | None
    """How many units may wait; None where backorders are not allowed."""
    lead_time_days: int


BOOTS = Goods("Winter boots", "BOOTS", "89.00", free_stock=2, limit=10, lead_time_days=11)
JACKET = Goods("Rain jacket", "JACKET", "129.00", free_stock=0, limit=20, lead_time_days=30)
PARKA = Goods("Parka", "PARKA", "118.50", free_stock=6, limit=None, lead_time_days=0)
SCARF = Goods("Wool scarf", "SCARF", "25.00", free_stock=25, limit=None, lead_time_days=0)
GOODS = (BOOTS, JACKET, PARKA, SCARF)


@transaction.atomic
def load() -> None:
    """Make the channel, its zone and shelf, the goods and the people, where they are missing."""
    channel, _ = Channel.objects.get_or_create(
        slug=CHANNEL,
        defaults={
            "name": "Web shop",
            "currency_code": "USD",
            "default_country": "US",
            "is_active": True,
            "allow_unpaid_orders": True,
        },
    )
    warehouse = _warehouse(channel, _zone(channel))
    kind, _ = ProductType.objects.get_or_create(
        slug="goods", defaults={"name": "Goods", "kind": "normal"}
    )
    category = Category.objects.filter(slug="outdoors").first() or Category.objects.create(
        slug="outdoors", name="Outdoors"
    )
    for goods in GOODS:
        _goods(goods, channel, warehouse, product_type=kind, category=category)
    for email in SHOPPERS:
        _user(email)
    _user(STAFF, is_staff=True, is_superuser=True)


def open_at(base: str) -> None:
    """Say where the shop is to be reached: links in emails lead there."""
    sites = apps.get_model("sites", "Site").objects
    sites.update(domain=base.removeprefix("http://"), name="Web shop")
    sites.clear_cache()


def switch_on(staff: Api) -> Any:
    """Switch the plugin on and let it ask shoppers to agree to wait."""
    configuration = [{"name": "agreement_required", "value": "true"}]
    return staff.main(
        documents.PLUGIN_UPDATE, input={"active": True, "configuration": configuration}
    )


def allow(staff: Api, *, variant: str, limit: int | None, lead_time_days: int) -> Any:
    """Let a variant be sold beyond its shelf."""
    return staff.plugin(
        documents.POLICY_UPDATE,
        scope={"channel": CHANNEL, "variantIds": [variant]},
        input={"allow": True, "limit": limit, "leadTimeDays": lead_time_days},
    )


def allow_all(staff: Api) -> None:
    """Allow what the goods say, unless the plugin is on already and staff decide."""
    found = staff.main(documents.PLUGIN)
    if found["globalConfiguration"]["active"]:
        return
    switch_on(staff)
    for goods in GOODS:
        if goods.limit is not None:
            variant = staff.main(documents.VARIANT_BY_SKU, sku=goods.sku, channel=CHANNEL)
            allow(
                staff,
                variant=variant["id"],
                limit=goods.limit,
                lead_time_days=goods.lead_time_days,
            )


def sign_in(api: Api, email: str) -> Api:
    """Return the API for one of the people."""
    answer = api.main(documents.TOKEN_CREATE, email=email, password=PASSWORD)
    return api.signed_in(answer["token"])


def address_of(email: str) -> dict[str, str]:
    """Return where one of the people has it sent."""
    return {
        "firstName": email.partition("@")[0].title(),
        "lastName": "Example",
        "streetAddress1": "1 Main Street",
        "city": "New York",
        "postalCode": "10001",
        "countryArea": "NY",
        "country": "US",
    }


def _zone(channel: Channel) -> ShippingZone:
    zone, _ = ShippingZone.objects.get_or_create(name="Home", defaults={"countries": "US"})
    zone.channels.add(channel)
    method, _ = ShippingMethod.objects.get_or_create(
        name="Parcel", shipping_zone=zone, defaults={"type": "price"}
    )
    ShippingMethodChannelListing.objects.get_or_create(
        shipping_method=method,
        channel=channel,
        defaults={"currency": "USD", "price_amount": Decimal("5")},
    )
    return zone


def _warehouse(channel: Channel, zone: ShippingZone) -> Warehouse:
    warehouse = Warehouse.objects.filter(slug=WAREHOUSE).first()
    if warehouse is None:
        address = Address.objects.create(
            street_address_1="2 Dock Road", city="Newark", country="US", country_area="NJ"
        )
        warehouse = Warehouse.objects.create(
            name="Main warehouse", slug=WAREHOUSE, address=address, is_private=False
        )
    warehouse.shipping_zones.add(zone)
    ChannelWarehouse.objects.get_or_create(channel=channel, warehouse=warehouse)
    return warehouse


def _goods(goods: Goods, channel: Channel, warehouse: Warehouse, **fields: Any) -> None:
    since = timezone.now() - timedelta(days=1)
    product, _ = Product.objects.get_or_create(
        slug=goods.sku.lower(), defaults={"name": goods.name, **fields}
    )
    ProductChannelListing.objects.get_or_create(
        product=product,
        channel=channel,
        defaults={
            "currency": "USD",
            "is_published": True,
            "visible_in_listings": True,
            "published_at": since,
            "available_for_purchase_at": since,
            "discounted_price_amount": Decimal(goods.price),
        },
    )
    variant, _ = ProductVariant.objects.get_or_create(
        sku=goods.sku, defaults={"product": product, "name": goods.name}
    )
    price = Decimal(goods.price)
    ProductVariantChannelListing.objects.get_or_create(
        variant=variant,
        channel=channel,
        defaults={"currency": "USD", "price_amount": price, "discounted_price_amount": price},
    )
    Stock.objects.get_or_create(
        warehouse=warehouse, product_variant=variant, defaults={"quantity": goods.free_stock}
    )


def _user(email: str, **rights: bool) -> None:
    if not User.objects.filter(email=email).exists():
        user = User(email=email, first_name=email.partition("@")[0].title(), **rights)
        user.set_password(PASSWORD)
        user.save()
