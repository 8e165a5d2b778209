"""The statements of ``sql/offers_*.sql``, one typed function each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from . import sql

ALL = 2**62


class DueRow(NamedTuple):
    order_id: UUID
    kind: str
    step: int
    channel_id: int
    currency: str
    email: str
    percent: int
    amount: Decimal
    is_bounded: bool
    fits: bool


class CodeRow(NamedTuple):
    offer_id: int
    code: str


class UsedRow(NamedTuple):
    code: str
    order_id: UUID
    placed_at: datetime


class AstrayRow(NamedTuple):
    offer_id: int
    code: str
    is_used: bool


def named(*, newest: int, since: datetime) -> list[UUID]:
    """Return the orders that the outbox names lately and that may be due an offer."""
    return [key for (key,) in _fetch("offers_named", {"newest": newest, "since": since})]


def due(*, order_ids: Collection[UUID], month_from: datetime) -> list[DueRow]:
    """Return what orders are due and were not given."""
    parameters = {"order_ids": list(order_ids), "month_from": month_from}
    return [DueRow(*row) for row in _fetch("offers_due", parameters)]


def given_up(*, newest: int, since: datetime) -> list[UUID]:
    """Return the orders of which units were lately given up."""
    return [key for (key,) in _fetch("offers_given_up", {"newest": newest, "since": since})]


def withdrawable(*, order_ids: Collection[UUID] | None) -> list[CodeRow]:
    """Return open offers for which nobody waits any more; None asks of all orders."""
    parameters = {"order_ids": None if order_ids is None else list(order_ids)}
    return [CodeRow(*row) for row in _fetch("offers_withdrawable", parameters)]


def used(*, since: datetime) -> list[UsedRow]:
    """Return which orders used a code and were not noted yet."""
    return [UsedRow(*row) for row in _fetch("offers_used", {"since": since})]


def astray(*, before: datetime) -> list[AstrayRow]:
    """Return offers whose code the shop knows otherwise than we do."""
    return [AstrayRow(*row) for row in _fetch("offers_astray", {"before": before})]


def in_checkout(*, checkout_id: UUID) -> bool:
    """Tell whether a checkout has a code of ours."""
    return bool(_fetch("offers_in_checkout", {"checkout_id": checkout_id}))


def lock_code(*, code: str) -> bool | None:
    """Hold a voucher code; tell whether it may be used, None where the shop has none such."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT is_active FROM discount_vouchercode WHERE code = %s FOR UPDATE", [code]
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _fetch(name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql.load(name), parameters)
        return list(cursor.fetchall())
