"""Parts of long lists, found by where their items stand: one statement, whatever the size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Q, QuerySet

Item = TypeVar("Item")


class Cursor(NamedTuple):
    """Where an item stands in a sorted list."""

    key: str
    id: int


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which part of the list."""

    size: int
    from_the_end: bool = False
    after: Cursor | None = None
    before: Cursor | None = None


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """How a list is sorted: by a column, and by number where that is the same."""

    column: str
    value: Callable[[Cursor], Any]
    """Reads the column's value from a cursor; raises InvalidValue for that of another list."""
    descending: bool = False


class Page(NamedTuple, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    has_more: bool
    """Whether the list goes on beyond the window, in the direction of reading."""


def cut(rows: QuerySet[Any, Any], order: Sorted, window: Window) -> Page[Any]:
    """Return the rows of a window.

    :raises InvalidValue: a cursor that belongs to another list.
    """
    for cursor, follows in ((window.after, True), (window.before, False)):
        if cursor:
            rows = rows.filter(_beyond(cursor, order, upwards=follows != order.descending))
    sign = "-" if order.descending != window.from_the_end else ""
    found = list(rows.order_by(f"{sign}{order.column}", f"{sign}pk")[: window.size + 1])
    items = found[: window.size]
    return Page(items[::-1] if window.from_the_end else items, len(found) > window.size)


def _beyond(cursor: Cursor, order: Sorted, *, upwards: bool) -> Q:
    key = order.value(cursor)
    side = "gt" if upwards else "lt"
    return Q(**{f"{order.column}__{side}e": key}) & (
        Q(**{f"{order.column}__{side}": key}) | Q(**{f"pk__{side}": cursor.id})
    )
