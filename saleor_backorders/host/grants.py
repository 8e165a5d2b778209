"""Where the money of an order lies, and what is promised back of it; alike in both hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from . import refund_events
from .people import people
from .port import Actor, Grant, RefundPart
from .rows import (
    Payment,
    TransactionItem,
    granted_refund_lines,
    granted_refunds,
    orders,
    transaction_events,
    transaction_items,
)

SUCCESS = "success"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where money of an order lies; what nobody can be asked for is paid back by hand."""

    left: Decimal
    item: TransactionItem | None = None
    payment: Payment | None = None
    can_be_asked: bool = True


@dataclass(frozen=True, kw_only=True)
class Share:
    """What of an amount has to come from one source, and the row in which the shop grants it."""

    source: Source
    amount: Decimal
    granted_refund_id: int | None
    """None on payments of the older kind, on which the shop knows no grants."""


def write(grant: Grant, actor: Actor, *, payments: Iterable[Payment]) -> list[RefundPart]:
    """Write down what is owed, divided among what can give it back.

    ``payments`` are those of the older kind whose gateway can be asked.
    """
    currency = orders().get(pk=grant.order_id).currency
    shares = [
        Share(
            source=source,
            amount=amount,
            granted_refund_id=_granted(source, amount, currency, grant, actor),
        )
        for source, amount in _divide(grant.amount, _sources(grant, payments))
    ]
    _name_lines(shares, grant)
    return [_part(share, currency) for share in shares]


def _sources(grant: Grant, payments: Iterable[Payment]) -> list[Source]:
    """Return where the money lies: first what can be asked for, last the shop's own till."""
    items = [
        # Somebody stands behind a transaction, unless it was written by hand.
        Source(left=_left(item), item=item, can_be_asked=bool(item.app_id or item.app_identifier))
        for item in transaction_items().filter(order_id=grant.order_id).order_by("pk")
    ]
    captured = [Source(left=payment.captured_amount, payment=payment) for payment in payments]
    return sorted([*items, *captured], key=lambda source: not source.can_be_asked)


def _left(item: TransactionItem) -> Decimal:
    """Return what is charged and not promised back yet.

    Saleor writes an answer down in three steps: the event, the transaction's amounts and, after all
    webhooks, the grant's status.  Whoever looks in between must count a refund once, so that one
    statement reads all three.
    """
    events = transaction_events().filter(transaction_id=item.id)
    open_grants = _open_grants(item, events)
    reported = events.filter(type=refund_events.SUCCESS, include_in_calculations=True)
    found = (
        transaction_items()
        .filter(pk=item.id)
        .annotate(
            promised=_total(open_grants.filter(heard=False), "transaction_item_id"),
            heard=_total(open_grants.filter(heard=True), "transaction_item_id"),
            reported=_total(reported, "transaction_id"),
        )
        .values()
        .get()
    )
    # Heard of, and not taken off the charged value yet.
    behind = min(found["heard"], max(found["reported"] - found["refunded_value"], Decimal(0)))
    # What an app has confirmed as on its way has left the charged value already.
    waiting = max(found["promised"] - found["refund_pending_value"], Decimal(0))
    left: Decimal = found["charged_value"] - behind - waiting
    return max(left, Decimal(0))


def _open_grants(item: TransactionItem, events: Any) -> Any:
    """Return the grants of a transaction that are not paid, and whether an app said they are."""
    own = events.filter(related_granted_refund_id=OuterRef("pk"))
    undone = events.filter(
        related_granted_refund_id=OuterRef("related_granted_refund_id"),
        type__in=(refund_events.FAILURE, refund_events.REVERSE),
        pk__gt=OuterRef("pk"),
    )
    heard = own.filter(~Exists(undone), type=refund_events.SUCCESS)
    grants = granted_refunds().filter(transaction_item_id=item.id).exclude(status=SUCCESS)
    return grants.annotate(heard=Exists(heard))


def _total(rows: Any, by: str) -> Coalesce:
    """Return the sum of amounts, as part of a larger statement."""
    sums = rows.values(by).annotate(total=Sum("amount_value")).values("total")
    return Coalesce(Subquery(sums), Decimal(0))


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


def _granted(
    source: Source, amount: Decimal, currency: str, grant: Grant, actor: Actor
) -> int | None:
    """Grant a share in the shop."""
    if source.payment is not None:
        return None
    user, app = people(actor)
    row = granted_refunds().create(
        order_id=grant.order_id,
        amount_value=amount,
        currency=currency,
        reason=grant.reason,
        user=user,
        app=app,
        transaction_item_id=source.item.id if source.item else None,
    )
    key: int = row.pk
    return key


def _name_lines(shares: Sequence[Share], grant: Grant) -> None:
    """Say what is given back for, once: the shop counts the units of every grant."""
    first = next((share.granted_refund_id for share in shares if share.granted_refund_id), None)
    if first is None:
        return
    granted_refunds().filter(pk=first).update(shipping_costs_included=grant.with_shipping)
    for line_id, quantity in grant.lines:
        granted_refund_lines().create(
            granted_refund_id=first, order_line_id=line_id, quantity=quantity
        )


def _part(share: Share, currency: str) -> RefundPart:
    source = share.source
    return RefundPart(
        amount=share.amount,
        currency=currency,
        transaction_id=source.item.id if source.item and source.can_be_asked else None,
        granted_refund_id=share.granted_refund_id,
        payment_id=source.payment.id if source.payment else None,
    )
