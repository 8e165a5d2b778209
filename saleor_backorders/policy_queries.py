"""One typed function for each statement about policies and virtual rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from .models import NO_LIMIT, PolicyScope
from .settings.shop import ShopSettings
from .sql import load


class MovedRow(NamedTuple):
    variant_id: int
    old_id: int
    new_id: int


class MisplacedRow(NamedTuple):
    rule: str
    variant_id: int | None
    detail: str


class ReleasedLine(NamedTuple):
    order_number: str
    sku: str | None
    product_name: str
    units: int


class LineRoom(NamedTuple):
    variant_id: int
    need: int
    on_shelf: int
    may_wait: int


class ResolvedPolicy(NamedTuple):
    variant_id: int
    channel_id: int
    allow: bool
    admits: bool
    limit_units: int
    lead_time_days: int
    discount_percent: int
    priority: int
    until: date | None
    low_stock: int
    scope: str


def resolve(
    *,
    settings: ShopSettings,
    today: date,
    variants: Sequence[int] | None,
    channels: Sequence[int] | None,
    changed_only: bool,
    narrowest: PolicyScope = PolicyScope.VARIANT,
    using: str = "default",
) -> list[ResolvedPolicy]:
    """Return the policies of variants in channels, all or those whose rows say otherwise."""
    parameters = {
        "active": settings.active,
        "default_channels": list(settings.channels),
        "default_allow": settings.allow,
        "default_limit": settings.limit,
        "default_lead_time_days": settings.lead_time_days,
        "default_priority": settings.priority,
        "no_limit": NO_LIMIT,
        "today": today,
        "variants": None if variants is None else list(variants),
        "channels": None if channels is None else list(channels),
        "changed_only": changed_only,
        "narrowest": narrowest.value,
    }
    return [ResolvedPolicy(*row) for row in _rows("policy_resolve", parameters, using)]


def apply(policies: Sequence[ResolvedPolicy]) -> list[int]:
    """Write resolved policies into the virtual rows; return the variants the engine must see."""
    parameters = {
        "variants": [p.variant_id for p in policies],
        "channels": [p.channel_id for p in policies],
        "admits": [p.admits for p in policies],
        "limits": [p.limit_units for p in policies],
        "lead_times": [p.lead_time_days for p in policies],
        "discounts": [p.discount_percent for p in policies],
        "priorities": [p.priority for p in policies],
        "untils": [p.until for p in policies],
        "low_stocks": [p.low_stock for p in policies],
    }
    with engine_quiet():
        fresh = [row[0] for row in run("policy_apply", parameters)]
        parameters = {"variants": parameters["variants"], "fresh": fresh}
        return [row[0] for row in run("policy_settle", parameters)]


def installed_tables() -> list[str]:
    """Return the names of the tables that the guards read, as far as they are there."""
    return [row[0] for row in run("guard_installed") if row[0] is not None]


def repair_variants(variants: Sequence[int]) -> None:
    """Let the engine bring the ledger of these variants in step and rebalance them."""
    run("policy_repair_variants", {"variants": list(variants)})


def room_of_line(line_id: UUID, quantity: int) -> LineRoom | None:
    """Return what an order needs of a line's variant and may have; None without backorders."""
    rows = run("guard_room", {"line": line_id, "quantity": quantity})
    return LineRoom(*rows[0]) if rows else None


def misplaced_rows() -> list[MisplacedRow]:
    """Return what is on the wrong side of the virtual range."""
    return [MisplacedRow(*row) for row in run("policy_misplaced_rows")]


def move_low_rows(variants: Sequence[int] | None) -> list[MovedRow]:
    """Give foreign rows of virtual warehouses an id of ours; return what moved."""
    with engine_quiet():
        parameters = {"variants": None if variants is None else list(variants)}
        rows = run("policy_move_low_rows", parameters)
    return [MovedRow(*row) for row in rows]


def move_high_rows() -> list[MovedRow]:
    """Give shelves' rows with virtual ids one of the host's again; return what moved."""
    with engine_quiet():
        run("policy_reset_host_sequence")
        rows = run("policy_move_high_rows")
    return [MovedRow(*row) for row in rows]


def forget_rows(variants: Sequence[int] | None) -> None:
    """Drop the policies of virtual rows that are gone and on which nobody waits."""
    run("policy_forget_rows", {"variants": None if variants is None else list(variants)})


def know_rows() -> list[int]:
    """Know again the virtual rows without a policy; return the variants of those that are new."""
    return [row[0] for row in run("policy_known_rows")]


def release_waiting() -> list[ReleasedLine]:
    """Let go every waiting unit, for good; return the lines that waited."""
    with engine_quiet():
        rows = run("policy_release_waiting")
    return [ReleasedLine(*row) for row in rows]


@contextmanager
def engine_quiet() -> Iterator[None]:
    """Keep the triggers from taking a new id for a movement of goods; needs a transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('saleor_backorders.busy', 'on', true)")
        yield
        cursor.execute("SELECT set_config('saleor_backorders.busy', '', true)")


def run(name: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement of ours on the primary database and return its rows."""
    return _rows(name, parameters or {}, "default")


def _rows(name: str, parameters: dict[str, Any], using: str) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(load(name), parameters)
        return cursor.fetchall() if cursor.description else []
