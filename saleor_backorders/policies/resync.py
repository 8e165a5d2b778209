"""What the background does: finish what a busy moment put off, and what no hook told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from saleor_backorders import engine
from saleor_backorders.common import clock
from saleor_backorders.engine import Rebalanced
from saleor_backorders.host import get_host
from saleor_backorders.settings import rules
from saleor_backorders.settings.shop import ShopSettings

from . import queries, virtual_warehouses


def sweep() -> list[Rebalanced]:
    """Keep the virtual warehouses where they belong and rebalance what waits for it."""
    virtual_warehouses.sync()
    return engine.sweep()


def follow_places() -> int:
    """Follow warehouses and zones: link the virtual ones, date anew who may be served elsewhere.

    Returns how many links changed.
    """
    links = virtual_warehouses.sync()
    engine.mark_supplied()
    return links


def refresh() -> tuple[int, int]:
    """Bring every link and every policy's row into line; return how many of each changed."""
    links = follow_places()
    rules.take_over(get_host().shop.settings())
    return links, resync()


BATCH = 1000
"""Variants in one transaction: each holds an advisory lock, and the server has room for few."""


def resync(*, variants: Sequence[int] | None = None, channels: Sequence[int] | None = None) -> int:
    """Bring the virtual rows of variants into line with their policies; return how many."""
    host = get_host()
    return bring_into_line(
        host.shop.settings(), clock.today(), variants=variants, channels=channels
    )


def bring_into_line(
    settings: ShopSettings,
    today: date,
    *,
    variants: Sequence[int] | None,
    channels: Sequence[int] | None,
) -> int:
    """Bring the virtual rows of variants into line with settings that are known already."""
    queries.forget_rows(variants)
    changed = queries.resolve(
        settings=settings, today=today, variants=variants, channels=channels, changed_only=True
    )
    # What changed has a virtual row, or is to get one.
    virtual_warehouses.ensure({policy.channel_id for policy in changed})
    variant_ids = sorted({policy.variant_id for policy in changed})
    for start in range(0, len(variant_ids), BATCH):
        _apply_batch(settings, today, variant_ids[start : start + BATCH], channels)
    return len(variant_ids)


def _apply_batch(
    settings: ShopSettings, today: date, batch: Sequence[int], channels: Sequence[int] | None
) -> None:
    with transaction.atomic():
        engine.lock_variants(batch)
        policies = queries.resolve(
            settings=settings, today=today, variants=batch, channels=channels, changed_only=True
        )
        queries.move_low_rows(batch)
        unsettled = queries.apply(policies)
        queries.repair_variants(unsettled)
