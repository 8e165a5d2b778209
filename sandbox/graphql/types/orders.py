from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from sandbox.apps.order.models import Fulfillment, Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.warehouse.models import Allocation
from sandbox.graphql import auth
from sandbox.graphql.connections import connection
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import attribute, resolver
from sandbox.graphql.types.money import money
from sandbox.graphql.types.products import in_channel

MANAGE = "order.manage_orders"

attribute("Order.created", "created_at")
attribute("OrderLine.quantityToFulfill", "quantity_unfulfilled")


@resolver("Query.order")
def resolve_order(_root: None, _info: Any, id: str | None = None) -> Order | None:
    return find_node(Order.objects.all(), id) if id else None


@resolver("Query.orders")
def resolve_orders(
    _root: None, info: Any, channel: str | None = None, **page: Any
) -> dict[str, Any]:
    auth.require(info.context, MANAGE)
    orders = Order.objects.exclude(status="draft")
    if channel:
        orders = orders.filter(channel__slug=channel)
    return connection(orders, info, **page)


@resolver("Order.userEmail")
def resolve_user_email(root: Order, _info: Any) -> str | None:
    # As in Saleor, whoever knows an order's id may read this.
    return root.user_email or (root.user.email if root.user else None)


@resolver("Order.isPaid")
def resolve_is_paid(root: Order, _info: Any) -> bool:
    return root.total_charged_amount >= root.total_gross_amount


@resolver("Order.totalGrantedRefund")
def resolve_total_granted(root: Order, _info: Any) -> dict[str, Any]:
    return money(_granted(root), root.currency)


@resolver("Order.totalBalance")
def resolve_total_balance(root: Order, _info: Any) -> dict[str, Any]:
    if root.payments.filter(is_active=True).exists():
        return money(root.total_charged_amount - root.total_gross_amount, root.currency)
    charged = _sum(root.payment_transactions, "charged_value")
    pending = _sum(root.payment_transactions, "charge_pending_value")
    return money(charged + pending - root.total_gross_amount + _granted(root), root.currency)


@resolver("Order.totalRefunded")
def resolve_total_refunded(root: Order, _info: Any) -> dict[str, Any]:
    payment = root.payments.last()
    if payment and (payment.is_active or payment.charge_status == "fully-refunded"):
        done = payment.transactions.filter(kind="refund", is_success=True)
        return money(_sum(done, "amount"), root.currency)
    return money(_sum(root.payment_transactions, "refunded_value"), root.currency)


@resolver("Order.totalRefundPending")
def resolve_total_refund_pending(root: Order, _info: Any) -> dict[str, Any]:
    return money(_sum(root.payment_transactions, "refund_pending_value"), root.currency)


def _granted(root: Order) -> Decimal:
    return _sum(root.granted_refunds, "amount_value")


def _sum(rows: QuerySet[Any] | Any, name: str) -> Decimal:
    return rows.aggregate(sum=Sum(name))["sum"] or Decimal(0)


@resolver("Order.fulfillments")
def resolve_fulfillments(root: Order, info: Any) -> list[Fulfillment]:
    found = root.fulfillments.all()
    if not auth.may(info.context, MANAGE):
        found = found.exclude(status="canceled")
    return list(found)


@resolver("OrderLine.variant")
def resolve_variant(root: OrderLine, _info: Any) -> ProductVariant | None:
    return in_channel(root.variant, root.order.channel.slug)


@resolver("OrderLine.taxRate")
def resolve_tax_rate(root: OrderLine, _info: Any) -> float:
    return float(root.tax_rate or 0)


@resolver("OrderLine.allocations")
def resolve_allocations(root: OrderLine, info: Any) -> list[Allocation]:
    auth.require(info.context, "product.manage_products", MANAGE)
    return list(root.allocations.select_related("stock__warehouse"))


@resolver("Fulfillment.totalRefundedAmount")
def resolve_refunded(root: Fulfillment, _info: Any) -> dict[str, Any] | None:
    amount = root.total_refund_amount
    return None if amount is None else money(amount, root.order.currency)
