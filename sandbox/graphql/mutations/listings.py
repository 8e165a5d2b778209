from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from sandbox import hooks
from sandbox.apps.channel.models import Channel
from sandbox.apps.product.models import (
    Product,
    ProductChannelListing,
    ProductVariant,
    ProductVariantChannelListing,
)
from sandbox.apps.warehouse.models import Stock, Warehouse
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import get_node, get_nodes
from sandbox.graphql.mutations.inputs import pick
from sandbox.graphql.registry import mutation

MANAGE = "product.manage_products"
VARIANT_FIELDS = {"sku": "sku", "name": "name", "trackInventory": "track_inventory"}
LISTING_FIELDS = {"isPublished": "is_published"}


@mutation("productVariantCreate", MANAGE)
@transaction.atomic
def product_variant_create(_context: Any, input: dict[str, Any]) -> dict[str, Any]:
    product = get_node(Product.objects.all(), input["product"], field="product")
    values = pick(input, VARIANT_FIELDS)
    if ProductVariant.objects.filter(sku=values.get("sku") or None).exists():
        raise refuse("sku", "Product variant with SKU already exists.", "unique")
    variant = ProductVariant.objects.create(product=product, **values)
    stocks = input.get("stocks") or []
    warehouses = get_nodes(
        Warehouse.objects.all(), [item["warehouse"] for item in stocks], field="warehouse"
    )
    for warehouse, item in zip(warehouses, stocks, strict=True):
        Stock.objects.create(
            product_variant=variant, warehouse=warehouse, quantity=item["quantity"]
        )
    hooks.variants_changed([variant.pk])
    return {"productVariant": variant}


@mutation("productVariantChannelListingUpdate", MANAGE)
@transaction.atomic
def product_variant_channel_listing_update(
    _context: Any, input: list[dict[str, Any]], id: str | None = None
) -> dict[str, Any]:
    if not id:
        raise refuse(None, "You must provide id.", "graphql_error")
    variant = get_node(ProductVariant.objects.all(), id)
    for item in input:
        channel = get_node(Channel.objects.all(), item["channelId"], field="channelId")
        if not variant.product.channel_listings.filter(channel=channel).exists():
            message = "Product not available in channels."
            raise refuse("input", message, "product_not_assigned_to_channel")
        ProductVariantChannelListing.objects.update_or_create(
            variant=variant,
            channel=channel,
            defaults={
                "currency": channel.currency_code,
                "price_amount": item["price"],
                "discounted_price_amount": item["price"],
            },
        )
    hooks.variants_changed([variant.pk])
    return {"variant": variant}


@mutation("productChannelListingUpdate", MANAGE)
@transaction.atomic
def product_channel_listing_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    product = get_node(Product.objects.all(), id)
    for item in input.get("updateChannels") or []:
        _list_product(product, item)
    hooks.variants_changed(list(product.variants.values_list("pk", flat=True)))
    return {"product": product}


def _list_product(product: Product, item: dict[str, Any]) -> None:
    channel = get_node(Channel.objects.all(), item["channelId"], field="channelId")
    values = {**pick(item, LISTING_FIELDS), "currency": channel.currency_code}
    for_purchase = item.get("isAvailableForPurchase")
    if for_purchase is not None:
        since = item.get("availableForPurchaseAt") or timezone.now()
        values["available_for_purchase_at"] = since if for_purchase else None
    ProductChannelListing.objects.update_or_create(
        product=product, channel=channel, defaults=values
    )
    variants = ProductVariant.objects.filter(product=product)
    gone = get_nodes(variants, item.get("removeVariants") or [], field="removeVariants")
    ProductVariantChannelListing.objects.filter(channel=channel, variant__in=gone).delete()
