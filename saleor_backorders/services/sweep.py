"""What the background does every minute: finish what a busy moment put off."""

from __future__ import annotations

from saleor_backorders import engine
from saleor_backorders.engine import Rebalanced

from . import places


def sweep() -> list[Rebalanced]:
    """Keep the virtual warehouses where they belong and rebalance what waits for it."""
    places.sync()
    return engine.sweep()
