"""System checks: whether the database is one that the plugin can live in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core import checks
from django.db import connections

from .host.tables import TABLES
from .models import VirtualStock
from .policies import queries as policies_queries

OLDEST_POSTGRESQL = 14


def register() -> None:
    """Register the checks; they run where a database is named, as before each migration."""
    for check in (check_postgresql, check_host_tables, check_row_order):
        checks.register(checks.Tags.database)(check)


def check_postgresql(
    *, databases: Sequence[str] | None = None, **_asked: object
) -> list[checks.CheckMessage]:
    """Require a PostgreSQL that knows what our SQL uses."""
    found: list[checks.CheckMessage] = []
    for alias in _primary(databases):
        connection: Any = connections[alias]
        major = connection.pg_version // 10_000 if connection.vendor == "postgresql" else 0
        if major < OLDEST_POSTGRESQL:
            found.append(
                checks.Error(
                    f"Backorders need PostgreSQL {OLDEST_POSTGRESQL} or later.",
                    hint=f"The database {alias!r} is {connection.display_name} {major or ''}.",
                    id="saleor_backorders.E001",
                )
            )
    return found


def check_host_tables(
    *, databases: Sequence[str] | None = None, **_asked: object
) -> list[checks.CheckMessage]:
    """Require the shop's columns that our SQL names, once the shop's tables are there."""
    found: list[checks.CheckMessage] = []
    for alias in _primary(databases):
        columns = _columns(alias)
        for table, wanted in TABLES.items():
            missing = wanted - columns.get(table, wanted)
            if missing:
                found.append(
                    checks.Error(
                        f"The table {table} has no {', '.join(sorted(missing))}.",
                        hint="This version of the shop is not supported; see the README.",
                        id="saleor_backorders.E002",
                    )
                )
    return found


def check_row_order(
    *, databases: Sequence[str] | None = None, **_asked: object
) -> list[checks.CheckMessage]:
    """Warn where virtual rows no longer sort after every shelf."""
    for alias in _primary(databases):
        if VirtualStock._meta.db_table not in _columns(alias):
            continue
        misplaced = policies_queries.misplaced_rows()
        if misplaced:
            return [
                checks.Warning(
                    f"{len(misplaced)} stock rows are out of order; the first: "
                    f"{misplaced[0].detail}.",
                    hint="A sequence was reset or a row came in by hand. "
                    "Run `manage.py backorders repair`.",
                    id="saleor_backorders.W001",
                )
            ]
    return []


def _primary(databases: Iterable[str] | None) -> list[str]:
    return [alias for alias in databases or () if alias == "default"]


def _columns(alias: str) -> dict[str, set[str]]:
    """Return the columns of the tables on the search path that concern us."""
    tables = [*TABLES, VirtualStock._meta.db_table]
    columns: dict[str, set[str]] = {}
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = ANY (current_schemas(false)) AND table_name = ANY (%s)",
            [tables],
        )
        for table, column in cursor.fetchall():
            columns.setdefault(table, set()).add(column)
    return columns
