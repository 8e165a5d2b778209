"""Run the statements of the rooms, and hold keys of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, TypeVar

from django.db import connections

Row = TypeVar("Row", bound=NamedTuple)
PRIMARY = "default"


class Statements:
    """The statements that a room keeps in its ``sql/`` folder, by the names of their files."""

    def __init__(self, package: str) -> None:
        self._package = package

    def text(self, name: str) -> str:
        """Return a statement as it stands in its file."""
        return _read(self._package, name)

    def run(
        self, name: str, parameters: Mapping[str, Any] | None = None, using: str = PRIMARY
    ) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        with connections[using].cursor() as cursor:
            cursor.execute(self.text(name), parameters or {})
            return cursor.fetchall() if cursor.description else []

    def fetch(
        self, name: str, row: type[Row], parameters: Mapping[str, Any], using: str = PRIMARY
    ) -> list[Row]:
        """Run a statement and return its rows by the names of their columns."""
        return [row(*values) for values in self.run(name, parameters, using)]

    def ids(self, name: str, parameters: Mapping[str, Any]) -> list[int]:
        """Run a statement and return the numbers in its only column."""
        return [key for (key,) in self.run(name, parameters)]

    def count(self, name: str, parameters: Mapping[str, Any]) -> int:
        """Run a statement and return how many rows it has."""
        return len(self.run(name, parameters))


@cache
def _read(package: str, name: str) -> str:
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def is_installed() -> bool:
    """Tell whether our tables are there.

    A shop that has only just got the package, or is about to lose it, goes on selling.
    """
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT to_regclass('saleor_backorders_virtualstock') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def lock_key(*, key: str) -> None:
    """Hold an idempotency key until the transaction ends."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('saleor_backorders ' || %s, 0))", [key]
        )


def try_lock(*, key: str) -> bool:
    """Hold a key until the transaction ends; False where somebody else does."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('saleor_backorders ' || %s, 0))",
            [key],
        )
        return bool(cursor.fetchone()[0])


def read_clock() -> datetime:
    """Return the database's time."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
