from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from graphql import GraphQLError

from sandbox import carts
from sandbox.apps.channel.models import Channel
from sandbox.apps.product.models import (
    Product,
    ProductChannelListing,
    ProductVariant,
)
from sandbox.apps.warehouse.models import Stock
from sandbox.graphql import auth
from sandbox.graphql.connections import connection
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.money import taxed_money
from sandbox.money.taxes import Taxes, class_of
from sandbox.stock.storefront import quantity_available

SEE_UNPUBLISHED = ("product.manage_products", "order.manage_orders", "channel.manage_channels")


def in_channel(node: Any, slug: str | None) -> Any:
    """Remember for which channel a product or variant was asked."""
    if node is not None:
        node.channel_slug = slug
    return node


def _or_only_channel(context: Any, slug: str | None) -> str | None:
    """Return the channel asked for; a shopper who names none means the only one that is active."""
    if slug or auth.may(context, *SEE_UNPUBLISHED):
        return slug
    slugs = list(Channel.objects.filter(is_active=True).values_list("slug", flat=True)[:2])
    if len(slugs) != 1:
        raise GraphQLError("Several channels are active, or none: please name one.")
    return slugs[0]


def _visible(context: Any, slug: str | None) -> QuerySet[Product]:
    products = Product.objects.all()
    slug = _or_only_channel(context, slug)
    if auth.may(context, *SEE_UNPUBLISHED):
        return products.filter(channel_listings__channel__slug=slug) if slug else products
    listed = ProductChannelListing.objects.filter(
        Q(published_at__isnull=True) | Q(published_at__lte=timezone.now()),
        is_published=True,
        channel__slug=slug,
        channel__is_active=True,
    )
    return products.filter(pk__in=listed.values("product"))


def _visible_variants(context: Any, slug: str | None) -> QuerySet[ProductVariant]:
    slug = _or_only_channel(context, slug)
    variants = ProductVariant.objects.filter(product__in=_visible(context, slug))
    if auth.may(context, *SEE_UNPUBLISHED):
        return variants
    return variants.filter(
        channel_listings__channel__slug=slug, channel_listings__price_amount__isnull=False
    )


@resolver("Query.products")
def resolve_products(
    _root: None, info: Any, channel: str | None = None, search: str | None = None, **page: Any
) -> dict[str, Any]:
    products = _visible(info.context, channel).order_by("slug")
    if search:
        products = products.filter(
            Q(name__icontains=search) | Q(variants__sku__icontains=search)
        ).distinct()
    return connection(products, info, wrap=lambda each: in_channel(each, channel), **page)


@resolver("Query.productVariant")
def resolve_product_variant(
    _root: None,
    info: Any,
    id: str | None = None,
    sku: str | None = None,
    channel: str | None = None,
) -> ProductVariant | None:
    variants = _visible_variants(info.context, channel)
    found = find_node(variants, id) if id else variants.filter(sku=sku).first()
    return in_channel(found, channel)


@resolver("Product.variants")
def resolve_variants(root: Product, info: Any) -> list[ProductVariant]:
    slug = _slug(root)
    variants = _visible_variants(info.context, slug).filter(product=root)
    return [in_channel(each, slug) for each in variants.order_by("sort_order", "sku")]


@resolver("ProductVariant.product")
def resolve_variant_product(root: ProductVariant, _info: Any) -> Product:
    return in_channel(root.product, _slug(root))


@resolver("ProductVariant.pricing")
def resolve_pricing(root: ProductVariant, _info: Any) -> dict[str, Any] | None:
    channel = _channel(root)
    if channel is None or not carts.is_for_sale(root, channel):
        return None
    price = carts.unit_price(root, channel)
    taxes = Taxes.of(channel, channel.default_country)
    return {"price": taxed_money(taxes.price(price, class_of(root)), channel.currency_code)}


@resolver("ProductVariant.stocks")
def resolve_stocks(root: ProductVariant, info: Any) -> list[Stock]:
    auth.require(info.context, "product.manage_products", "order.manage_orders")
    stocks = root.stocks.select_related("warehouse")
    channel = _channel(root)
    if channel is not None:
        stocks = stocks.filter(warehouse__channels=channel)
    return list(stocks.order_by("pk"))


@resolver("ProductVariant.quantityAvailable")
def resolve_quantity_available(root: ProductVariant, _info: Any, **country: str) -> int | None:
    channel = _channel(root)
    return quantity_available(root, channel=channel, country=country.get("countryCode"))


def _slug(root: Any) -> str | None:
    return getattr(root, "channel_slug", None)


def _channel(root: Any) -> Channel | None:
    slug = _slug(root)
    return Channel.objects.filter(slug=slug).first() if slug else None
