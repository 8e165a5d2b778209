"""Stop waiting: give up what has not come, and send back what was paid for it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction

from saleor_backorders import db, errors
from saleor_backorders.host.port import Actor, Grant, Host
from saleor_backorders.models import Backorder, Cancellation, DecisionState
from saleor_backorders.offers import codes

from . import amounts, locking, refunds
from .locking import Held

MAX_REASON = 1000
MAX_KEY = Cancellation._meta.get_field("idempotency_key").max_length or 0


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """What was cancelled, and what is owed for it."""

    backorder_id: int
    quantity: int
    refund: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class CancelRequest:
    """Who gives up, in whose name, and why."""

    reason: str
    actor: Actor
    by: str
    now: datetime
    idempotency_key: str | None = None


def cancel(
    *,
    host: Host,
    backorder_id: int,
    quantity: int | None,
    reason: str,
    actor: Actor,
    by: str,
    now: datetime,
    idempotency_key: str | None = None,
) -> Cancelled:
    """Cancel waiting units, all of them where no quantity is given, and refund what they came to.

    Where nothing else is left of the order, the order is cancelled and its shipping refunded too.
    The refund is asked for after the commit; whether that works or not, the row says it is owed.
    A key that was used before answers what was done then.

    :raises BackordersError: as ``locking.hold``; a quantity beyond what waits.
    """
    request = CancelRequest(
        reason=reason, actor=actor, by=by, now=now, idempotency_key=idempotency_key
    )
    _check(request)
    with transaction.atomic():
        held = _hold_once(backorder_id, idempotency_key)
        if isinstance(held, Cancelled):
            return held
        refunds.look(host=host, order_id=held.row.order_id, now=now)
        units = held.row.waiting if quantity is None else quantity
        errors.check_range(units, least=1, most=held.row.waiting, field="quantity")
        whole = locking.nothing_else_is_left(held.row.order_id, units)
        if whole:
            host.orders.cancel(order_id=held.row.order_id, actor=actor)
        done = _give_up(host, held, units, request, whole=whole, with_shipping=whole)
        if units == held.row.waiting:
            locking.close_decisions([held.row], DecisionState.CANCELLED, by=by, now=now)
        _withdraw_offers(held.row.order_id, now)
    return done


def cancel_order(
    *, host: Host, order_id: UUID, reason: str, actor: Actor, by: str, now: datetime
) -> list[Cancelled]:
    """Cancel all that waits of an order, in one transaction.

    :raises NotFound: nothing of such an order waits.
    """
    request = CancelRequest(reason=reason, actor=actor, by=by, now=now)
    _check(request)
    with transaction.atomic():
        held = _hold_all(order_id)
        refunds.look(host=host, order_id=order_id, now=now)
        units = sum(each.row.waiting for each in held)
        whole = locking.nothing_else_is_left(order_id, units)
        if whole:
            host.orders.cancel(order_id=order_id, actor=actor)
        done = [
            _give_up(
                host,
                each,
                each.row.waiting,
                request,
                whole=whole,
                with_shipping=whole and not position,
            )
            for position, each in enumerate(held)
        ]
        locking.close_decisions(
            [each.row for each in held], DecisionState.CANCELLED, by=by, now=now
        )
        _withdraw_offers(order_id, now)
    return done


def _withdraw_offers(order_id: UUID, now: datetime) -> None:
    """Take back what was given for a wait that nobody waits, once it is given up for good."""
    work = partial(codes.withdraw, now=now, order_ids=[order_id])
    transaction.on_commit(work, robust=True)


def _check(request: CancelRequest) -> None:
    errors.check_length(request.reason, most=MAX_REASON, field="reason")
    errors.check_length(request.idempotency_key or "", most=MAX_KEY, field="idempotencyKey")


def _give_up(
    host: Host, held: Held, units: int, request: CancelRequest, *, whole: bool, with_shipping: bool
) -> Cancelled:
    line_id = held.row.order_line_id
    value = amounts.value_of_units(line_id, units)
    if with_shipping:
        value += held.order.shipping_price_gross_amount
    owed = amounts.of_order(held.row.order_id).owed_for(value)
    cancellation = locking.write_down(
        held,
        quantity=units,
        value=value,
        reason=request.reason,
        actor=request.actor,
        by=request.by,
        now=request.now,
        idempotency_key=request.idempotency_key,
    )
    if not whole:
        host.orders.release_units(
            order_line_id=line_id, quantity=units, amount=owed, reason=request.reason,
            actor=request.actor,
        )  # fmt: skip
    if owed:
        refund(
            host,
            cancellation,
            owed,
            with_shipping=with_shipping,
            actor=request.actor,
            now=request.now,
        )
    return Cancelled(
        backorder_id=held.row.pk, quantity=units, refund=owed, currency=held.order.currency
    )


def refund(
    host: Host,
    cancellation: Cancellation,
    amount: Decimal,
    *,
    with_shipping: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Owe an amount for a cancellation, and ask for it once the transaction is through."""
    grant = Grant(
        order_id=cancellation.order_id,
        amount=amount,
        lines=[(cancellation.order_line_id, cancellation.quantity)],
        with_shipping=with_shipping,
        reason=cancellation.reason,
    )
    parts = host.refunds.grant(grant=grant, actor=actor)
    owed = refunds.owe(cancellation, parts, now=now)
    transaction.on_commit(partial(refunds.settle, host=host, now=now, ids=owed), robust=True)


def _hold_all(order_id: UUID) -> list[Held]:
    locking.lock_order(order_id)
    rows = Backorder.objects.filter(order_id=order_id, waiting__gt=0).order_by("id")
    held = []
    for key in rows.values_list("id", flat=True):
        # What arrives while we look is not given up.
        with suppress(errors.NothingWaits):
            held.append(locking.hold(key))
    if not held:
        raise errors.NotFound(kind="Backorder", key=order_id, field="orderId")
    return held


def _hold_once(backorder_id: int, key: str | None) -> Held | Cancelled:
    """Hold the backorder; where the key was used before, return what was done then."""
    if key:
        # Before any row: whoever else uses the key waits here, holding nothing.
        db.lock_key(key=key)
        before = _done_before(backorder_id, key)
        if before is not None:
            return before
    return locking.hold(backorder_id)


def _done_before(backorder_id: int, key: str) -> Cancelled | None:
    found = Cancellation.objects.filter(idempotency_key=key).first()
    if found is None:
        return None
    if found.backorder_id != backorder_id:
        raise errors.InvalidValue("This key belongs to another backorder.", field="idempotencyKey")
    owed = sum((row.amount for row in found.refunds.all()), Decimal(0))
    return Cancelled(
        backorder_id=backorder_id, quantity=found.quantity, refund=owed, currency=found.currency
    )
