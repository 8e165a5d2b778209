"""Every invariant, broken on purpose behind the engine's back: it is named, and it is mended."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from saleor_backorders import engine
from saleor_backorders.models import Backorder, DirtyVariant, VirtualStock
from saleor_backorders.policies import queries as policies_queries
from tests.sql.conftest import Lamp
from tests.sql.wires import nobody_looking
from tests.sql.world import Shop, model


@pytest.fixture
def half(lamp: Lamp) -> tuple[Lamp, Any]:
    """Return a line that has two units and waits for three."""
    line = lamp.buy(5)
    lamp.arrive(2)
    return lamp, line


def broken() -> list[tuple[str, str]]:
    return [(found.rule, found.detail) for found in engine.broken_invariants()]


def misplaced() -> list[tuple[str, str]]:
    return [(found.rule, found.detail) for found in policies_queries.misplaced_rows()]


def repaired() -> list[tuple[str, str]]:
    engine.repair()
    return broken()


def allocations(line: Any, *, virtual: bool) -> Any:
    rows = model("warehouse", "Allocation").objects.filter(order_line=line)
    return rows.filter(stock_id__gte=10**9) if virtual else rows.filter(stock_id__lt=10**9)


def test_a_sound_shop_has_nothing_to_name_or_mend(half: tuple[Lamp, Any]) -> None:
    assert broken() == []
    assert engine.repair() == []


def test_waiting_units_that_vanished_from_the_virtual_row(
    half: tuple[Lamp, Any], shop: Shop
) -> None:
    _, line = half
    with nobody_looking():
        allocations(line, virtual=True).update(quantity_allocated=1)
    assert broken() == [
        (
            "ledger differs from allocations",
            f"line {line.pk}: ledger says 3 wait, the virtual row holds 1",
        )
    ]
    assert repaired() == []
    ledger = shop.ledger(line)
    assert ledger is not None
    assert (ledger[1], shop.waits(line), shop.has(line)) == (1, 1, 2)


def test_an_order_on_the_virtual_row_that_the_ledger_does_not_know(lamp: Lamp, shop: Shop) -> None:
    with nobody_looking():
        line = lamp.buy(4)
    assert broken() == [
        (
            "ledger differs from allocations",
            f"line {line.pk}: ledger says 0 wait, the virtual row holds 4",
        )
    ]
    assert repaired() == []
    assert shop.ledger(line) == (4, 4, 0, 0, 0)
    assert VirtualStock.objects.get().waiting_units == 4


def test_a_shelf_with_more_allocated_than_it_has(half: tuple[Lamp, Any], shop: Shop) -> None:
    lamp, line = half
    with nobody_looking():
        shop.set_stock(lamp.variant, lamp.warehouse, 1)
    assert broken() == [
        ("shelf is over-allocated", f"stock {lamp.shelf.pk}: 1 on the shelf, 2 allocated")
    ]
    assert repaired() == []
    assert shop.ledger(line) == (5, 4, 1, 0, 0)


def test_units_that_lie_free_while_somebody_waits(half: tuple[Lamp, Any], shop: Shop) -> None:
    lamp, line = half
    with nobody_looking():
        lamp.arrive(2)
    destination = Backorder.objects.get().destination
    assert broken() == [
        (
            "units are free while somebody waits",
            f"stock {lamp.shelf.pk}: 2 free, wanted for {destination}",
        )
    ]
    assert repaired() == []
    assert shop.ledger(line) == (5, 1, 4, 0, 0)


def test_a_virtual_row_with_a_quantity_of_somebody_elses(half: tuple[Lamp, Any]) -> None:
    lamp, _ = half
    virtual = model("warehouse", "Stock").objects.filter(pk=lamp.virtual.stock_id)
    with nobody_looking():
        virtual.update(quantity=7)
    assert broken() == [
        (
            "virtual row has the wrong quantity",
            f"stock {lamp.virtual.stock_id}: quantity 7, should be 1000",
        )
    ]
    assert repaired() == []
    assert virtual.get().quantity == 1000


def test_a_counter_that_lost_count(half: tuple[Lamp, Any]) -> None:
    lamp, _ = half
    VirtualStock.objects.update(waiting_units=9)
    assert broken() == [
        (
            "waiting units are miscounted",
            f"channel {lamp.channel.pk}: counted 9, the ledger has 3",
        )
    ]
    assert repaired() == []
    assert VirtualStock.objects.get().waiting_units == 3


def test_a_ledger_that_says_more_than_its_movements(half: tuple[Lamp, Any]) -> None:
    """Nobody can know which of the two is right: it is named, and left to people."""
    row = Backorder.objects.get()
    Backorder.objects.update(quantity=6, cancelled=1)
    found = [
        (
            "ledger differs from its movements",
            f"backorder {row.pk}: quantity 6, fulfilled 0, cancelled 1; moved 5, 0, 0",
        )
    ]
    assert broken() == found
    assert repaired() == found
    Backorder.objects.update(quantity=5, cancelled=0)


def test_a_stock_row_in_a_virtual_warehouse_that_nobody_knows(
    half: tuple[Lamp, Any], shop: Shop
) -> None:
    lamp, _ = half
    home = model("warehouse", "Stock").objects.get(pk=lamp.virtual.stock_id).warehouse
    stray = shop.stock(shop.variant(), home, 4)
    assert misplaced() == [
        (
            "virtual rows sort after every shelf",
            f"stock row {stray.pk} of a virtual warehouse has an id below 1000000000",
        )
    ]
    stray.delete()


def test_a_virtual_row_that_lost_its_policy(half: tuple[Lamp, Any], shop: Shop) -> None:
    lamp, _ = half
    home = model("warehouse", "Stock").objects.get(pk=lamp.virtual.stock_id).warehouse
    stray = model("warehouse", "Stock").objects.create(
        pk=1_900_000_000, product_variant=shop.variant(), warehouse=home, quantity=4
    )
    assert broken() == [
        ("virtual row without a policy", f"stock {stray.pk} in warehouse {home.pk}")
    ]
    stray.delete()


def test_a_physical_row_that_sorts_after_the_virtual_ones(half: tuple[Lamp, Any]) -> None:
    lamp, _ = half
    late = model("warehouse", "Stock").objects.create(
        pk=1_900_000_000,
        product_variant=lamp.variant,
        warehouse=lamp.shop.warehouse([]),
        quantity=0,
    )
    assert misplaced() == [
        (
            "virtual rows sort after every shelf",
            f"stock row {late.pk} of a shelf has an id of the virtual range",
        )
    ]
    late.delete()


def test_what_was_put_off_is_named_until_it_is_done(half: tuple[Lamp, Any]) -> None:
    lamp, _ = half
    with connection.cursor() as cursor:
        cursor.execute("SELECT saleor_backorders_put_off(%s, 'too busy')", [lamp.variant.pk])
    assert broken() == [("put off for the sweep", "too busy")]
    assert repaired() == []
    assert DirtyVariant.objects.count() == 0


def test_a_shop_that_was_left_alone_for_a_while_is_mended_at_once(
    half: tuple[Lamp, Any], shop: Shop
) -> None:
    lamp, line = half
    with nobody_looking():
        later = lamp.buy(4)
        shop.cancel(line)
        lamp.arrive(3)
    assert repaired() == []
    assert (shop.has(line), shop.waits(line)) == (0, 0)
    assert (shop.has(later), shop.waits(later)) == (4, 0)
