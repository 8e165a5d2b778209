"""Where the money of an order lies, and what is promised back of it; alike in both hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Sum

from .people import people
from .port import Actor, Grant, RefundPart

SUCCESS = "success"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where money of an order lies; what nobody can be asked for is paid back by hand."""

    left: Decimal
    item: Any = None
    payment: Any = None
    can_be_asked: bool = True


def write(order: Any, grant: Grant, actor: Actor, *, payments: Iterable[Any]) -> list[RefundPart]:
    """Write down what is owed, divided among what can give it back.

    ``payments`` are those of the older kind whose gateway can be asked.
    """
    shares = list(_divide(grant.amount, _sources(order, payments)))
    granted = [_granted(order, source, share, grant, actor) for source, share in shares]
    _name_lines(granted, grant)
    return [
        _part(order, source, share, row)
        for (source, share), row in zip(shares, granted, strict=True)
    ]


def _sources(order: Any, payments: Iterable[Any]) -> list[Source]:
    """Return where the money lies: first what can be asked for, last the shop's own till."""
    items = [
        # Somebody stands behind a transaction, unless it was written by hand.
        Source(left=_left(item), item=item, can_be_asked=bool(item.app_id or item.app_identifier))
        for item in order.payment_transactions.order_by("pk")
    ]
    captured = [Source(left=payment.captured_amount, payment=payment) for payment in payments]
    return sorted([*items, *captured], key=lambda source: not source.can_be_asked)


def _left(item: Any) -> Decimal:
    """Return what is charged and not promised back yet."""
    promised = (
        _table("OrderGrantedRefund")
        .objects.filter(transaction_item=item)
        .exclude(status=SUCCESS)
        .aggregate(total=Sum("amount_value"))["total"]
    ) or Decimal(0)
    # What an app has confirmed as on its way has left the charged value already.
    free: Decimal = item.charged_value - max(promised - item.refund_pending_value, Decimal(0))
    return max(free, Decimal(0))


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
    """Grant a share in the shop, which knows no grants on payments of the older kind."""
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
    """Say what is given back for, once: the shop counts the units of every grant."""
    first = next((row for row in granted if row is not None), None)
    if first is None:
        return
    first.shipping_costs_included = grant.with_shipping
    first.save(update_fields=["shipping_costs_included"])
    line = _table("OrderGrantedRefundLine")
    line.objects.bulk_create(
        line(granted_refund=first, order_line_id=line_id, quantity=quantity)
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


def _table(name: str) -> Any:
    return apps.get_model("order", name)
