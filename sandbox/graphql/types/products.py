from __future__ import annotations

from decimal import Decimal
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
    ProductVariantChannelListing,
)
from sandbox.apps.warehouse.models import Stock
from sandbox.graphql import auth
from sandbox.graphql.connections import connection
from sandbox.graphql.ids import find_node, from_global_id
from sandbox.graphql.registry import resolver
from sandbox.money.price import Price
from sandbox.money.taxes import Taxes, class_of
from sandbox.stock.storefront import quantity_available

SEE_UNPUBLISHED = ("product.manage_products", "order.manage_orders", "channel.manage_channels")


def in_channel(node: Any, slug: str | None) -> Any:
    """Remember for which channel a product or variant was asked."""
    if node is not None:
        node.channel_slug = slug
    return node


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    """Show an amount of money."""
    return {"amount": float(amount), "currency": currency}


def taxed_money(price: Price, currency: str) -> dict[str, Any]:
    """Show a price with its tax."""
    return {
        "currency": currency,
        "gross": money(price.gross, currency),
        "net": money(price.net, currency),
        "tax": money(price.gross - price.net, currency),
    }


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


@resolver("Query.product")
def resolve_product(
    _root: None,
    info: Any,
    id: str | None = None,
    slug: str | None = None,
    channel: str | None = None,
) -> Product | None:
    products = _visible(info.context, channel)
    found = find_node(products, id) if id else products.filter(slug=slug).first()
    return in_channel(found, channel)


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


@resolver("Query.productVariants")
def resolve_product_variants(
    _root: None, info: Any, ids: list[str] | None = None, channel: str | None = None, **page: Any
) -> dict[str, Any]:
    variants = _visible_variants(info.context, channel).order_by("pk")
    if ids is not None:
        variants = variants.filter(pk__in=[int(from_global_id(each)[1]) for each in ids])
    return connection(variants, info, wrap=lambda each: in_channel(each, channel), **page)


@resolver("Product.channel")
@resolver("ProductVariant.channel")
def resolve_channel_slug(root: Any, _info: Any) -> str | None:
    return _slug(root)


@resolver("Product.variants")
def resolve_variants(root: Product, info: Any) -> list[ProductVariant]:
    slug = _slug(root)
    variants = _visible_variants(info.context, slug).filter(product=root)
    return [in_channel(each, slug) for each in variants.order_by("sort_order", "sku")]


@resolver("Product.productVariants")
def resolve_variant_page(root: Product, info: Any, **page: Any) -> dict[str, Any]:
    slug = _slug(root)
    variants = _visible_variants(info.context, slug).filter(product=root).order_by("pk")
    return connection(variants, info, wrap=lambda each: in_channel(each, slug), **page)


@resolver("Product.defaultVariant")
def resolve_default_variant(root: Product, _info: Any) -> ProductVariant | None:
    return in_channel(root.default_variant, _slug(root))


@resolver("ProductVariant.product")
def resolve_variant_product(root: ProductVariant, _info: Any) -> Product:
    return in_channel(root.product, _slug(root))


@resolver("Product.isAvailable")
def resolve_is_available(root: Product, _info: Any) -> bool | None:
    channel = _channel(root)
    if channel is None:
        return None
    return any(
        carts.is_for_sale(variant, channel)
        and quantity_available(variant, channel=channel, country=None) != 0
        for variant in root.variants.all()
    )


@resolver("Product.isAvailableForPurchase")
def resolve_is_available_for_purchase(root: Product, _info: Any) -> bool | None:
    listing = root.channel_listings.filter(channel__slug=_slug(root)).first()
    return _purchasable(listing) if listing else None


@resolver("ProductChannelListing.isAvailableForPurchase")
def resolve_listing_for_purchase(root: ProductChannelListing, _info: Any) -> bool:
    return _purchasable(root)


def _purchasable(listing: ProductChannelListing) -> bool:
    since = listing.available_for_purchase_at
    return since is not None and since <= timezone.now()


@resolver("Product.channelListings")
@resolver("ProductVariant.channelListings")
def resolve_channel_listings(root: Any, info: Any) -> list[Any]:
    auth.require(info.context, "product.manage_products")
    return list(root.channel_listings.all())


@resolver("ProductVariantChannelListing.price")
def resolve_listing_price(root: ProductVariantChannelListing, _info: Any) -> dict[str, Any] | None:
    return None if root.price_amount is None else money(root.price_amount, root.currency)


@resolver("ProductVariant.pricing")
def resolve_pricing(root: ProductVariant, _info: Any) -> dict[str, Any] | None:
    channel = _channel(root)
    if channel is None or not carts.is_for_sale(root, channel):
        return None
    listing = root.channel_listings.get(channel=channel)
    price = carts.unit_price(root, channel)
    taxes = Taxes.of(channel, channel.default_country)
    return {
        "onSale": listing.price_amount is not None and price < listing.price_amount,
        "price": taxed_money(taxes.price(price, class_of(root)), channel.currency_code),
    }


@resolver("ProductVariant.stocks")
def resolve_stocks(root: ProductVariant, info: Any) -> list[Stock]:
    auth.require(info.context, "product.manage_products", "order.manage_orders")
    stocks = root.stocks.select_related("warehouse")
    channel = _channel(root)
    if channel is not None:
        stocks = stocks.filter(warehouse__channels=channel)
    return list(stocks.order_by("pk"))


@resolver("ProductVariant.quantityAvailable")
def resolve_quantity_available(
    root: ProductVariant,
    _info: Any,
    address: dict[str, Any] | None = None,
    countryCode: str | None = None,  # noqa: N803
) -> int | None:
    country = (address or {}).get("country") or countryCode
    return quantity_available(root, channel=_channel(root), country=country)


def _slug(root: Any) -> str | None:
    return getattr(root, "channel_slug", None)


def _channel(root: Any) -> Channel | None:
    slug = _slug(root)
    return Channel.objects.filter(slug=slug).first() if slug else None
