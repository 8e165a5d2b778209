from __future__ import annotations

from typing import Any

from sandbox.apps.order.models import Order, OrderGrantedRefund, OrderGrantedRefundLine
from sandbox.apps.payment.models import Payment, TransactionEvent, TransactionItem
from sandbox.graphql import auth
from sandbox.graphql.ids import to_global_id
from sandbox.graphql.registry import attribute, resolver, snake_case

MANAGE = "order.manage_orders"
SEE = (MANAGE, "payment.handle_payments")

attribute("TransactionItem.actions", "available_actions")


@resolver("Order.transactions")
def resolve_order_transactions(root: Order, info: Any) -> list[TransactionItem]:
    auth.require(info.context, *SEE)
    return list(root.payment_transactions.all())


@resolver("TransactionItem.id")
def resolve_transaction_id(root: TransactionItem, _info: Any) -> str:
    return to_global_id("TransactionItem", root.token)


@resolver("TransactionItem.pspReference")
@resolver("TransactionEvent.pspReference")
@resolver("TransactionItem.message")
@resolver("TransactionEvent.message")
def resolve_text(root: TransactionItem | TransactionEvent, info: Any) -> str:
    return getattr(root, snake_case(info.field_name)) or ""


@resolver("Order.grantedRefunds")
def resolve_granted_refunds(root: Order, info: Any) -> list[OrderGrantedRefund]:
    auth.require(info.context, MANAGE)
    return list(root.granted_refunds.all())


@resolver("OrderGrantedRefund.id")
@resolver("OrderGrantedRefundLine.id")
def resolve_granted_id(root: OrderGrantedRefund | OrderGrantedRefundLine, _info: Any) -> str:
    return to_global_id(type(root).__name__, root.pk)


@resolver("OrderGrantedRefund.transactionEvents")
def resolve_granted_events(root: OrderGrantedRefund, info: Any) -> list[TransactionEvent]:
    auth.require(info.context, *SEE)
    return list(root.transaction_events.all())


@resolver("Order.payments")
def resolve_payments(root: Order, info: Any) -> list[Payment]:
    auth.require(info.context, MANAGE)
    return list(root.payments.all())
