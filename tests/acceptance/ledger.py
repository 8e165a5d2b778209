"""Look at the shelves through a connection of one's own, as a second shopper would."""

from __future__ import annotations

import dataclasses
import threading
from types import TracebackType
from typing import Self

import psycopg

from tests.acceptance.shop import Thing
from tests.hosts.base import Host

FIRST_VIRTUAL_ID = 1_000_000_000
LOOK = """
SELECT s.id, s.quantity, coalesce(sum(a.quantity_allocated), 0)::int
FROM warehouse_stock s
LEFT JOIN warehouse_allocation a ON a.stock_id = s.id
WHERE s.product_variant_id = %s
GROUP BY s.id, s.quantity
"""


@dataclasses.dataclass(frozen=True)
class Shelves:
    """Add up one variant's rows at one moment."""

    quantity: int
    allocated: int
    waiting: int
    over_allocated: bool

    @property
    def free(self) -> int:
        """Return the units that nobody has."""
        return self.quantity - self.allocated

    @property
    def fair(self) -> bool:
        """Tell whether nothing lies free while somebody waits, and nothing is promised twice."""
        return not self.over_allocated and not (self.free > 0 and self.waiting > 0)


def look(connection: psycopg.Connection[tuple[int, int, int]], variant: Thing) -> Shelves:
    """Read one variant's rows in one statement, so at one moment."""
    rows = connection.execute(LOOK, [variant.pk]).fetchall()
    real = [row for row in rows if row[0] < FIRST_VIRTUAL_ID]
    return Shelves(
        quantity=sum(row[1] for row in real),
        allocated=sum(row[2] for row in real),
        waiting=sum(row[2] for row in rows if row[0] >= FIRST_VIRTUAL_ID),
        over_allocated=any(row[2] > max(row[1], 0) for row in real),
    )


class Watcher:
    """Look at a variant's shelves again and again while something happens."""

    def __init__(self, host: Host, variant: Thing) -> None:
        self._variant = variant
        self._connection = host.connect()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._failure: BaseException | None = None
        self.seen: list[Shelves] = []

    def __enter__(self) -> Self:
        self.seen.append(look(self._connection, self._variant))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self.seen.append(look(self._connection, self._variant))
        self._connection.close()
        if self._failure:
            raise self._failure

    def _watch(self) -> None:
        try:
            while not self._done.wait(0.003):
                now = look(self._connection, self._variant)
                if now != self.seen[-1]:
                    self.seen.append(now)
        except BaseException as failure:
            self._failure = failure

    @property
    def unfair(self) -> list[Shelves]:
        """Return the moments at which a newcomer could have taken a waiting order's unit."""
        return [moment for moment in self.seen if not moment.fair]
