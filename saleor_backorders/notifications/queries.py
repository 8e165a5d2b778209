"""What only time makes worth a message: the statements, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connections

from saleor_backorders.db import Statements
from saleor_backorders.models import NO_LIMIT

_sql = Statements(__package__)

ByChannel = Mapping[int, int]
"""A number for each channel concerned."""


class Crossed(NamedTuple):
    """A variant that is beyond a threshold in a channel."""

    variant_id: int
    channel_id: int
    units: int
    threshold: int


class LateRow(NamedTuple):
    """An order whose promise is late, or about to be."""

    order_number: str
    products: list[str]
    variants: list[str]
    units: int
    due_on: date
    is_late: bool
    late: int
    soon: int


def hold(kind: str) -> bool:
    """Keep other workers from looking for the same until the transaction ends; False if one is."""
    key = f"saleor_backorders remind {kind}"
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        return bool(cursor.fetchone()[0])


def status(*, days: ByChannel, now: datetime, today: date) -> int:
    """Write to who still waits and heard nothing for so many days; return how many messages."""
    return _sql.count("write_status_messages", {**_apart(days, "days"), "now": now, "today": today})


def rate(*, days: ByChannel, window: int, now: datetime) -> int:
    """Ask those how it was whose order left so many days ago; return how many messages."""
    return _sql.count("write_rate_messages", {**_apart(days, "days"), "window": window, "now": now})


def late(*, days: ByChannel, today: date) -> int:
    """Write to staff of today's late orders, and of those of the next days; return how many."""
    return _sql.count("write_late_messages", {**_apart(days, "days"), "today": today})


def given_up(*, channels: Sequence[int], hour: str) -> int:
    """Write to staff of messages that did not get through; return how many messages."""
    return _sql.count("write_given_up_messages", {"channels": list(channels), "hour": hour})


def alerts(*, kind: str, crossed: Sequence[Crossed]) -> int:
    """Write to staff of what is new among what is so now; return how many messages."""
    parameters = {
        "kind": kind,
        "channels": [each.channel_id for each in crossed],
        "variants": [each.variant_id for each in crossed],
    }
    return _sql.count("write_alerts", parameters)


def low_stock(*, channels: Sequence[int], variants: Sequence[int] | None = None) -> list[Crossed]:
    """Return what is low, the emptiest first."""
    parameters = {
        "channels": list(channels),
        "variants": None if variants is None else list(variants),
    }
    return [Crossed(*row) for row in _sql.run("read_low_stock", parameters)]


def limits(*, percents: ByChannel, variants: Sequence[int] | None = None) -> list[Crossed]:
    """Return which limits are nearly reached, the fullest first."""
    parameters = {
        **_apart(percents, "percents"),
        "no_limit": NO_LIMIT,
        "variants": None if variants is None else list(variants),
    }
    return [Crossed(*row) for row in _sql.run("read_limits", parameters)]


def late_orders(*, channel_id: int, today: date, until: date, most: int) -> list[LateRow]:
    """Return the orders that are late in a channel or about to be, the latest first."""
    parameters = {"channel_id": channel_id, "today": today, "until": until, "most": most}
    return [LateRow(*row) for row in _sql.run("read_late_orders", parameters)]


def _apart(by_channel: ByChannel, name: str) -> dict[str, list[int]]:
    return {"channels": list(by_channel), name: list(by_channel.values())}
