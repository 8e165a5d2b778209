"""A pallet that serves N waiting lines, against the bare statements that write the same rows."""

from __future__ import annotations

from typing import Any

from benchmarks import queues, server
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from sandbox.database import Server

FULL = "saleor_backorders_bench_full"
RUN = "saleor_backorders_bench_run"
GOAL = 2.0

# The head of the queue is the first part of each table, so that ids name it without choosing.
HEAD = """
    SELECT min(a.id), max(a.id), min(b.id), max(b.id), sum(b.waiting)::integer
      FROM (SELECT * FROM saleor_backorders_backorder
             WHERE variant_id = %s ORDER BY placed_at, id LIMIT %s) b
      JOIN warehouse_allocation a ON a.order_line_id = b.order_line_id
"""
ARRIVE = "UPDATE warehouse_stock SET quantity = quantity + %(units)s WHERE id = %(shelf)s"
BARE = (
    ARRIVE,
    """
    UPDATE warehouse_allocation SET stock_id = %(shelf)s
     WHERE id BETWEEN %(first_allocation)s AND %(last_allocation)s
    """,
    """
    UPDATE saleor_backorders_backorder
       SET allocated = allocated + waiting, waiting = 0, allocated_at = now(), updated_at = now()
     WHERE id BETWEEN %(first_row)s AND %(last_row)s
    """,
    """
    INSERT INTO saleor_backorders_movement
           (backorder_id, variant_id, kind, quantity, stock_id, cause, created_at, transaction_id)
    SELECT id, variant_id, 'allocated', quantity, %(shelf)s, 'stock', now(),
           pg_current_xact_id()::text::bigint
      FROM saleor_backorders_backorder
     WHERE id BETWEEN %(first_row)s AND %(last_row)s
    """,
    """
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'allocated', format('allocated:%%s:%%s', order_id, pg_current_xact_id()), channel_id,
           order_id, ARRAY[id], now(), now(), pg_current_xact_id()::text::bigint
      FROM saleor_backorders_backorder
     WHERE id BETWEEN %(first_row)s AND %(last_row)s
    """,
    """
    UPDATE saleor_backorders_virtualstock SET waiting_units = waiting_units - %(units)s
     WHERE stock_id = %(virtual)s
    """,
    """
    UPDATE warehouse_stock SET quantity_allocated = quantity_allocated - %(units)s
     WHERE id = %(virtual)s
    """,
    """
    UPDATE warehouse_stock SET quantity_allocated = quantity_allocated + %(units)s
     WHERE id = %(shelf)s
    """,
)
SERVED = """
    SELECT count(*) FROM saleor_backorders_backorder
     WHERE variant_id = %s AND waiting = 0 AND allocated > 0
"""


class WrongWorkError(Exception):
    """Tell that a measured side did not do what it was measured for."""


class Pallet:
    """Hold a database with a queue, of which every measure gets a fresh copy."""

    def __init__(self, where: Server, queue: queues.Queue, lines: int) -> None:
        self.where = where
        self.queue = queue
        self.lines = lines
        server.copy(where, server.BASE, FULL)
        with server.connect(where, FULL) as connection:
            queues.lengthen(connection, queue, lines + lines // 10)
            found: Any = connection.execute(HEAD, [queue.variant_id, lines]).fetchone()
        names = ("first_allocation", "last_allocation", "first_row", "last_row", "units")
        self.values = {
            **dict(zip(names, found, strict=True)),
            "shelf": queue.shelf_id, "virtual": queue.virtual_id,
        }  # fmt: skip

    def by_the_engine(self) -> Milliseconds:
        """Book the pallet in, and let the commit serve the queue."""
        return self._measure((ARRIVE,), with_triggers=True)

    def by_bare_statements(self) -> Milliseconds:
        """Write the same rows, told which they are."""
        return self._measure(BARE, with_triggers=False)

    def _measure(self, statements: tuple[str, ...], *, with_triggers: bool) -> Milliseconds:
        server.copy(self.where, FULL, RUN)
        with server.connect(self.where, RUN) as connection:
            queues.switch_triggers(connection, "ENABLE" if with_triggers else "DISABLE")
            queues.warm(connection)
            connection.execute("CHECKPOINT")
            connection.autocommit = False

            def book() -> None:
                for statement in statements:
                    connection.execute(statement, self.values)
                connection.commit()

            taken = timed(book)
            served: Any = connection.execute(SERVED, [self.queue.variant_id]).fetchone()
        if served[0] != self.lines:
            raise WrongWorkError(f"{served[0]} of {self.lines} lines were served")
        return taken


def measure(where: Server, queue: queues.Queue, sizes: dict[int, int]) -> list[Ratio]:
    """Measure pallets of some sizes, each as many times as told."""
    ratios = []
    for lines, repetitions in sizes.items():
        pallet = Pallet(where, queue, lines)
        ratios.append(in_turns(
            f"a pallet serves {lines:,} lines", ours=pallet.by_the_engine,
            theirs=pallet.by_bare_statements, goal=GOAL, repetitions=repetitions,
        ))  # fmt: skip
    server.drop(where, RUN)
    server.drop(where, FULL)
    return ratios
