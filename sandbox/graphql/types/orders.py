from __future__ import annotations

from typing import Any

from sandbox.apps.account.models import Address, User
from sandbox.apps.order.models import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.apps.warehouse.models import Allocation, Warehouse
from sandbox.graphql import auth
from sandbox.graphql.connections import connection
from sandbox.graphql.ids import find_node, to_global_id
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.products import in_channel, taxed_money

MANAGE = "order.manage_orders"


@resolver("Query.order")
def resolve_order(_root: None, _info: Any, id: str | None = None) -> Order | None:
    return find_node(Order.objects.all(), id) if id else None


@resolver("Query.orders")
def resolve_orders(
    _root: None, info: Any, channel: str | None = None, search: str | None = None, **page: Any
) -> dict[str, Any]:
    auth.require(info.context, MANAGE)
    orders = Order.objects.exclude(status="draft").order_by("-number")
    if channel:
        orders = orders.filter(channel__slug=channel)
    if search:
        orders = orders.filter(user_email__icontains=search)
    return connection(orders, info, **page)


def _may_see_customer(root: Order, info: Any) -> bool:
    asks: User | None = info.context.user
    owner = asks is not None and asks.pk == root.user_id
    return owner or auth.may(info.context, MANAGE)


@resolver("Order.created")
def resolve_created(root: Order, _info: Any) -> Any:
    return root.created_at


@resolver("Order.number")
def resolve_number(root: Order, _info: Any) -> str:
    return str(root.number)


@resolver("Order.token")
def resolve_token(root: Order, _info: Any) -> str:
    return str(root.pk)


@resolver("Order.user")
def resolve_user(root: Order, info: Any) -> User | None:
    if root.user is not None and not _may_see_customer(root, info):
        raise auth.PermissionDenied(MANAGE, "account.manage_users")
    return root.user


@resolver("Order.userEmail")
def resolve_user_email(root: Order, _info: Any) -> str | None:
    # As in Saleor, whoever knows an order's id may read this.
    return root.user_email or (root.user.email if root.user else None)


@resolver("Order.billingAddress")
def resolve_billing_address(root: Order, info: Any) -> Address | None:
    return root.billing_address if _may_see_customer(root, info) else None


@resolver("Order.shippingAddress")
def resolve_shipping_address(root: Order, info: Any) -> Address | None:
    return root.shipping_address if _may_see_customer(root, info) else None


@resolver("Order.deliveryMethod")
def resolve_delivery_method(root: Order, _info: Any) -> Warehouse | ShippingMethod | None:
    return root.collection_point or root.shipping_method


@resolver("Order.isPaid")
def resolve_is_paid(root: Order, _info: Any) -> bool:
    return root.total_charged_amount >= root.total_gross_amount


@resolver("Order.total")
def resolve_total(root: Order, _info: Any) -> dict[str, Any]:
    return taxed_money(root.total_gross_amount, root.currency)


@resolver("Order.languageCodeEnum")
def resolve_language(root: Order, _info: Any) -> str:
    return root.language_code


@resolver("Order.lines")
def resolve_lines(root: Order, _info: Any) -> list[OrderLine]:
    return list(root.lines.select_related("variant", "order__channel"))


@resolver("Order.fulfillments")
def resolve_fulfillments(root: Order, info: Any) -> list[Fulfillment]:
    found = root.fulfillments.order_by("pk")
    if not auth.may(info.context, MANAGE):
        found = found.exclude(status="canceled")
    return list(found)


@resolver("OrderLine.variant")
def resolve_variant(root: OrderLine, _info: Any) -> ProductVariant | None:
    return in_channel(root.variant, root.order.channel.slug)


@resolver("OrderLine.quantityToFulfill")
def resolve_quantity_to_fulfill(root: OrderLine, _info: Any) -> int:
    return root.quantity_unfulfilled


@resolver("OrderLine.unitPrice")
def resolve_unit_price(root: OrderLine, _info: Any) -> dict[str, Any]:
    return taxed_money(root.unit_price_gross_amount, root.currency)


@resolver("OrderLine.totalPrice")
def resolve_total_price(root: OrderLine, _info: Any) -> dict[str, Any]:
    return taxed_money(root.total_price_gross_amount, root.currency)


@resolver("OrderLine.allocations")
def resolve_allocations(root: OrderLine, info: Any) -> list[Allocation]:
    auth.require(info.context, "product.manage_products", MANAGE)
    return list(root.allocations.select_related("stock__warehouse").order_by("pk"))


@resolver("OrderLine.productVariantId")
def resolve_product_variant_id(root: OrderLine, _info: Any) -> str | None:
    return root.product_variant_id or (
        to_global_id("ProductVariant", root.variant_id) if root.variant_id else None
    )


@resolver("Fulfillment.created")
def resolve_fulfillment_created(root: Fulfillment, _info: Any) -> Any:
    return root.created_at


@resolver("Fulfillment.lines")
def resolve_fulfillment_lines(root: Fulfillment, _info: Any) -> list[FulfillmentLine]:
    return list(root.lines.select_related("order_line").order_by("pk"))


@resolver("Fulfillment.warehouse")
def resolve_fulfillment_warehouse(root: Fulfillment, _info: Any) -> Warehouse | None:
    line = root.lines.select_related("stock__warehouse").order_by("pk").first()
    return line.stock.warehouse if line and line.stock else None
