from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from saleor_backorders import engine
from tests.sql.wires import LIMITS, OPTIONS
from tests.sql.world import Shop


@pytest.fixture(autouse=True)
def nothing_hangs(
    monkeypatch: pytest.MonkeyPatch, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Limit how long a connection of these tests may wait, in threads and processes too."""
    monkeypatch.setenv("PGOPTIONS", OPTIONS)
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # This one may have been open before, and with it the plans that it keeps.
        cursor.execute("; ".join(f"SET {name} = '{limit}'" for name, limit in LIMITS.items()))
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("; ".join(f"RESET {name}" for name in LIMITS))


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
