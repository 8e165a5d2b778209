from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sandbox.apps.checkout.models import Checkout
from sandbox.apps.order.models import Order, OrderGrantedRefund
from sandbox.apps.payment.models import TransactionItem
from sandbox.graphql import auth
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import from_global_id, get_node, parse_uuid
from sandbox.graphql.mutations.inputs import actor
from sandbox.graphql.registry import mutation
from sandbox.money import payments, transactions
from sandbox.money.price import in_cents

HANDLE = "payment.handle_payments"


@mutation("orderMarkAsPaid", "order.manage_orders")
def order_mark_as_paid(
    context: Any, id: str, transaction_reference: str | None = None
) -> dict[str, Any]:
    order = get_node(Order.objects.all(), id)
    if order.payments.exists():
        message = "Orders with payments can not be manually marked as paid."
        raise refuse("payment", message, "payment_error")
    if order.payment_transactions.exists():
        message = "Order with transactions can not be manually marked as paid."
        raise refuse("transaction", message, "transaction_error")
    payments.mark_as_paid(order, actor(context), transaction_reference)
    return {"order": order}


@mutation("transactionCreate", HANDLE)
def transaction_create(context: Any, id: str, transaction: dict[str, Any]) -> dict[str, Any]:
    type_name, _key = from_global_id(id)
    source: Order | Checkout
    if type_name == "Checkout":
        source = get_node(Checkout.objects.all(), id)
    else:
        source = get_node(Order.objects.all(), id)
    charged = transaction.get("amountCharged")
    if charged and charged["currency"] != source.currency:
        message = f"Currency needs to be the same as for order: {source.currency}"
        raise refuse("transaction", message, "incorrect_currency")
    item = transactions.create(
        source,
        in_cents(charged["amount"]) if charged else None,
        who=actor(context),
        name=transaction.get("name") or "",
        psp_reference=transaction.get("pspReference"),
        actions=[each.lower() for each in transaction.get("availableActions") or []],
    )
    return {"transaction": item}


@mutation("transactionEventReport", HANDLE)
def transaction_event_report(
    context: Any,
    psp_reference: str,
    type: str,
    amount: Decimal | None = None,
    available_actions: list[str] | None = None,
    id: str | None = None,
    token: str | None = None,
) -> dict[str, Any]:
    item = _item(id, token)
    if not _may_report(context, item):
        raise auth.PermissionDenied(HANDLE)
    if amount is None and type != "INFO":
        message = f"The `amount` field is required for {type} event."
        raise refuse("amount", message, "required")
    try:
        event, known = transactions.report(
            item,
            type.lower(),
            in_cents(amount or Decimal(0)),
            psp_reference=psp_reference,
            app=context.app,
            granted=_granted(item, type, psp_reference),
        )
    except transactions.DifferentAmountError as error:
        text = (
            "The transaction with provided `pspReference` and "
            "`type` already exists with different amount."
        )
        raise refuse("psp_reference", text, "incorrect_details") from error
    item.refresh_from_db()
    if available_actions is not None:
        item.available_actions = sorted({each.lower() for each in available_actions})
        item.save(update_fields=["available_actions"])
    return {"alreadyProcessed": known, "transaction": item, "transactionEvent": event}


def _item(id: str | None, token: str | None) -> TransactionItem:
    if not (id or token):
        raise refuse(None, "At least one of arguments is required: 'id', 'token'.", "graphql_error")
    key = parse_uuid("TransactionItem", id, "id") if id else UUID(token)
    item = TransactionItem.objects.filter(token=key).first()
    if item is None:
        message = f"Couldn't resolve to a node: {id or token}"
        raise refuse("id" if id else "token", message, "not_found")
    return item


def _may_report(context: Any, item: TransactionItem) -> bool:
    """Tell whether who asks owns the transaction; that of an app is not for staff."""
    if context.app:
        mine = item.app_identifier and item.app_identifier == context.app.identifier
        return bool(mine) or item.app_id in (None, context.app.pk)
    return not (item.app_id or item.app_identifier)


def _granted(item: TransactionItem, kind: str, reference: str) -> OrderGrantedRefund | None:
    if not kind.startswith("REFUND_"):
        return None
    asked = item.events.filter(type="refund_request", psp_reference=reference).last()
    return asked.related_granted_refund if asked else None
