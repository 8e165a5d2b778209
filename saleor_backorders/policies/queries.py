"""Policies and virtual rows: the statements, typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from saleor_backorders import engine
from saleor_backorders.db import Statements
from saleor_backorders.models import NO_LIMIT, PolicyScope
from saleor_backorders.settings.shop import ShopSettings

_sql = Statements(__package__)


class MovedRow(NamedTuple):
    """A virtual row that got another id."""

    variant_id: int
    old_id: int
    new_id: int


class MisplacedRow(NamedTuple):
    """A virtual row that stands where it must not, and which rule it breaks."""

    rule: str
    variant_id: int | None
    detail: str


class ResolvedPolicy(NamedTuple):
    """The policy that wins for a variant in a channel."""

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
    return [ResolvedPolicy(*row) for row in _sql.run("resolve_policies", parameters, using)]


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
    with engine.quiet():
        fresh = [row[0] for row in _sql.run("apply_policies", parameters)]
        parameters = {"variants": parameters["variants"], "fresh": fresh}
        return [row[0] for row in _sql.run("fill_virtual_rows", parameters)]


def repair_variants(variants: Sequence[int]) -> None:
    """Let the engine bring the ledger of these variants in step and rebalance them."""
    _sql.run("repair_variants", {"variants": list(variants)})


def misplaced_rows() -> list[MisplacedRow]:
    """Return what is on the wrong side of the virtual range."""
    return [MisplacedRow(*row) for row in _sql.run("find_misplaced_rows")]


def move_low_rows(variants: Sequence[int] | None) -> list[MovedRow]:
    """Give foreign rows of virtual warehouses an id of ours; return what moved."""
    with engine.quiet():
        parameters = {"variants": None if variants is None else list(variants)}
        rows = _sql.run("move_low_rows", parameters)
    return [MovedRow(*row) for row in rows]


def move_high_rows() -> list[MovedRow]:
    """Give shelves' rows with virtual ids one of the host's again; return what moved."""
    with engine.quiet():
        _sql.run("reset_host_sequence")
        rows = _sql.run("move_high_rows")
    return [MovedRow(*row) for row in rows]


def forget_rows(variants: Sequence[int] | None) -> None:
    """Drop the policies of virtual rows that are gone and on which nobody waits."""
    _sql.run("forget_rows", {"variants": None if variants is None else list(variants)})


def link_virtual_warehouses() -> int:
    """Put the virtual warehouses into their channels and zones; return how many links changed."""
    return sum(count for _what, count in _sql.run("link_virtual_warehouses"))


def know_rows() -> list[int]:
    """Know again the virtual rows without a policy; return the variants of those that are new."""
    return [row[0] for row in _sql.run("know_rows")]
