"""Find and mend what only a careful look shows: rows out of order, rows that nobody knows.

A fixture load or a restore may set the sequence of the stock table to its highest id, which is
a virtual one; staff may give a virtual warehouse a stock row by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from saleor_backorders import engine
from saleor_backorders.engine import Rebalanced

from . import queries, resync, virtual_warehouses


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that is broken, and where."""

    rule: str
    variant_id: int | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """What was put right."""

    rows_moved: int
    rows_known_again: int
    variants_resynced: int
    rebalanced: list[Rebalanced]


def check() -> list[Finding]:
    """Return every broken invariant of rows, allocations and ledger."""
    found = {(v.rule, v.variant_id, v.detail) for v in engine.broken_invariants()}
    found |= {(row.rule, row.variant_id, row.detail) for row in queries.misplaced_rows()}
    return [
        Finding(rule=rule, variant_id=variant_id, detail=detail)
        for rule, variant_id, detail in sorted(found, key=str)
    ]


def repair() -> Repaired:
    """Put rows, links, policies and the ledger right."""
    virtual_warehouses.sync()
    with transaction.atomic():
        moved = _put_rows_in_order()
        known = queries.know_rows()
    resynced = resync.resync()
    return Repaired(
        rows_moved=moved,
        rows_known_again=len(known),
        variants_resynced=resynced,
        rebalanced=engine.repair(),
    )


def _put_rows_in_order() -> int:
    with connection.cursor() as cursor:
        # Nobody may take an id between the look and the move.
        cursor.execute("LOCK TABLE warehouse_stock IN SHARE ROW EXCLUSIVE MODE")
    high = queries.move_high_rows()
    low = queries.move_low_rows(None)
    return len(high) + len(low)
