from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from saleor_backorders import engine
from tests.sql.world import Shop


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    """Return a shop; afterwards no invariant may be broken."""
    yield Shop()
    assert engine.broken_invariants() == []


@pytest.fixture
def lamp(shop: Shop) -> Any:
    """Return a variant that may wait in one channel, and one shelf for it, empty."""
    return one_shelf(shop, 0)


class Lamp:
    def __init__(self, shop: Shop, quantity: int, limit: int = 1000) -> None:
        self.shop = shop
        self.channel = shop.channel()
        self.warehouse = shop.warehouse([self.channel])
        shop.zone([self.channel], [self.warehouse])
        self.variant = shop.variant()
        self.shelf = shop.stock(self.variant, self.warehouse, quantity)
        self.virtual = shop.allow(self.variant, self.channel, limit)

    def buy(self, quantity: int, **fields: Any) -> Any:
        return self.shop.buy(self.variant, quantity, self.channel, **fields)

    def arrive(self, units: int) -> None:
        self.shop.set_stock(self.variant, self.warehouse, change=units)


def one_shelf(shop: Shop, quantity: int, limit: int = 1000) -> Lamp:
    return Lamp(shop, quantity, limit)
