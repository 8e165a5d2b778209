"""Money that the plugin wants sent back: where it lies, who is asked, and what came of it."""

from __future__ import annotations

from saleor_backorders.host import grants, refund_events
from saleor_backorders.host.port import Actor, Grant, RefundAnswer, RefundOutcome, RefundPart
from sandbox.apps.order.models import Order
from sandbox.apps.payment.models import TransactionEvent
from sandbox.money import charge, requests, transactions

from . import payments

OWED = RefundAnswer(outcome=RefundOutcome.OWED)


def grant(*, grant: Grant, actor: Actor) -> list[RefundPart]:
    """Write down that money is owed, and on which payments it lies."""
    order = Order.objects.get(pk=grant.order_id)
    parts = grants.write(grant, actor, payments=payments.to_ask(order))
    charge.refresh(order)
    return parts


def request(*, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask for a refund, unless it is done or under way."""
    if part.payment_id is not None:
        return payments.ask(part.payment_id, part.amount, key, actor)
    if part.transaction_id is None:
        return OWED
    event = refund_events.open_request(part, key, names=lambda _item: {})
    return event if isinstance(event, RefundAnswer) else _send(event, part, actor)


def outcome(*, part: RefundPart, key: str) -> RefundAnswer:
    """Return what is known of a refund."""
    if part.payment_id is not None:
        return payments.outcome(part.payment_id, key)
    return OWED if part.transaction_id is None else refund_events.outcome(part)


def _send(event: TransactionEvent, part: RefundPart, actor: Actor) -> RefundAnswer:
    try:
        requests.request_refund(event, actor)
    except requests.NobodyThereError as error:
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=str(error))
    if event.related_granted_refund and refund_events.tie_reports(part):
        transactions.refresh_granted(event.related_granted_refund)
    return refund_events.outcome(part)
