"""The commit-time engine, as Python calls it.

The engine itself is SQL, beside this file: it runs inside whatever transaction wrote stock, so
that a psql session or an ERP import is treated like the Dashboard.  The functions here call the
same SQL for the sweep, for staff and for the management command.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from .locks import in_lock_order, lock_variants

__all__ = [
    "Rebalanced",
    "Violation",
    "broken_invariants",
    "explain",
    "lock_variants",
    "mark_supplied",
    "mark_variants",
    "rebalance",
    "repair",
    "sweep",
]


class Rebalanced(NamedTuple):
    """What putting one variant right did."""

    variant_id: int
    lines: int
    units: int
    put_off: str
    """Why something was left to the sweep; empty where all is done."""


class Violation(NamedTuple):
    """One invariant that does not hold."""

    rule: str
    variant_id: int | None
    detail: str


def explain(why: str, shipment_id: int | None = None, using: str = DEFAULT_DB_ALIAS) -> None:
    """Say, until the transaction ends, why it moves dates: the cause that promises will carry."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('saleor_backorders.why', %s, true),"
            " set_config('saleor_backorders.shipment', %s, true)",
            [why, str(shipment_id or "")],
        )


def mark_variants(variant_ids: Sequence[int], using: str = DEFAULT_DB_ALIAS) -> None:
    """Have the queues of some variants served and dated at the transaction's COMMIT."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT saleor_backorders_mark_variants(%s::integer[])", [list(variant_ids)])


def mark_supplied(using: str = DEFAULT_DB_ALIAS) -> None:
    """Have the queues dated for which something is on its way.

    Nothing in the database says that a warehouse serves another zone than before.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT saleor_backorders_mark_variants(array_agg(DISTINCT l.variant_id))"
            "  FROM saleor_backorders_incomingshipmentline l"
            " WHERE l.to_come > 0"
            "   AND EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v"
            "                WHERE v.variant_id = l.variant_id AND v.waiting_units > 0)"
            " HAVING count(*) > 0"
        )


def rebalance(
    variant_ids: Sequence[int], *, cause: str, using: str = DEFAULT_DB_ALIAS
) -> list[Rebalanced]:
    """Put some variants right in the caller's transaction."""
    wanted = in_lock_order(variant_ids)
    lock_variants(wanted, using)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT v.id, r.lines, r.units, r.put_off"
            " FROM unnest(%s::integer[]) WITH ORDINALITY AS v (id, position)"
            " CROSS JOIN LATERAL saleor_backorders_rebalance(v.id, %s) r ORDER BY v.position",
            [wanted, cause],
        )
        return [Rebalanced(*row) for row in cursor.fetchall()]


def sweep(*, max_variants: int = 1000, using: str = DEFAULT_DB_ALIAS) -> list[Rebalanced]:
    """Finish what commits put off, each variant in a transaction of its own."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT saleor_backorders_overdue(%(most)s) AS variant_id"
            " UNION SELECT saleor_backorders_undated(%(most)s)"
            " ORDER BY variant_id LIMIT %(most)s",
            {"most": max_variants},
        )
        due = [variant_id for (variant_id,) in cursor.fetchall()]
    return [
        _one(variant_id, "saleor_backorders_rebalance(%s, 'sweep')", using) for variant_id in due
    ]


def broken_invariants(using: str = DEFAULT_DB_ALIAS) -> list[Violation]:
    """Return every invariant that does not hold, for every variant."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT rule, variant_id, detail FROM saleor_backorders_broken()"
            " UNION ALL SELECT rule, variant_id, detail FROM saleor_backorders_broken_dates()"
        )
        return [Violation(*row) for row in cursor.fetchall()]


def repair(using: str = DEFAULT_DB_ALIAS) -> list[Rebalanced]:
    """Bring the ledger of every broken variant in step and rebalance it.

    Each variant is put right in a transaction of its own.
    """
    broken = sorted({v.variant_id for v in broken_invariants(using) if v.variant_id is not None})
    return [_one(variant_id, "saleor_backorders_repair(%s)", using) for variant_id in broken]


def _one(variant_id: int, call: str, using: str) -> Rebalanced:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(f"SELECT lines, units, put_off FROM {call}", [variant_id])  # noqa: S608
        return Rebalanced(variant_id, *cursor.fetchone())


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the triggers from taking a new id for a movement of goods; needs a transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('saleor_backorders.busy', 'on', true)")
        yield
        cursor.execute("SELECT set_config('saleor_backorders.busy', '', true)")
