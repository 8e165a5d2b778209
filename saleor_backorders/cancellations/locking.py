"""What cancelling and switching have in common: hold the order, know what waits, say who did it.

Locks, in this order: the order, the line's allocations (so that nobody serves it meanwhile), what
Saleor's own work takes, then the variant's queue, under which our rows are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from saleor_backorders import engine, errors
from saleor_backorders.host.port import Actor
from saleor_backorders.host.rows import Order, allocations, order_lines, orders
from saleor_backorders.models import (
    Backorder,
    BackorderStatus,
    Cancellation,
    Decision,
    DecisionState,
)

CUSTOMER, STAFF, SILENCE = "customer", "staff", "silence"
OFF = ("canceled", "expired")


@dataclass(frozen=True, kw_only=True)
class Held:
    """A backorder whose order and line nobody else changes until the transaction ends."""

    row: Backorder
    order: Order


def hold(backorder_id: int, *, field: str = "id") -> Held:
    """Lock a backorder's order and line.

    :raises NotFound: no such backorder, or its order is gone.
    :raises AlreadyCancelled: nothing of it is left.
    :raises AlreadyFulfilled: it was shipped.
    :raises NothingWaits: all of it has arrived.
    """
    row = find(backorder_id, field=field)
    order = lock_order(row.order_id)
    if order is None:
        raise errors.NotFound(kind="Backorder", key=backorder_id, field=field)
    list(
        allocations()
        .filter(order_line_id=row.order_line_id)
        .order_by("stock_id")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    # Read again: whoever held these may just have served the line.
    row = find(backorder_id, field=field)
    if order.status in OFF or row.status == BackorderStatus.CANCELLED:
        raise errors.AlreadyCancelled(field=field)
    if row.status == BackorderStatus.FULFILLED:
        raise errors.AlreadyFulfilled(field=field)
    if not row.waiting:
        raise errors.NothingWaits(field=field)
    return Held(row=row, order=order)


def lock_order(order_id: UUID) -> Order | None:
    """Hold an order until the transaction ends; None where it is gone."""
    return orders().select_for_update().filter(pk=order_id).first()


def find(backorder_id: int, *, field: str = "id") -> Backorder:
    """Return a backorder.

    :raises NotFound: no such backorder.
    """
    row = Backorder.objects.filter(pk=backorder_id).first()
    if row is None:
        raise errors.NotFound(kind="Backorder", key=backorder_id, field=field)
    return row


def nothing_else_is_left(order_id: UUID, units: int) -> bool:
    """Tell whether an order is empty once these units are given up, and nothing was ever sent."""
    lines = order_lines().filter(order_id=order_id)
    ordered = lines.aggregate(units=Sum("quantity"))["units"] or 0
    before = Cancellation.objects.filter(order_id=order_id, replaced_by=None)
    given_up = before.aggregate(units=Sum("quantity"))["units"] or 0
    return bool(ordered == given_up + units)


def write_down(
    held: Held,
    *,
    quantity: int,
    value: Decimal,
    reason: str,
    actor: Actor,
    by: str,
    now: datetime,
    idempotency_key: str | None = None,
    replaced_by: UUID | None = None,
    replaced_value: Decimal = Decimal(0),
) -> Cancellation:
    """Write the row that says why units and money move."""
    return Cancellation.objects.create(
        backorder_id=held.row.pk,
        order_id=held.row.order_id,
        order_line_id=held.row.order_line_id,
        quantity=quantity,
        value=value,
        currency=held.order.currency,
        reason=reason,
        by=by,
        user_id=actor.user_id,
        app_id=actor.app_id,
        replaced_by=replaced_by,
        replaced_value=replaced_value,
        idempotency_key=idempotency_key,
        created_at=now,
    )


def close_decisions(
    rows: Sequence[Backorder], state: DecisionState, *, by: str, now: datetime
) -> int:
    """Record the answer to open questions, under the queues' locks; return how many were open."""
    engine.lock_variants(sorted({row.variant_id for row in rows}))
    return Decision.objects.filter(
        backorder_id__in=[row.pk for row in rows], state=DecisionState.OPEN
    ).update(state=state, decided_at=now, decided_by=by)
