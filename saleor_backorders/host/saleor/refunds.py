"""Owe money, ask for it to be sent back, and know how far it is."""

from __future__ import annotations

from saleor.order.models import Order
from saleor.order.utils import update_order_charge_data

from saleor_backorders.host import grants, refund_events
from saleor_backorders.host.port import Actor, Grant, RefundAnswer, RefundOutcome, RefundPart

from . import payments, transactions

NOBODY_TO_ASK = "Nobody can be asked for this money; staff pay it back by hand."


def grant(*, grant: Grant, actor: Actor) -> list[RefundPart]:
    """Write down what is owed, divided among the payments that can give it back."""
    order = Order.objects.get(pk=grant.order_id)
    parts = grants.write(grant, actor, payments=payments.to_ask(order))
    update_order_charge_data(order)
    return parts


def request(*, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask whoever holds the money."""
    if part.transaction_id is not None:
        return transactions.ask(part, key, actor)
    if part.payment_id is not None:
        return payments.ask(part, key, actor)
    return outcome(part=part, key=key)


def outcome(*, part: RefundPart, key: str) -> RefundAnswer:
    """Return what Saleor knows, without asking."""
    if part.transaction_id is not None:
        return refund_events.outcome(part)
    if part.payment_id is not None:
        return payments.outcome(part, key)
    return RefundAnswer(outcome=RefundOutcome.OWED, message=NOBODY_TO_ASK)
