"""What a checkout comes to and where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from sandbox.apps.channel.models import Channel
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.product.models import ProductChannelListing, ProductVariant
from sandbox.apps.shipping.models import ShippingMethod, ShippingMethodChannelListing
from sandbox.apps.warehouse.models import Warehouse
from sandbox.money import vouchers
from sandbox.money.price import LinePrice, Price
from sandbox.money.taxes import Taxes
from sandbox.stock import scope


def country(checkout: Checkout) -> str:
    """Return the country that a checkout's stock is looked for in."""
    address = checkout.shipping_address or checkout.billing_address
    return address.country if address else checkout.country or checkout.channel.default_country


def totals_by_variant(lines: Iterable[CheckoutLine]) -> dict[ProductVariant, int]:
    """Add up the quantities of lines that have the same variant."""
    totals: dict[ProductVariant, int] = {}
    for line in lines:
        totals[line.variant] = totals.get(line.variant, 0) + line.quantity
    return totals


def unit_price(variant: ProductVariant, channel: Channel) -> Decimal:
    """Return a variant's price in a channel; what has no price there costs nothing."""
    listing = variant.channel_listings.filter(channel=channel).first()
    if listing is None:
        return Decimal(0)
    price = listing.discounted_price_amount
    return (listing.price_amount or Decimal(0)) if price is None else price


def shipping_price(checkout: Checkout) -> Decimal:
    """Return what the chosen delivery costs."""
    if checkout.shipping_method is None:
        return Decimal(0)
    listing = ShippingMethodChannelListing.objects.filter(
        shipping_method=checkout.shipping_method, channel=checkout.channel
    ).first()
    return listing.price_amount if listing else Decimal(0)


@dataclass(frozen=True)
class CartPrices:
    """What a checkout comes to, line by line, with its voucher and its taxes."""

    lines: dict[UUID, LinePrice]
    shipping: Price
    shipping_rate: Decimal

    @property
    def total(self) -> Price:
        """Return what all of it comes to."""
        return sum((line.total for line in self.lines.values()), self.shipping)


def prices(checkout: Checkout) -> CartPrices:
    """Work out what a checkout comes to."""
    lines = list(checkout.lines.select_related("variant__product__product_type"))
    units = [unit_price(line.variant, checkout.channel) for line in lines]
    entered = [unit * line.quantity for unit, line in zip(units, lines, strict=True)]
    discount = vouchers.discount(checkout.voucher_code, checkout.channel, sum(entered, Decimal(0)))
    parts = vouchers.spread(discount, entered)
    taxes = Taxes.of(checkout.channel, country(checkout))
    kind = checkout.shipping_method.tax_class_id if checkout.shipping_method else None
    return CartPrices(
        lines={
            line.pk: taxes.line(line.variant, line.quantity, unit, discount=part)
            for line, unit, part in zip(lines, units, parts, strict=True)
        },
        shipping=taxes.price(shipping_price(checkout), kind),
        shipping_rate=taxes.rate(kind),
    )


def subtotal(checkout: Checkout) -> Decimal:
    """Return what the goods of a checkout cost as their prices were entered."""
    return sum(
        (
            unit_price(line.variant, checkout.channel) * line.quantity
            for line in checkout.lines.select_related("variant")
        ),
        Decimal(0),
    )


def total(checkout: Checkout) -> Decimal:
    """Return what a checkout comes to, with tax."""
    return prices(checkout).total.gross


def is_paid(checkout: Checkout) -> bool:
    """Tell whether payments hold or will hold all of what a checkout comes to."""
    paid = checkout.payment_transactions.aggregate(
        sum=Sum(F("authorized_value") + F("charged_value"))
    )
    return (paid["sum"] or Decimal(0)) >= total(checkout)


def needs_shipping(checkout: Checkout) -> bool:
    """Tell whether anything in a checkout has to be sent."""
    return checkout.lines.filter(variant__product__product_type__is_shipping_required=True).exists()


def is_for_sale(variant: ProductVariant, channel: Channel) -> bool:
    """Tell whether a variant is published, purchasable and priced in a channel."""
    now = timezone.now()
    listed = ProductChannelListing.objects.filter(
        Q(published_at__isnull=True) | Q(published_at__lte=now),
        product_id=variant.product_id,
        channel=channel,
        is_published=True,
        available_for_purchase_at__lte=now,
    )
    priced = variant.channel_listings.filter(channel=channel, price_amount__isnull=False)
    return listed.exists() and priced.exists()


def shipping_methods(checkout: Checkout) -> QuerySet[ShippingMethod]:
    """Return the ways in which a checkout may be sent."""
    if checkout.shipping_address is None:
        return ShippingMethod.objects.none()
    return ShippingMethod.objects.filter(
        channel_listings__channel=checkout.channel,
        shipping_zone__channels=checkout.channel,
        shipping_zone__countries__contains=country(checkout),
    )


def collection_points(checkout: Checkout) -> list[Warehouse]:
    """Return where a checkout may be fetched: where all of it lies, or can be brought to."""
    wanted = totals_by_variant(checkout.lines.select_related("variant"))
    stocks = scope.with_free_quantity(
        scope.of_channel(checkout.channel).filter(product_variant__in=list(wanted))
    )
    free: dict[tuple[object, int], int] = {}
    anywhere: dict[int, int] = {}
    for stock in stocks:
        free[stock.warehouse_id, stock.product_variant_id] = stock.free_quantity
        anywhere.setdefault(stock.product_variant_id, 0)
        anywhere[stock.product_variant_id] += stock.free_quantity
    points = Warehouse.objects.filter(
        channels=checkout.channel, click_and_collect_option__in=scope.COLLECTION_OPTIONS
    ).order_by("pk")
    return [
        point
        for point in points
        if all(free.get((point.pk, variant.pk), 0) >= n for variant, n in wanted.items())
        or (
            point.click_and_collect_option == scope.ALL_WAREHOUSES
            and all(anywhere.get(variant.pk, 0) >= n for variant, n in wanted.items())
        )
    ]
