"""What the management command finds and mends."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.checks import WARNING
from django.core.management import CommandError, call_command
from django.db import connection

from saleor_backorders import checks
from saleor_backorders.models import VirtualStock
from tests.services.counter import Counter, run_triggers
from tests.services.test_virtual_warehouses import virtual
from tests.sql.world import model


@pytest.fixture
def counter(db: None) -> Counter:
    return Counter()


def run(*words: str) -> str:
    out = StringIO()
    run_triggers()
    call_command("backorders", *words, stdout=out)
    return out.getvalue()


def findings() -> list[str]:
    out = StringIO()
    run_triggers()
    with pytest.raises(CommandError):
        call_command("backorders", "check", stdout=out)
    return out.getvalue().splitlines()


def reset_host_sequence() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('warehouse_stock', 'id'),"
            " (SELECT max(id) FROM warehouse_stock))"
        )


def test_check__nothing_to_say_about_a_sound_shop(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=10)
    counter.shop.buy(variant, 5, counter.channel)
    assert run("check") == ""


def test_repair__shelves_that_took_ids_of_the_virtual_range(counter: Counter) -> None:
    counter.sold(2)
    counter.rule(allow=True, limit=10)
    reset_host_sequence()
    late = counter.sold(3)
    shelf = model("warehouse", "Stock").objects.get(product_variant=late)
    assert shelf.pk > 1_000_000_000
    line = counter.shop.line(counter.shop.order(counter.channel), late, 2)
    counter.shop.give(line, shelf, 2)
    assert any("of the virtual range" in finding for finding in findings())
    assert [each.id for each in checks.check_row_order(databases=["default"])] == [
        "saleor_backorders.W001"
    ]
    run("repair")
    assert run("check") == ""
    assert checks.check_row_order(databases=["default"]) == []
    shelf = model("warehouse", "Stock").objects.get(product_variant=late)
    assert shelf.pk < 1_000_000_000
    assert counter.shop.held(line) == {shelf.pk: 2}
    assert counter.shop.stock(counter.shop.variant(), counter.warehouse, 1).pk < 1_000_000_000


@pytest.mark.parametrize("count", [1, 2])
def test_row_order__is_warned_of_from_the_first_row_on(counter: Counter, count: int) -> None:
    counter.sold(2)
    counter.rule(allow=True, limit=10)
    for number in range(count):
        model("warehouse", "Stock").objects.create(
            pk=2_000_000_000 + number, product_variant=counter.shop.variant(),
            warehouse=counter.warehouse, quantity=1,
        )  # fmt: skip
    (found,) = checks.check_row_order(databases=["default"])
    assert (found.id, found.level) == ("saleor_backorders.W001", WARNING)
    assert found.msg.startswith(f"{count} stock rows are out of order; the first: ")
    assert checks.check_row_order(databases=["replica"]) == []


def test_repair__a_row_that_staff_made_in_the_virtual_warehouse(counter: Counter) -> None:
    counter.sold()
    counter.rule(allow=True, limit=10)
    counter.rule(allow=False)
    late = counter.sold()
    foreign = counter.shop.stock(late, virtual(), 4)
    line = counter.shop.line(counter.shop.order(counter.channel), late, 3)
    counter.shop.give(line, foreign, 3)
    assert findings() != []
    run("repair")
    assert run("check") == ""
    row = VirtualStock.objects.get(variant_id=late.pk)
    assert (row.stock_id >= 1_000_000_000, row.limit_units, row.waiting_units) == (True, 0, 3)
    assert counter.shop.waits(line) == 3


def test_repair__a_virtual_row_deleted_behind_our_back(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    model("warehouse", "Stock").objects.filter(product_variant=variant)._raw_delete("default")
    assert findings() != []
    run("sync")
    assert run("check") == ""


def test_check__names_what_is_broken_and_ends_in_failure(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    model("warehouse", "Stock").objects.filter(product_variant=variant)._raw_delete("default")
    run_triggers()
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("backorders", "check", stdout=out)
    lines = out.getvalue().splitlines()
    assert (failed.value.returncode, str(failed.value)) == (1, f"{len(lines)} findings.")
    assert all(f"variant {variant.pk}: " in line for line in lines)


def test_sweep_and_sync__say_what_they_did(counter: Counter) -> None:
    assert run("sync") == "Changed 0 links and 0 variants.\n"
    assert run("sweep") == "Rebalanced 0 variants, 0 units moved.\n"


def test_host_tables__are_as_our_sql_names_them(db: None) -> None:
    assert checks.check_host_tables(databases=["default"]) == []
    assert checks.check_postgresql(databases=["default"]) == []


def test_host_tables__a_renamed_column_is_found(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE product_category RENAME COLUMN lft TO left_edge")
    found: list[Any] = checks.check_host_tables(databases=["default"])
    assert [(each.id, each.msg) for each in found] == [
        ("saleor_backorders.E002", "The table product_category has no lft.")
    ]
