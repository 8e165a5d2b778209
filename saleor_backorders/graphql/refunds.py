"""Money that goes back, in the contract's words."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors, models
from saleor_backorders.cancellations import refunds
from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.models import Refund as RefundRow

from . import connection, context, permissions
from . import ids as decode
from .context import Asking, mutation, query
from .enums import RefundState
from .errors import BackorderError
from .scalars import Int, MoneyAmount


class Refund(graphene.ObjectType):
    class Meta:
        description = "Money that is owed for units given up."

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    amount = graphene.Field(MoneyAmount, required=True)
    state = graphene.Field(RefundState, required=True)
    message = graphene.String(required=True)
    attempts = Int(required=True)
    created_at = graphene.DateTime(required=True)
    settled_at = graphene.DateTime()


def show_refund(row: models.Refund) -> Refund:
    """Show money that is owed."""
    return Refund(
        id=decode.encode("Refund", row.pk),
        order_id=decode.encode("Order", row.order_id),
        amount=MoneyAmount(currency=row.currency, amount=row.amount),
        state=row.state,
        message=row.message,
        attempts=row.attempts,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


class RefundsPayload(graphene.ObjectType):
    refunds = connection.list_of(Refund)
    errors = connection.list_of(BackorderError)


MAX_REFUNDS = 100


_refuse_refunds = partial(RefundsPayload, refunds=[])


@query
def open_refunds(asking: Asking, *, first: int | None = MAX_REFUNDS) -> Any:
    """List money that is owed, for staff."""
    permissions.require(asking.requester, MANAGE_ORDERS)
    size = MAX_REFUNDS if first is None else first
    errors.check_range(size, least=1, most=MAX_REFUNDS, field="first")
    rows = RefundRow.objects.using(asking.using).filter(settled_at=None).order_by("pk")[:size]
    return [show_refund(row) for row in rows]


@mutation(_refuse_refunds, permission=MANAGE_ORDERS)
def backorder_refund_retry(asking: Asking, *, ids: list[str]) -> Any:
    """Ask for refunds again."""
    keys = _refund_ids(ids)
    rows = refunds.retry(host=asking.host, refund_ids=keys, now=asking.now)
    return RefundsPayload(refunds=[show_refund(row) for row in rows], errors=[])


@mutation(_refuse_refunds, permission=MANAGE_ORDERS)
def backorder_refund_paid_by_hand(asking: Asking, *, ids: list[str]) -> Any:
    """Note that refunds were paid outside of the shop."""
    rows = refunds.paid_by_hand(
        host=asking.host, refund_ids=_refund_ids(ids), actor=context.actor(asking), now=asking.now
    )
    return RefundsPayload(refunds=[show_refund(row) for row in rows], errors=[])


def _refund_ids(given: list[str]) -> list[int]:
    if not given:
        raise errors.MissingValue(field="ids")
    return decode.integers(given, kind="Refund", field="ids", most=decode.INT8_MAX)
