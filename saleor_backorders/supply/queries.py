"""What arrives, onto the shelves: the statements, typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from saleor_backorders.db import Statements

_sql = Statements(__package__)


class BookedRow(NamedTuple):
    """A variant's shelf after it was booked."""

    variant_id: int
    stock_id: int
    quantity: int


def book_stock(*, warehouse_id: UUID, units: Mapping[int, int]) -> list[BookedRow]:
    """Add units to a warehouse's stock rows, by variant; makes rows that are missing."""
    parameters: dict[str, Any] = {
        "warehouse_id": warehouse_id,
        "variant_ids": list(units),
        "units": list(units.values()),
    }
    _sql.run("make_shelves", parameters)
    return _sql.fetch("book_stock", BookedRow, parameters)
