"""Make the shop's furniture through the host's own models, the same way on every host."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from host_make import Json, has, make, named
from host_money import MONEY_SEEDS


def address(country: str = "US") -> Any:
    """Make an address that the host accepts."""
    return make(
        "account.Address",
        first_name="Ada", last_name="Lovelace", street_address_1="1 Main Street",
        city="NEW YORK", postal_code="10001", country_area="NY", country=country,
    )  # fmt: skip


def channel(slug: str, strategy: str, auto_confirm: bool = False, country: str = "US") -> Json:
    """Make a channel that takes unpaid orders, and its tax settings where the host has them."""
    made = make(
        "channel.Channel",
        name=slug.title(), slug=slug, currency_code="USD", default_country=country,
        is_active=True, allocation_strategy=strategy, allow_unpaid_orders=True,
        automatically_confirm_all_new_orders=auto_confirm,
    )  # fmt: skip
    if has("tax.TaxConfiguration"):
        make("tax.TaxConfiguration", channel=made)
    return named(made)


def zone(slug: str, countries: str, channels: list[int]) -> Json:
    """Make a shipping zone with one flat method, sold in the given channels."""
    made = make("shipping.ShippingZone", name=slug, countries=countries)
    made.channels.set(channels)
    method = make("shipping.ShippingMethod", name=f"Flat {slug}", type="price", shipping_zone=made)
    for key in channels:
        make(
            "shipping.ShippingMethodChannelListing",
            shipping_method=method, channel_id=key, currency="USD",
            price_amount=Decimal("5"), minimum_order_price_amount=Decimal("0"),
        )  # fmt: skip
    return {**named(made), "method": named(method)}


def warehouse(
    slug: str, channels: dict[str, int], zones: list[int], pickup: str = "disabled"
) -> Json:
    """Make a warehouse; `channels` maps a channel's key to the place it has there."""
    made = make(
        "warehouse.Warehouse",
        name=slug.title(), slug=slug, address=address(), email="", is_private=False,
        click_and_collect_option=pickup,
    )  # fmt: skip
    made.shipping_zones.set(zones)
    for key, place in channels.items():
        make("warehouse.ChannelWarehouse", channel_id=int(key), warehouse=made, sort_order=place)
    return named(made)


def product(slug: str, channels: list[int], variants: int = 1, **options: Any) -> Json:
    """Make a published product with priced variants."""
    kind = make(
        "product.ProductType",
        name=slug, slug=slug, kind="normal", is_shipping_required=True, is_digital=False,
        has_variants=True,
    )  # fmt: skip
    category = make("product.Category", name=slug, slug=slug)
    made = make(
        "product.Product", name="Winter boots", slug=slug, product_type=kind, category=category
    )
    for key in channels:
        _publish(made, key)
    rows = [_variant(made, place, channels, options) for place in range(variants)]
    return {**named(made), "category": named(category), "variants": rows}


def _publish(made: models.Model, channel_key: int) -> None:
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    make(
        "product.ProductChannelListing",
        product=made, channel_id=channel_key, currency="USD", is_published=True,
        published_at=now, available_for_purchase_at=now, visible_in_listings=True,
        discounted_price_amount=Decimal("10"),
    )  # fmt: skip


def _variant(made: Any, place: int, channels: list[int], options: Json) -> Json:
    row = make(
        "product.ProductVariant",
        product=made, sku=f"{made.slug}-{place}", name=f"Variant {place}",
        sort_order=place, **{"track_inventory": True, **options},
    )  # fmt: skip
    for key in channels:
        _price(row, key)
    return {**named(row), "sku": f"{made.slug}-{place}"}


def _price(row: models.Model, channel_key: int) -> None:
    make(
        "product.ProductVariantChannelListing",
        variant=row, channel_id=channel_key, currency="USD", price_amount=Decimal("10"),
        discounted_price_amount=Decimal("10"),
    )  # fmt: skip


def listing(variant: int, channel: int) -> Json:
    """Sell a variant that exists in one more channel."""
    row: Any = apps.get_model("product", "ProductVariant").objects.get(pk=variant)
    _publish(row.product, channel)
    _price(row, channel)
    return named(row)


def stock(variant: int, warehouse: str, quantity: int) -> Json:
    """Put units of a variant on a shelf."""
    return named(
        make(
            "warehouse.Stock",
            product_variant_id=variant,
            warehouse_id=warehouse,
            quantity=quantity,
        )
    )


def user(email: str, password: str, staff: bool = False, all_rights: bool = False) -> Json:
    """Make a customer or a staff member who can sign in."""
    made = make(
        "account.User",
        email=email, password=make_password(password), is_staff=staff, is_active=True,
        is_confirmed=True, is_superuser=all_rights, first_name="Ada", last_name="Lovelace",
    )  # fmt: skip
    if all_rights:
        _grant_everything(made)
    return {**named(made), "email": email, "password": password}


def _grant_everything(made: Any) -> None:
    """Give every permission, and every channel where the host ties channels to groups."""
    permissions = list(apps.get_model("permission", "Permission")._default_manager.all())
    made.user_permissions.set(permissions)
    if has("account.Group"):
        group = make("account.Group", name="Everything", restricted_access_to_channels=False)
        group.permissions.set(permissions)
        made.groups.add(group)


def carts(cart: str, times: int) -> Json:
    """Copy a checkout that is ready to be completed, for many shoppers at once."""
    key = base64.b64decode(cart).decode().partition(":")[2]
    original: Any = apps.get_model("checkout", "Checkout").objects.get(pk=key)
    copies = [_copy_cart(original) for _ in range(times)]
    return {"ids": [named(row)["id"] for row in copies]}


def _copy_cart(original: Any) -> Any:
    copied = _copy(original, assigned_delivery_id=None)
    for line in original.lines.all():
        _copy(line, checkout_id=copied.pk)
    for delivery in original.deliveries.all() if has("checkout.CheckoutDelivery") else ():
        twin = _copy(delivery, checkout_id=copied.pk)
        if delivery.pk == original.assigned_delivery_id:
            copied.assigned_delivery_id = twin.pk
            copied.save()
    if has("checkout.CheckoutMetadata"):
        make("checkout.CheckoutMetadata", checkout=copied)
    return copied


def _copy(row: models.Model, **changes: Any) -> Any:
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    return make(row._meta.label, **{**values, **changes})


SEEDS: dict[str, Callable[..., Json]] = {
    "channel": channel,
    "zone": zone,
    "warehouse": warehouse,
    "product": product,
    "listing": listing,
    "stock": stock,
    "user": user,
    "carts": carts,
    **MONEY_SEEDS,
}
