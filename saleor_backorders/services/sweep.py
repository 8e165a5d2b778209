"""What the background does: finish what a busy moment put off, and what no hook told."""

from __future__ import annotations

from saleor_backorders import engine
from saleor_backorders.engine import Rebalanced
from saleor_backorders.host import get_host
from saleor_backorders.settings import rules

from . import places, policies


def sweep() -> list[Rebalanced]:
    """Keep the virtual warehouses where they belong and rebalance what waits for it."""
    places.sync()
    return engine.sweep()


def follow_places() -> int:
    """Follow warehouses and zones: link the virtual ones, date anew who may be served elsewhere.

    Returns how many links changed.
    """
    links = places.sync()
    engine.mark_supplied()
    return links


def refresh() -> tuple[int, int]:
    """Bring every link and every policy's row into line; return how many of each changed."""
    links = follow_places()
    rules.take_over(get_host().shop.settings())
    return links, policies.resync()
