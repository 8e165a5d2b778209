from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from sandbox import carts
from sandbox.apps.channel.models import Channel
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.order.models import Order
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.apps.warehouse.models import Warehouse
from sandbox.graphql.errors import cart_shortage, checkout_shortage, refuse
from sandbox.graphql.ids import from_global_id, get_node, get_nodes, to_global_id
from sandbox.graphql.mutations.inputs import save_address
from sandbox.graphql.registry import mutation
from sandbox.money import vouchers
from sandbox.orders.place import place
from sandbox.stock import scope
from sandbox.stock.availability import check_checkout
from sandbox.stock.errors import InsufficientStock
from sandbox.stock.reserve import reservation_minutes, reserve


def _checkout(id: str | None) -> Checkout:
    if not id:
        raise refuse(None, "You must provide one of the arguments: id.", "graphql_error")
    return get_node(Checkout.objects.select_related("channel"), id)


@mutation("checkoutCreate")
@transaction.atomic
def checkout_create(context: Any, input: dict[str, Any]) -> dict[str, Any]:
    channel = Channel.objects.filter(slug=input.get("channel")).first()
    if channel is None:
        message = f"Channel with '{input.get('channel')}' slug does not exist."
        raise refuse("channel", message, "not_found")
    if not channel.is_active:
        message = f"Channel with '{channel.slug}' slug is inactive."
        raise refuse("channel", message, "channel_inactive")
    wanted = _wanted(input["lines"])
    shipping_address = save_address(input.get("shippingAddress"))
    country = shipping_address.country if shipping_address else channel.default_country
    _check_for_sale(wanted, channel)
    _check_quantities(wanted, channel=channel, country=country)
    checkout = Checkout.objects.create(
        channel=channel,
        currency=channel.currency_code,
        country=country,
        user=context.user,
        email=input.get("email") or (context.user.email if context.user else None),
        shipping_address=shipping_address,
        billing_address=save_address(input.get("billingAddress")),
        language_code=(input.get("languageCode") or "EN").lower().replace("_", "-"),
    )
    for line in input["lines"]:
        _add(checkout, line)
    _reserve(context, checkout)
    return {"checkout": checkout}


@mutation("checkoutLinesAdd")
@transaction.atomic
def checkout_lines_add(
    context: Any, lines: list[dict[str, Any]], id: str | None = None
) -> dict[str, Any]:
    checkout = _checkout(id)
    added = _wanted(lines)
    _check_for_sale(added, checkout.channel)
    existing = carts.totals_by_variant(checkout.lines.select_related("variant"))
    _check_quantities(
        {variant: quantity + existing.get(variant, 0) for variant, quantity in added.items()},
        channel=checkout.channel,
        country=carts.country(checkout),
        checkout=checkout,
    )
    for line in lines:
        _add(checkout, line)
    _reserve(context, checkout)
    _recheck_voucher(checkout)
    checkout.save(update_fields=["voucher_code", "last_change"])
    return {"checkout": checkout}


@mutation("checkoutLinesUpdate")
@transaction.atomic
def checkout_lines_update(
    context: Any, lines: list[dict[str, Any]], id: str | None = None
) -> dict[str, Any]:
    checkout = _checkout(id)
    changes = {_line_or_variant(checkout, line): line.get("quantity") for line in lines}
    wanted = {
        variant: quantity for (variant, _), quantity in changes.items() if quantity is not None
    }
    for quantity in wanted.values():
        if quantity < 0:
            message = "The quantity should be higher or equal zero."
            raise refuse("quantity", message, "zero_quantity")
    _check_for_sale([variant for variant, n in wanted.items() if n], checkout.channel)
    _check_quantities(
        {variant: n for variant, n in wanted.items() if n},
        channel=checkout.channel,
        country=carts.country(checkout),
        checkout=checkout,
    )
    for (variant, line), quantity in changes.items():
        if quantity is not None:
            _set_quantity(checkout, variant, line, quantity)
    _reserve(context, checkout)
    _recheck_voucher(checkout)
    checkout.save(update_fields=["voucher_code", "last_change"])
    return {"checkout": checkout}


def _recheck_voucher(checkout: Checkout) -> None:
    """Drop a code that does not hold any more for what is in the cart now."""
    code = vouchers.find(checkout.voucher_code, checkout.channel)
    if code is None or not vouchers.covers_minimum(
        code, checkout.channel, carts.subtotal(checkout)
    ):
        checkout.voucher_code = None


def _line_or_variant(
    checkout: Checkout, data: Mapping[str, Any]
) -> tuple[ProductVariant, CheckoutLine | None]:
    if data.get("lineId"):
        line = get_node(checkout.lines.select_related("variant"), data["lineId"], field="line_id")
        return line.variant, line
    if not data.get("variantId"):
        raise refuse(None, "You must provide variantId or lineId.", "graphql_error")
    variant = get_node(ProductVariant.objects.all(), data["variantId"], field="variant_id")
    return variant, checkout.lines.filter(variant=variant).first()


def _set_quantity(
    checkout: Checkout, variant: ProductVariant, line: CheckoutLine | None, quantity: int
) -> None:
    if line is None and quantity:
        _create_line(checkout, variant, quantity)
    elif line is not None and quantity:
        line.quantity = quantity
        line.save(update_fields=["quantity"])
    elif line is not None:
        line.delete()


