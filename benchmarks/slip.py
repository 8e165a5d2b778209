"""A pallet that slips and re-dates all who wait for it, against two bare ways to find the dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from benchmarks import queues, server
from benchmarks.pallet import WrongWorkError
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from sandbox.database import Server

FULL = "saleor_backorders_bench_slip"
RUN = "saleor_backorders_bench_slip_run"
GOAL = 2.0
SOON, LATER = 5, 12

ANNOUNCE = """
    WITH pallet AS (
        INSERT INTO saleor_backorders_incomingshipment
               (reference, warehouse_id, expected_on, status, created_at, updated_at)
        SELECT 'slips', warehouse_id, %(day)s, 'expected', now(), now()
          FROM warehouse_stock WHERE id = %(shelf)s
        RETURNING id
    )
    INSERT INTO saleor_backorders_incomingshipmentline
           (shipment_id, variant_id, quantity, received, to_come, promised)
    SELECT id, %(variant)s, %(units)s, 0, %(units)s, 0 FROM pallet
"""
SLIP = "UPDATE saleor_backorders_incomingshipment SET expected_on = %(day)s"
# The dates alone: each line's place among the units, and the day of what covers it.
WINDOW = """
    CREATE TEMP TABLE dated ON COMMIT DROP AS
    SELECT id, waiting, CASE WHEN upto <= %(units)s THEN %(day)s::date END AS day
      FROM (SELECT id, waiting, sum(waiting) OVER (ORDER BY priority DESC, placed_at, id) AS upto
              FROM saleor_backorders_backorder
             WHERE variant_id = %(variant)s AND waiting > 0) place
"""
# And what has to be written of them, told which rows it is about.
WRITE = (
    """
    UPDATE saleor_backorders_backorder b
       SET expected_on = d.day, expected_first_on = d.day FROM dated d WHERE b.id = d.id
    """,
    """
    INSERT INTO saleor_backorders_promise
           (backorder_id, quantity, promised_on, first_on, source, previous_on, cause, created_at,
            transaction_id)
    SELECT id, waiting, day, day, 'incoming_shipment', day - 7, 'shipment', now(), 0 FROM dated
    """,
    """
    INSERT INTO saleor_backorders_decision
           (backorder_id, variant_id, state, previous_on, previous_first_on, new_on, slip_days,
            opened_at, decided_by)
    SELECT id, %(variant)s, 'open', day - 7, day - 7, day, 7, now(), '' FROM dated
    """,
    """
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'delayed', format('delayed:%%s:0', b.order_id), b.channel_id, b.order_id, ARRAY[b.id],
           now(), now(), 0
      FROM dated d JOIN saleor_backorders_backorder b ON b.id = d.id
    """,
)
MOVED = "SELECT count(*) FROM saleor_backorders_backorder WHERE expected_on = %(day)s"


class Slip:
    """Hold a database whose queue a pallet covers, of which every measure gets a fresh copy."""

    def __init__(self, where: Server, queue: queues.Queue, lines: int) -> None:
        self.where = where
        server.copy(where, server.BASE, FULL)
        with server.connect(where, FULL) as connection:
            queues.lengthen(connection, queue, lines - 1)
            found: Any = connection.execute(
                "SELECT count(*), sum(waiting) FROM saleor_backorders_backorder"
                " WHERE variant_id = %s",
                [queue.variant_id],
            ).fetchone()
            self.lines, self.units = found
            self.values = {
                "variant": queue.variant_id, "shelf": queue.shelf_id, "units": self.units,
                "day": date.today() + timedelta(days=SOON),  # noqa: DTZ011
            }  # fmt: skip
            connection.execute(ANNOUNCE, self.values)
            connection.execute("VACUUM (FREEZE, ANALYZE)")
        self.values["day"] = date.today() + timedelta(days=LATER)  # noqa: DTZ011

    def by_the_engine(self) -> Milliseconds:
        """Move the pallet, and let the commit date the queue."""
        return self._measure((SLIP,), with_triggers=True, moved=self.lines)

    def by_a_window(self) -> Milliseconds:
        """Find the dates and keep none of them."""
        return self._measure((WINDOW,), with_triggers=False, moved=0)

    def by_bare_statements(self) -> Milliseconds:
        """Find the dates, and write what the engine writes."""
        return self._measure((SLIP, WINDOW, *WRITE), with_triggers=False, moved=self.lines)

    def _measure(
        self, statements: tuple[str, ...], *, with_triggers: bool, moved: int
    ) -> Milliseconds:
        server.copy(self.where, FULL, RUN)
        with server.connect(self.where, RUN) as connection:
            queues.switch_triggers(connection, "ENABLE" if with_triggers else "DISABLE")
            queues.warm(connection)
            connection.execute("CHECKPOINT")
            connection.autocommit = False

            def slip() -> None:
                for statement in statements:
                    connection.execute(statement, self.values)
                connection.commit()

            taken = timed(slip)
            found: Any = connection.execute(MOVED, self.values).fetchone()
        if found[0] != moved:
            raise WrongWorkError(f"{found[0]} of {moved} lines were dated")
        return taken


def measure(where: Server, queue: queues.Queue, lines: int, repetitions: int) -> list[Ratio]:
    """Measure one slip against the bare window, and against that and the bare writes."""
    slip = Slip(where, queue, lines)
    sides: list[tuple[str, Callable[[], Milliseconds]]] = [
        ("a window over the same rows", slip.by_a_window),
        ("that and the bare writes", slip.by_bare_statements),
    ]
    ratios = [
        in_turns(
            f"a slip re-dates {slip.units:,} units of {slip.lines:,} lines, not {name}",
            ours=slip.by_the_engine, theirs=theirs, goal=GOAL, repetitions=repetitions,
        )
        for name, theirs in sides
    ]  # fmt: skip
    server.drop(where, RUN)
    server.drop(where, FULL)
    return ratios
