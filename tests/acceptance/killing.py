"""Stop a process of the host where a test wants it, and end it there as a power cut would."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError

import psycopg

from tests.acceptance.shop import Shop
from tests.acceptance.traffic import wait_until_idle

BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


@contextmanager
def held(shop: Shop, lock: str, values: Mapping[str, Any]) -> Iterator[None]:
    """Hold what a statement locks, for as long as the block lasts."""
    with psycopg.connect(shop.host.dsn) as holder:
        holder.execute(lock, values)
        yield
        holder.rollback()


def wait_for_blocked(shop: Shop, count: int = 1, seconds: float = 20) -> None:
    """Wait until so many transactions wait for a lock."""
    deadline = time.monotonic() + seconds
    while shop.host.sql(BLOCKED) != [(count,)]:
        assert time.monotonic() < deadline, "nobody came to wait for the lock"
        time.sleep(0.02)


def kill_at(
    shop: Shop, act: Callable[[Shop], object], lock: str, values: Mapping[str, Any]
) -> None:
    """Let a process of its own act, and kill it when it stands before a lock."""
    victim = shop.host.spawn()
    doomed = shop.through(victim)

    def until_it_dies() -> None:
        try:
            act(doomed)
        except (URLError, ConnectionError, http.client.HTTPException):
            return

    worker = threading.Thread(target=until_it_dies)
    with held(shop, lock, values):
        worker.start()
        wait_for_blocked(shop)
        victim.kill()
        worker.join()
        end_whom_the_dead_left_behind(shop)
    wait_until_idle(shop)


def end_whom_the_dead_left_behind(shop: Shop) -> None:
    """End the killed process's connections: PostgreSQL sees only later that nobody listens."""
    shop.host.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND wait_event_type = 'Lock'"
    )
    wait_for_blocked(shop, 0)
