"""The plugin comes and goes by migrations, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.sql.conftest import Lamp, one_shelf
from tests.sql.world import Shop, model

SCHEMA = {
    "tables": "SELECT relname, relkind::text FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "sequences": "SELECT relname FROM pg_class WHERE relkind = 'S'",
    "constraints": "SELECT conname, conrelid::regclass::text FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
}


@pytest.fixture
def migrated(shop: Shop) -> Iterator[None]:
    """Bring the plugin back after the test, whatever became of it."""
    yield
    call_command("migrate", "saleor_backorders", verbosity=0)


def remove() -> None:
    call_command("migrate", "saleor_backorders", "zero", verbosity=0)


def install() -> None:
    call_command("migrate", "saleor_backorders", verbosity=0)


def picture() -> dict[str, set[Any]]:
    """Return what is in the database: its schema, and every row of every table."""
    with connection.cursor() as cursor:
        found = {}
        for name, query in SCHEMA.items():
            cursor.execute(query)
            found[name] = set(cursor.fetchall())
        for table, kind in sorted(found["tables"]):
            if kind == "r" and table != "django_migrations":
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
                found[table] = {row for (row,) in cursor.fetchall()}
    return found


def sells(lamp: Lamp) -> None:
    """Let an order wait, be served, and be thrown away again."""
    lamp.virtual = lamp.shop.allow(lamp.variant, lamp.channel)
    line = lamp.buy(3)
    lamp.arrive(1)
    assert (lamp.shop.has(line), lamp.shop.waits(line)) == (1, 2)
    order = line.order
    lamp.shop.cancel(line)
    line.delete()
    order.delete()
    lamp.shop.set_stock(lamp.variant, lamp.warehouse, 0)


def test_the_models_and_the_migrations_agree(db: None) -> None:
    call_command("makemigrations", "saleor_backorders", check=True, dry_run=True, verbosity=0)


def test_a_shop_is_after_the_plugin_what_it_was_before(shop: Shop, migrated: None) -> None:
    lamp = one_shelf(shop, 0)
    remove()
    before = picture()
    install()
    sells(lamp)
    assert len(picture()["triggers"]) > len(before["triggers"])
    remove()
    after = picture()
    assert sorted(after) == sorted(before)
    assert {name for name in before if after[name] != before[name]} == set()
    lamp.arrive(3)


def test_a_shop_that_sold_and_shipped_keeps_its_orders(shop: Shop, migrated: None) -> None:
    lamp = one_shelf(shop, 1)
    line = lamp.buy(3)
    shop.ship(line, lamp.warehouse, 1)
    lamp.arrive(2)
    remove()
    allocations = model("warehouse", "Allocation").objects.filter(
        order_line=line, quantity_allocated__gt=0
    )
    assert list(allocations.values_list("stock_id", "quantity_allocated")) == [(lamp.shelf.pk, 2)]
    assert list(model("warehouse", "Stock").objects.values_list("pk", flat=True)) == [lamp.shelf.pk]
    assert list(model("warehouse", "Warehouse").objects.values_list("pk", flat=True)) == [
        lamp.warehouse.pk
    ]


def test_the_plugin_is_not_removed_while_units_wait(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(3)
    before = picture()
    with pytest.raises(RuntimeError, match=r"^3 units are still waiting\. "):
        remove()
    assert picture() == before
    lamp.arrive(2)
    assert shop.ledger(line) == (3, 1, 2, 0, 0)


def test_a_shop_that_has_sold_already_keeps_what_it_allocated(shop: Shop, migrated: None) -> None:
    lamp = one_shelf(shop, 2)
    remove()
    line = shop.line(shop.order(lamp.channel), lamp.variant, 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)"
            " VALUES (%s, %s, 2)",
            [line.pk, lamp.shelf.pk],
        )
    install()
    lamp.virtual = shop.allow(lamp.variant, lamp.channel)
    later = lamp.buy(1)
    assert (shop.has(line), shop.waits(later)) == (2, 1)


def test_the_engine_goes_back_only_where_nobody_waits(
    lamp: Lamp, shop: Shop, migrated: None
) -> None:
    line = lamp.buy(2)
    with pytest.raises(RuntimeError, match=r"^2 units are still waiting\. "):
        call_command("migrate", "saleor_backorders", "0001", verbosity=0)
    lamp.arrive(2)
    call_command("migrate", "saleor_backorders", "0001", verbosity=0)
    found = picture()
    assert {name for name, _ in found["triggers"] if name.startswith("saleor_backorders")} == set()
    assert {name for name in found["functions"] if "saleor_backorders" in name[0]} == set()
    assert shop.has(line) == 2
    lamp.arrive(1)
    install()
    lamp.virtual = shop.allow(lamp.variant, lamp.channel)
    assert shop.waits(lamp.buy(3)) == 2
    lamp.arrive(2)
