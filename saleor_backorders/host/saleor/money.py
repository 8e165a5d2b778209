"""Owe money, ask for it to be sent back, and know how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from saleor.order.models import Order, OrderGrantedRefundLine
from saleor.order.utils import update_order_charge_data

from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome, RefundPart

from . import payments, transactions
from .calls import people

NOBODY_TO_ASK = "Nobody can be asked for this money; staff pay it back by hand."


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What an order is owed, and for what; see the port."""

    order_id: UUID
    amount: Decimal
    lines: Sequence[tuple[UUID, int]]
    with_shipping: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where money of an order lies."""

    left: Decimal
    item: Any = None
    payment: Any = None
    can_be_asked: bool = True


def grant_refund(grant: Grant, actor: Actor) -> list[RefundPart]:
    """Write down what is owed, divided among the payments that can give it back."""
    order = Order.objects.get(pk=grant.order_id)
    shares = list(_divide(grant.amount, _sources(order)))
    granted = [_granted(order, source, share, grant, actor) for source, share in shares]
    _name_lines(granted, grant)
    update_order_charge_data(order)
    return [
        _part(order, source, share, row)
        for (source, share), row in zip(shares, granted, strict=True)
    ]


def ask_refund(part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask whoever holds the money."""
    if part.transaction_id is not None:
        return transactions.ask(part, key, actor)
    if part.payment_id is not None:
        return payments.ask(part, key, actor)
    return refund_outcome(part, key)


def refund_outcome(part: RefundPart, key: str) -> RefundAnswer:
    """Return what Saleor knows, without asking."""
    if part.transaction_id is not None:
        return transactions.outcome(part)
    if part.payment_id is not None:
        return payments.outcome(part, key)
    return RefundAnswer(outcome=RefundOutcome.OWED, message=NOBODY_TO_ASK)


def _sources(order: Any) -> list[Source]:
    """Return where the money lies: first what can be asked for, last the shop's own till."""
    items = [
        Source(
            left=transactions.left(item),
            item=item,
            can_be_asked=transactions.can_be_asked(item),
        )
        for item in order.payment_transactions.order_by("pk")
    ]
    captured = [
        Source(left=payment.captured_amount, payment=payment)
        for payment in order.payments.filter(is_active=True).order_by("pk")
        if payments.can_be_asked(payment)
    ]
    return sorted([*items, *captured], key=lambda source: not source.can_be_asked)


def _divide(amount: Decimal, sources: Sequence[Source]) -> Iterator[tuple[Source, Decimal]]:
    """Take an amount from one source that holds it all, else from as many as it needs."""
    holds_all = [source for source in sources if source.can_be_asked and source.left >= amount]
    for source in holds_all[:1] or sources:
        share = min(source.left, amount)
        if share > 0:
            yield source, share
            amount -= share
    if amount > 0:
        yield Source(left=amount, can_be_asked=False), amount


def _granted(order: Any, source: Source, share: Decimal, grant: Grant, actor: Actor) -> Any:
    """Grant a share in Saleor, which knows no grants on payments of the older kind."""
    if source.payment is not None:
        return None
    user, app = people(actor)
    return order.granted_refunds.create(
        amount_value=share,
        currency=order.currency,
        reason=grant.reason,
        user=user,
        app=app,
        transaction_item=source.item,
    )


def _name_lines(granted: Sequence[Any], grant: Grant) -> None:
    """Say what is given back for, once: Saleor counts the units of every grant."""
    first = next((row for row in granted if row is not None), None)
    if first is None:
        return
    first.shipping_costs_included = grant.with_shipping
    first.save(update_fields=["shipping_costs_included"])
    OrderGrantedRefundLine.objects.bulk_create(
        OrderGrantedRefundLine(granted_refund=first, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in grant.lines
    )


def _part(order: Any, source: Source, share: Decimal, granted: Any) -> RefundPart:
    if source.payment is not None:
        return RefundPart(amount=share, currency=order.currency, payment_id=source.payment.pk)
    return RefundPart(
        amount=share,
        currency=order.currency,
        transaction_id=source.item.pk if source.can_be_asked else None,
        granted_refund_id=granted.pk,
    )
