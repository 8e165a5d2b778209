from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db.models import Sum

from sandbox import carts
from sandbox.apps.account.models import Address
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.graphql.ids import to_global_id
from sandbox.money.price import LinePrice, Price, in_cents
from sandbox.money.taxes import Taxes


def new_line(order: Order, variant: ProductVariant, price: LinePrice) -> OrderLine:
    """Build an order line with the names of the moment; the caller saves it."""
    product = variant.product
    return OrderLine(
        order=order,
        variant=variant,
        product_name=product.name,
        variant_name=variant.name,
        product_sku=variant.sku,
        product_variant_id=to_global_id("ProductVariant", variant.pk),
        product_type_id=product.product_type_id,
        is_shipping_required=product.product_type.is_shipping_required,
        is_gift_card=product.product_type.kind == "gift_card",
        quantity=price.quantity,
        currency=order.currency,
        unit_price_net_amount=price.unit.net,
        unit_price_gross_amount=price.unit.gross,
        total_price_net_amount=price.total.net,
        total_price_gross_amount=price.total.gross,
        undiscounted_unit_price_net_amount=price.undiscounted_unit.net,
        undiscounted_unit_price_gross_amount=price.undiscounted_unit.gross,
        undiscounted_total_price_net_amount=price.undiscounted_total.net,
        undiscounted_total_price_gross_amount=price.undiscounted_total.gross,
        base_unit_price_amount=price.base_unit,
        undiscounted_base_unit_price_amount=price.base_unit,
        tax_rate=price.rate,
    )


def price_of_today(order: Order, variant: ProductVariant, quantity: int) -> LinePrice:
    """Return what units come to in an order's channel, taxed where the order goes."""
    unit = carts.unit_price(variant, order.channel)
    return _taxes(order).line(variant, quantity, unit, discount=Decimal(0))


def price_at(price: LinePrice, gross: Decimal) -> LinePrice:
    """Return a line's price where all of it is given for an amount, tax and all."""
    total = Price(in_cents(gross / (1 + price.rate)), gross)
    return replace(
        price,
        total=total,
        undiscounted_unit=total.share(price.quantity),
        undiscounted_total=total,
    )


def _taxes(order: Order) -> Taxes:
    address = order.shipping_address or order.billing_address
    country = address.country if address else order.channel.default_country
    return Taxes.of(order.channel, country)


def set_quantity(line: OrderLine, quantity: int) -> None:
    """Store a line's new quantity and what it comes to."""
    line.quantity = quantity
    for kind in ("net", "gross"):
        for name in ("", "undiscounted_"):
            unit = getattr(line, f"{name}unit_price_{kind}_amount")
            setattr(line, f"{name}total_price_{kind}_amount", unit * quantity)
    line.save()


def refresh(order: Order) -> None:
    """Store what an order's lines come to."""
    order.lines_count = order.lines.count()
    for kind in ("net", "gross"):
        sums = order.lines.aggregate(
            goods=Sum(f"total_price_{kind}_amount"),
            undiscounted=Sum(f"undiscounted_total_price_{kind}_amount"),
        )
        shipping = getattr(order, f"shipping_price_{kind}_amount")
        goods = sums["goods"] or Decimal(0)
        setattr(order, f"subtotal_{kind}_amount", goods)
        setattr(order, f"total_{kind}_amount", goods + shipping)
        undiscounted = (sums["undiscounted"] or Decimal(0)) + shipping
        setattr(order, f"undiscounted_total_{kind}_amount", undiscounted)
    order.save()


def copy_address(address: Address | None) -> Address | None:
    """Give an order an address of its own."""
    if address is None:
        return None
    copy = Address.objects.get(pk=address.pk)
    copy.pk = None
    copy._state.adding = True
    copy.save()
    return copy
