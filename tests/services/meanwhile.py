"""Let something happen while somebody waits for a lock: the moment that no request can aim at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from tests.sql.wires import Wire, wire

SECONDS = 10
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)
ORDER = "SELECT id FROM order_order WHERE id = %s FOR UPDATE"
KEY = "SELECT pg_advisory_xact_lock(hashtextextended('saleor_backorders ' || %s, 0))"


@contextmanager
def held(lock: str, value: Any) -> Iterator[Wire]:
    """Hold what a statement locks, on a connection of its own, and commit at the end."""
    with wire() as holder:
        holder.execute("SET lock_timeout = '10s'")
        holder.execute(lock, [value])
        yield holder
        holder.commit()


def while_waiting(
    lock: str, value: Any, *acts: Callable[[], Any], meanwhile: Callable[[Wire], object] = bool
) -> list[Any]:
    """Let all act up to a lock that is held, then something else happen; return what they return.

    What one of them raises is returned as well.
    """
    with ThreadPoolExecutor(len(acts)) as pool:
        with held(lock, value) as holder:
            futures = [pool.submit(_alone, act) for act in acts]
            _wait_for_blocked(len(acts))
            meanwhile(holder)
        return [_result(future) for future in futures]


def _alone(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connections.close_all()


def _result(future: Future[Any]) -> Any:
    return future.exception(timeout=SECONDS) or future.result()


def _wait_for_blocked(count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while _blocked() != count:
        assert time.monotonic() < deadline, f"{_blocked()} of {count} came to wait for the lock"
        time.sleep(0.01)


def _blocked() -> int:
    # Not on the holder's connection: its transaction would see the same moment again and again.
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED)
        return int(cursor.fetchone()[0])
