"""What is due, used or to be taken back: the statements, typed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from saleor_backorders.db import Statements

_sql = Statements(__package__)

ALL = 2**62


class DueRow(NamedTuple):
    """An order to which a voucher is due."""

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
    """A code that may be taken back."""

    offer_id: int
    code: str


class UsedRow(NamedTuple):
    """A code, and the order that used it."""

    code: str
    order_id: UUID
    placed_at: datetime


class AstrayRow(NamedTuple):
    """A code of which the shop and we say different things."""

    offer_id: int
    code: str
    is_used: bool


def named(*, newest: int, since: datetime) -> list[UUID]:
    """Return the orders that the outbox names lately and that may be due an offer."""
    return [key for (key,) in _sql.run("find_named_orders", {"newest": newest, "since": since})]


def due(*, order_ids: Collection[UUID], month_from: datetime) -> list[DueRow]:
    """Return what orders are due and were not given."""
    parameters = {"order_ids": list(order_ids), "month_from": month_from}
    return [DueRow(*row) for row in _sql.run("find_due_offers", parameters)]


def given_up(*, newest: int, since: datetime) -> list[UUID]:
    """Return the orders of which units were lately given up."""
    return [key for (key,) in _sql.run("find_given_up_orders", {"newest": newest, "since": since})]


def withdrawable(*, order_ids: Collection[UUID] | None) -> list[CodeRow]:
    """Return open offers for which nobody waits any more; None asks of all orders."""
    parameters = {"order_ids": None if order_ids is None else list(order_ids)}
    return [CodeRow(*row) for row in _sql.run("find_withdrawable_codes", parameters)]


def used(*, since: datetime) -> list[UsedRow]:
    """Return which orders used a code and were not noted yet."""
    return [UsedRow(*row) for row in _sql.run("find_used_codes", {"since": since})]


def astray(*, before: datetime) -> list[AstrayRow]:
    """Return offers whose code the shop knows otherwise than we do."""
    return [AstrayRow(*row) for row in _sql.run("find_stray_codes", {"before": before})]


def in_checkout(*, checkout_id: UUID) -> bool:
    """Tell whether a checkout has a code of ours."""
    return bool(_sql.run("find_checkout_offers", {"checkout_id": checkout_id}))


def lock_code(*, code: str) -> bool | None:
    """Hold a voucher code; tell whether it may be used, None where the shop has none such."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT is_active FROM discount_vouchercode WHERE code = %s FOR UPDATE", [code]
        )
        found = cursor.fetchone()
    return found[0] if found else None
