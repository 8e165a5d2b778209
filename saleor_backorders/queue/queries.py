"""Places in the queue, and the end of it: the statements, typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from saleor_backorders import engine
from saleor_backorders.db import Statements

_sql = Statements(__package__)


class ReleasedLine(NamedTuple):
    """An order line that was let go, with its units."""

    order_number: str
    sku: str | None
    product_name: str
    units: int


def release_waiting() -> list[ReleasedLine]:
    """Let go every waiting unit, for good; return the lines that waited."""
    with engine.quiet():
        rows = _sql.run("release_waiting")
    return [ReleasedLine(*row) for row in rows]


class QueueRow(NamedTuple):
    """A backorder's place in its queue."""

    backorder_id: int
    position: int


def read_queue_positions(*, backorder_ids: Sequence[int], using: str) -> list[QueueRow]:
    """Return the place of each backorder that still waits."""
    parameters = {"backorder_ids": list(backorder_ids)}
    return _sql.fetch("read_queue_positions", QueueRow, parameters, using)
