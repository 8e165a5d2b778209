"""What a checkout or an order line asks for: the statements, typed."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from saleor_backorders.db import Statements

_sql = Statements(__package__)


class LineRoom(NamedTuple):
    """The room that a line has."""

    variant_id: int
    need: int
    free_stock: int
    may_wait: int


def room_of_line(line_id: UUID, quantity: int) -> LineRoom | None:
    """Return what an order needs of a line's variant and may have; None without backorders."""
    rows = _sql.run("read_line_room", {"line": line_id, "quantity": quantity})
    return LineRoom(*rows[0]) if rows else None


class CheckoutRow(NamedTuple):
    """What is asked of a checkout's own row."""

    checkout_id: UUID
    channel: str
    country: str
    collection_point_id: UUID | None
    line_id: UUID | None
    variant_id: int | None
    quantity: int | None


def read_checkout(*, checkout_id: UUID, using: str) -> list[CheckoutRow]:
    """Return the lines of a checkout; nothing where it does not exist."""
    return _sql.fetch("read_checkout", CheckoutRow, {"checkout_id": checkout_id}, using)
