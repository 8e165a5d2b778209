from __future__ import annotations

from typing import Any

from django.db import transaction

from sandbox import carts
from sandbox.apps.channel.models import Channel
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import get_node, get_nodes
from sandbox.graphql.mutations.inputs import actor, save_address
from sandbox.graphql.registry import mutation
from sandbox.orders import drafts, status, totals
from sandbox.stock.errors import InsufficientStock

MANAGE = "order.manage_orders"


@mutation("draftOrderCreate", MANAGE)
@transaction.atomic
def draft_order_create(_context: Any, input: dict[str, Any]) -> dict[str, Any]:
    if not input.get("channelId"):
        raise refuse("channel", "Channel id is required.", "required")
    channel = get_node(Channel.objects.all(), input["channelId"], field="channel_id")
    order = Order(
        status=status.DRAFT,
        origin="draft",
        channel=channel,
        currency=channel.currency_code,
        user_email=input.get("userEmail") or "",
    )
    if input.get("shippingMethod"):
        _set_shipping(order, input["shippingMethod"])
    order.shipping_address = save_address(input.get("shippingAddress"))
    order.billing_address = save_address(input.get("billingAddress"))
    order.save()
    _add_lines(order, input.get("lines") or [])
    return {"order": order}


def _set_shipping(order: Order, global_id: str) -> None:
    method = get_node(ShippingMethod.objects.all(), global_id, field="shipping_method")
    listing = method.channel_listings.filter(channel=order.channel).first()
    if listing is None:
        message = "Shipping method not available in the given channel."
        raise refuse("shipping_method", message, "shipping_method_not_applicable")
    order.shipping_method = method
    order.shipping_method_name = method.name
    order.shipping_price_net_amount = listing.price_amount
    order.shipping_price_gross_amount = listing.price_amount


@mutation("draftOrderComplete", MANAGE)
def draft_order_complete(context: Any, id: str) -> dict[str, Any]:
    order = get_node(Order.objects.all(), id)
    drafts.complete(order, actor(context))
    return {"order": order}


@mutation("orderLinesCreate", MANAGE)
@transaction.atomic
def order_lines_create(_context: Any, id: str, input: list[dict[str, Any]]) -> dict[str, Any]:
    order = get_node(Order.objects.all(), id)
    drafts.check_editable(order)
    made = _add_lines(order, input)
    return {"order": order, "orderLines": made}


def _add_lines(order: Order, data: list[dict[str, Any]]) -> list[OrderLine]:
    ids = [item["variantId"] for item in data]
    variants = get_nodes(ProductVariant.objects.all(), ids, field="variant_id")
    wrong = [item["variantId"] for item in data if item["quantity"] <= 0]
    if wrong:
        message = "Variants quantity must be greater than 0."
        raise refuse("quantity", message, "zero_quantity", variants=wrong)
    for variant, global_id in zip(variants, ids, strict=True):
        if not carts.is_for_sale(variant, order.channel):
            message = "Cannot add lines with unpublished or unpriced variants."
            code = "not_available_in_channel"
            raise refuse("lines", message, code, variants=[global_id])
    made: list[OrderLine] = []
    for variant, item in zip(variants, data, strict=True):
        line = drafts.add_line(order, variant, item["quantity"])
        if line not in made:
            made.append(line)
    totals.refresh(order)
    return made


@mutation("orderLineUpdate", MANAGE)
def order_line_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    line = get_node(OrderLine.objects.select_related("order__channel", "variant"), id)
    drafts.check_editable(line.order)
    if input["quantity"] <= 0:
        raise refuse("quantity", "Ensure this value is greater than 0.", "zero_quantity")
    try:
        drafts.change_quantity(line, input["quantity"])
    except InsufficientStock as error:
        message = "Cannot set new quantity because of insufficient stock."
        raise refuse(None, message, "insufficient_stock") from error
    return {"orderLine": line, "order": line.order}


@mutation("orderLineDelete", MANAGE)
def order_line_delete(_context: Any, id: str) -> dict[str, Any]:
    line = get_node(OrderLine.objects.select_related("order", "variant"), id)
    drafts.check_editable(line.order)
    pk, order = line.pk, line.order
    drafts.delete_line(line)
    line.pk = pk
    return {"orderLine": line, "order": order}
