from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
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
from sandbox.graphql.types.products import in_channel, money, taxed_money
from sandbox.money.price import Price

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


@resolver("Order.original")
def resolve_original(root: Order, _info: Any) -> str | None:
    return to_global_id("Order", root.original_id) if root.original_id else None


@resolver("Order.isPaid")
def resolve_is_paid(root: Order, _info: Any) -> bool:
    return root.total_charged_amount >= root.total_gross_amount


@resolver("Order.total")
@resolver("Order.subtotal")
@resolver("Order.undiscountedTotal")
@resolver("Order.shippingPrice")
@resolver("OrderLine.unitPrice")
@resolver("OrderLine.undiscountedUnitPrice")
@resolver("OrderLine.totalPrice")
@resolver("OrderLine.undiscountedTotalPrice")
def resolve_price(root: Order | OrderLine, info: Any) -> dict[str, Any]:
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in info.field_name)
    price = Price(getattr(root, f"{name}_net_amount"), getattr(root, f"{name}_gross_amount"))
    return taxed_money(price, root.currency)


@resolver("Order.totalCharged")
@resolver("Order.totalAuthorized")
def resolve_stored_total(root: Order, info: Any) -> dict[str, Any]:
    name = info.field_name.replace("total", "total_").lower()
    return money(getattr(root, f"{name}_amount"), root.currency)


@resolver("Order.totalGrantedRefund")
def resolve_total_granted(root: Order, _info: Any) -> dict[str, Any]:
    return money(_granted(root), root.currency)


@resolver("Order.totalBalance")
def resolve_total_balance(root: Order, _info: Any) -> dict[str, Any]:
    if root.payments.filter(is_active=True).exists():
        return money(root.total_charged_amount - root.total_gross_amount, root.currency)
    charged = _sum(root.payment_transactions.values_list("charged_value", flat=True))
    pending = _sum(root.payment_transactions.values_list("charge_pending_value", flat=True))
    return money(charged + pending - root.total_gross_amount + _granted(root), root.currency)


@resolver("Order.totalRefunded")
def resolve_total_refunded(root: Order, _info: Any) -> dict[str, Any]:
    payment = root.payments.last()
    if payment and (payment.is_active or payment.charge_status == "fully-refunded"):
        done = payment.transactions.filter(kind="refund", is_success=True)
        return money(_sum(done.values_list("amount", flat=True)), root.currency)
    amounts = root.payment_transactions.values_list("refunded_value", flat=True)
    return money(_sum(amounts), root.currency)


@resolver("Order.totalRefundPending")
def resolve_total_refund_pending(root: Order, _info: Any) -> dict[str, Any]:
    amounts = root.payment_transactions.values_list("refund_pending_value", flat=True)
    return money(_sum(amounts), root.currency)


def _granted(root: Order) -> Decimal:
    return _sum(root.granted_refunds.values_list("amount_value", flat=True))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


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


@resolver("OrderLine.taxRate")
def resolve_tax_rate(root: OrderLine, _info: Any) -> float:
    return float(root.tax_rate or 0)


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


@resolver("Fulfillment.shippingRefundedAmount")
@resolver("Fulfillment.totalRefundedAmount")
def resolve_refunded(root: Fulfillment, info: Any) -> dict[str, Any] | None:
    kind = info.field_name.removesuffix("RefundedAmount")
    amount = getattr(root, f"{kind}_refund_amount")
    return None if amount is None else money(amount, root.order.currency)