def _wanted(lines: Iterable[Mapping[str, Any]]) -> dict[ProductVariant, int]:
    lines = list(lines)
    variants = get_nodes(
        ProductVariant.objects.all(), [line["variantId"] for line in lines], field="variant_id"
    )
    wanted: dict[ProductVariant, int] = {}
    for variant, line in zip(variants, lines, strict=True):
        wanted[variant] = wanted.get(variant, 0) + line["quantity"]
    for quantity in wanted.values():
        if quantity <= 0:
            message = "The quantity should be higher than zero."
            raise refuse("quantity", message, "zero_quantity")
    return wanted


def _check_for_sale(variants: Iterable[ProductVariant], channel: Channel) -> None:
    missing = [variant for variant in variants if not carts.is_for_sale(variant, channel)]
    if missing:
        raise refuse(
            "lines",
            "Cannot add lines for unavailable variants.",
            "unavailable_variant_in_channel",
            variants=[to_global_id("ProductVariant", variant.pk) for variant in missing],
        )


def _check_quantities(
    wanted: Mapping[ProductVariant, int],
    *,
    channel: Channel,
    country: str,
    checkout: Checkout | None = None,
) -> None:
    lines = list(checkout.lines.all()) if checkout else []
    try:
        check_checkout(wanted, channel=channel, country=country, checkout=checkout, lines=lines)
    except InsufficientStock as error:
        raise cart_shortage(error) from error


def _add(checkout: Checkout, data: Mapping[str, Any]) -> None:
    variant = get_node(ProductVariant.objects.all(), data["variantId"], field="variant_id")
    same = list(checkout.lines.filter(variant=variant))
    if len(same) == 1:
        same[0].quantity += data["quantity"]
        same[0].save(update_fields=["quantity"])
    else:
        _create_line(checkout, variant, data["quantity"])


def _create_line(checkout: Checkout, variant: ProductVariant, quantity: int) -> None:
    price = carts.unit_price(variant, checkout.channel)
    CheckoutLine.objects.create(
        checkout=checkout,
        variant=variant,
        quantity=quantity,
        currency=checkout.currency,
        undiscounted_unit_price_amount=price,
        total_price_gross_amount=price * quantity,
    )


def _reserve(context: Any, checkout: Checkout) -> None:
    minutes = reservation_minutes(scope.shop(), context.user)
    if not minutes:
        return
    try:
        reserve(
            list(checkout.lines.select_related("variant")),
            channel=checkout.channel,
            country=carts.country(checkout),
            minutes=minutes,
        )
    except InsufficientStock as error:
        raise cart_shortage(error) from error


@mutation("checkoutDeliveryMethodUpdate")
def checkout_delivery_method_update(
    _context: Any, id: str | None = None, delivery_method_id: str | None = None
) -> dict[str, Any]:
    checkout = _checkout(id)
    checkout.shipping_method = checkout.collection_point = None
    if delivery_method_id:
        _choose_delivery(checkout, delivery_method_id)
    checkout.save()
    return {"checkout": checkout}


def _choose_delivery(checkout: Checkout, global_id: str) -> None:
    field, code = "delivery_method_id", "delivery_method_not_applicable"
    type_name, _ = from_global_id(global_id)
    if type_name == "Warehouse":
        point = get_node(Warehouse.objects.all(), global_id, field=field)
        if point not in carts.collection_points(checkout):
            raise refuse(field, "This pick up point is not applicable.", code)
        checkout.collection_point = point
        checkout.shipping_address = point.address
    elif type_name == "ShippingMethod":
        method = get_node(ShippingMethod.objects.all(), global_id, field=field)
        if method not in carts.shipping_methods(checkout):
            raise refuse(field, "This shipping method is not applicable.", code)
        checkout.shipping_method = method
    else:
        message = "ID does not belong to Warehouse, ShippingMethod, or CheckoutDelivery"
        raise refuse(field, message, "invalid")


@mutation("checkoutAddPromoCode")
def checkout_add_promo_code(
    _context: Any, promo_code: str, id: str | None = None
) -> dict[str, Any]:
    checkout = _checkout(id)
    code = vouchers.find(promo_code, checkout.channel)
    if code is None:
        raise refuse("promo_code", "Promo code is invalid", "invalid")
    if not vouchers.covers_minimum(code, checkout.channel, carts.subtotal(checkout)):
        message = "Voucher is not applicable to this checkout."
        raise refuse("promo_code", message, "voucher_not_applicable")
    checkout.voucher_code = promo_code
    checkout.save(update_fields=["voucher_code", "last_change"])
    return {"checkout": checkout}


@mutation("checkoutComplete")
def checkout_complete(context: Any, id: str | None = None) -> dict[str, Any]:
    order = _already_placed(id)
    if order is None:
        checkout = _checkout(id)
        try:
            order = place(checkout, context.user)
        except InsufficientStock as error:
            raise checkout_shortage(error) from error
    return {"order": order}


def _already_placed(id: str | None) -> Order | None:
    type_name, pk = from_global_id(id or "")
    if type_name != "Checkout" or Checkout.objects.filter(pk=UUID(pk)).exists():
        return None
    return Order.objects.filter(checkout_token=pk).first()
