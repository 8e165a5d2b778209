"""More connections to the test database, as other processes of the shop have them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections
from psycopg.pq import TransactionStatus

Wire = psycopg.Connection[tuple[Any, ...]]
# What hangs ends: nothing here waits for a lock, or works, for nearly as long.
LIMITS = {"lock_timeout": "20s", "statement_timeout": "90s"}
OPTIONS = " ".join(f"-c {name}={limit}" for name, limit in LIMITS.items())


def address() -> dict[str, Any]:
    """Return where the test database is, as libpq wants it."""
    connection.ensure_connection()
    info = connection.connection.info
    return {
        "host": info.host,
        "port": info.port,
        "user": info.user,
        "password": info.password,
        "dbname": info.dbname,
    }


def own(name: str) -> str:
    """Return a name that no other worker gives to what it makes beside its database."""
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@contextmanager
def wire(options: str = "", **where: Any) -> Iterator[Wire]:
    """Open a connection that commits when told to."""
    other = psycopg.connect(**(address() | where), options=f"{OPTIONS} {options}")
    try:
        yield other
    finally:
        # Closing alone returns before the server has let the locks go.
        if not other.closed and other.info.transaction_status != TransactionStatus.IDLE:
            other.cancel()
            other.rollback()
        other.close()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls in threads, each with Django connections of its own; return what they return."""
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(_alone, call) for call in calls]
        return [future.result(timeout=60) for future in futures]


def _alone(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


def number(other: Wire, query: str, *values: Any) -> int:
    row = other.execute(query, values).fetchone()
    assert row is not None
    return int(row[0])


def set_quantity(other: Wire, stock: Any, quantity: int) -> None:
    other.execute("UPDATE warehouse_stock SET quantity = %s WHERE id = %s", [quantity, stock.pk])


def is_blocked(pid: int) -> bool:
    """Say whether a backend waits for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


GUARDED = ("warehouse_stock", "warehouse_allocation", "warehouse_reservation")


@contextmanager
def nobody_looking() -> Iterator[None]:
    """Switch the triggers off, as a restore or a careless import does."""
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            for table in GUARDED:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
