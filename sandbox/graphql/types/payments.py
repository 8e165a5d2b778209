from __future__ import annotations

from typing import Any

from sandbox.apps.order.models import Order, OrderGrantedRefund, OrderGrantedRefundLine
from sandbox.apps.payment.models import Payment, Transaction, TransactionEvent, TransactionItem
from sandbox.graphql import auth
from sandbox.graphql.ids import to_global_id
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.products import money

SEE = ("order.manage_orders", "payment.handle_payments")


@resolver("Order.transactions")
def resolve_order_transactions(root: Order, info: Any) -> list[TransactionItem]:
    auth.require(info.context, *SEE)
    return list(root.payment_transactions.order_by("pk"))


@resolver("TransactionItem.id")
def resolve_transaction_id(root: TransactionItem, _info: Any) -> str:
    return to_global_id("TransactionItem", root.token)


@resolver("TransactionItem.actions")
def resolve_actions(root: TransactionItem, _info: Any) -> list[str]:
    return root.available_actions


@resolver("TransactionItem.authorizedAmount")
@resolver("TransactionItem.authorizePendingAmount")
@resolver("TransactionItem.refundedAmount")
@resolver("TransactionItem.refundPendingAmount")
@resolver("TransactionItem.canceledAmount")
@resolver("TransactionItem.cancelPendingAmount")
@resolver("TransactionItem.chargedAmount")
@resolver("TransactionItem.chargePendingAmount")
def resolve_transaction_amount(root: TransactionItem, info: Any) -> dict[str, Any]:
    name = info.field_name.removesuffix("Amount").replace("Pending", "_pending")
    return money(getattr(root, f"{name}_value"), root.currency)


@resolver("TransactionItem.events")
def resolve_transaction_events(root: TransactionItem, _info: Any) -> list[TransactionEvent]:
    return list(root.events.order_by("pk"))


@resolver("TransactionItem.pspReference")
@resolver("TransactionEvent.pspReference")
def resolve_psp_reference(root: TransactionItem | TransactionEvent, _info: Any) -> str:
    return root.psp_reference or ""


@resolver("TransactionItem.message")
@resolver("TransactionEvent.message")
def resolve_message(root: TransactionItem | TransactionEvent, _info: Any) -> str:
    return root.message or ""


@resolver("TransactionEvent.amount")
@resolver("OrderGrantedRefund.amount")
def resolve_value(root: TransactionEvent | OrderGrantedRefund, _info: Any) -> dict[str, Any]:
    return money(root.amount_value, root.currency)


@resolver("Order.grantedRefunds")
def resolve_granted_refunds(root: Order, info: Any) -> list[OrderGrantedRefund]:
    auth.require(info.context, "order.manage_orders")
    return list(root.granted_refunds.all())


@resolver("OrderGrantedRefund.id")
@resolver("OrderGrantedRefundLine.id")
def resolve_granted_id(root: OrderGrantedRefund | OrderGrantedRefundLine, _info: Any) -> str:
    return to_global_id(type(root).__name__, root.pk)


@resolver("OrderGrantedRefund.transaction")
def resolve_granted_transaction(root: OrderGrantedRefund, _info: Any) -> TransactionItem | None:
    return root.transaction_item


@resolver("OrderGrantedRefund.transactionEvents")
def resolve_granted_events(root: OrderGrantedRefund, info: Any) -> list[TransactionEvent]:
    auth.require(info.context, *SEE)
    return list(root.transaction_events.order_by("pk"))


@resolver("Order.payments")
def resolve_payments(root: Order, info: Any) -> list[Payment]:
    auth.require(info.context, "order.manage_orders")
    return list(root.payments.order_by("pk"))


@resolver("Payment.created")
@resolver("Transaction.created")
def resolve_created(root: Payment | Transaction, _info: Any) -> Any:
    return root.created_at


@resolver("Payment.modified")
def resolve_modified(root: Payment, _info: Any) -> Any:
    return root.modified_at


@resolver("Payment.total")
def resolve_payment_total(root: Payment, _info: Any) -> dict[str, Any]:
    return money(root.total, root.currency)


@resolver("Payment.capturedAmount")
def resolve_captured_amount(root: Payment, _info: Any) -> dict[str, Any]:
    return money(root.captured_amount, root.currency)


@resolver("Transaction.amount")
def resolve_payment_transaction_amount(root: Transaction, _info: Any) -> dict[str, Any]:
    return money(root.amount, root.currency)
