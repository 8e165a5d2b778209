"""Ten units that arrive before a long queue, against ten before a short one."""

from __future__ import annotations

from benchmarks import queues, server
from benchmarks.pallet import ARRIVE, WrongWorkError
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from sandbox.database import Server

NAME = "saleor_backorders_bench_long"
GOAL = 1.3
UNITS = 10
FREE = """
    SELECT s.quantity - s.quantity_allocated FROM warehouse_stock s WHERE s.id = %s
"""


def measure(
    where: Server, long: queues.Queue, short: queues.Queue, lengths: tuple[int, int], turns: int
) -> list[Ratio]:
    """Let ten units arrive before both queues, many times, in one database."""
    server.copy(where, server.BASE, NAME)
    with server.connect(where, NAME) as connection:
        for queue, lines in zip((long, short), lengths, strict=True):
            queues.lengthen(connection, queue, lines)
        connection.execute("CHECKPOINT")
        for queue in (long, short):
            _arrive(connection, queue)
        ratio = in_turns(
            f"ten units before {lengths[0]:,} lines, not {lengths[1]:,}",
            ours=lambda: _arrive(connection, long),
            theirs=lambda: _arrive(connection, short),
            goal=GOAL, repetitions=turns,
        )  # fmt: skip
    server.drop(where, NAME)
    return [ratio]


def _arrive(connection: queues.Connection, queue: queues.Queue) -> Milliseconds:
    values = {"units": UNITS, "shelf": queue.shelf_id}
    taken = timed(lambda: connection.execute(ARRIVE, values))
    free = connection.execute(FREE, [queue.shelf_id]).fetchone()
    if free != (0,):
        raise WrongWorkError(f"{free} units were left on the shelf")
    return taken
