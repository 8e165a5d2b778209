"""What is let go, what is refused and what is left when the plugin leaves the shop's database."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from saleor_backorders import engine, tasks
from saleor_backorders.host import get_host
from saleor_backorders.models import Backorder, Movement
from saleor_backorders.queue import queries as queue_queries
from saleor_backorders.queue import uninstall
from tests.services.counter import Counter, run_triggers
from tests.sql.world import model

OURS = """
SELECT 'trigger ' || tgname FROM pg_trigger
 WHERE NOT tgisinternal AND tgname LIKE 'saleor\\_backorders%'
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'saleor\\_backorders%'
UNION ALL SELECT relkind::text || ' ' || relname FROM pg_class
 WHERE relname LIKE 'saleor\\_backorders%' OR relname LIKE 'bo\\_%'
"""


@pytest.fixture
def counter(db: None) -> Counter:
    shop = Counter()
    shop.rule(allow=True, limit=10)
    model("plugins", "PluginConfiguration").objects.create(
        identifier="saleor.backorders", name="Backorders", active=True, configuration=[]
    )
    return shop


def sells(counter: Counter, units: int, free_stock: int = 0) -> Any:
    """Sell units of a new variant and return the order line."""
    variant = counter.sold(free_stock)
    counter.rule(allow=True, limit=10)
    line = counter.shop.buy(variant, units, counter.channel)
    run_triggers()
    return line


def left_of_us() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        return sorted(row[0] for row in cursor.fetchall())


def virtual_rows() -> tuple[int, int]:
    """Return how many stock rows and warehouses of ours there are."""
    stocks = model("warehouse", "Stock").objects.filter(pk__gte=1_000_000_000)
    warehouses = model("warehouse", "Warehouse").objects.filter(slug__startswith="00-backorders-")
    return stocks.count(), warehouses.count()


def held(line: Any) -> list[int]:
    """Return what a line has allocated, asked without the plugin's tables."""
    rows = model("warehouse", "Allocation").objects.filter(order_line=line)
    return list(rows.values_list("quantity_allocated", flat=True))


def run(*words: str) -> str:
    out = StringIO()
    call_command("backorders", "uninstall", *words, stdout=out)
    return out.getvalue()


def test_release_waiting__gives_up_each_unit_in_the_ledger_too(counter: Counter) -> None:
    line = sells(counter, 5, free_stock=2)
    released = queue_queries.release_waiting()
    assert [(row.product_name, row.units) for row in released] == [("Lamp", 3)]
    backorder = Backorder.objects.get(order_line_id=line.pk)
    assert (backorder.waiting, backorder.cancelled, backorder.status) == (0, 3, "cancelled")
    assert backorder.cancelled_at is not None
    moves = Movement.objects.filter(backorder_id=backorder.pk).order_by("pk")
    assert list(moves.values_list("kind", "quantity", "cause")) == [
        ("placed", 3, "order"),
        ("cancelled", 3, "uninstall"),
    ]
    assert held(line) == [2]
    run_triggers()
    assert engine.broken_invariants() == []


def test_release_waiting__keeps_what_was_allocated_already(counter: Counter) -> None:
    line = sells(counter, 5)
    stock = model("warehouse", "Stock").objects.get(
        product_variant_id=line.variant_id, warehouse=counter.warehouse
    )
    model("warehouse", "Stock").objects.filter(pk=stock.pk).update(quantity=2)
    run_triggers()
    queue_queries.release_waiting()
    backorder = Backorder.objects.get(order_line_id=line.pk)
    assert (backorder.allocated, backorder.cancelled, backorder.status) == (2, 3, "allocated")
    assert counter.shop.held(line) == {stock.pk: 2}
    run_triggers()
    assert engine.broken_invariants() == []


def test_uninstall__refused_while_units_wait_and_nothing_changes(counter: Counter) -> None:
    line = sells(counter, 3)
    before = left_of_us(), virtual_rows(), counter.shop.held(line)
    with pytest.raises(uninstall.UnitsStillWait, match=r"^3 units are still waiting\.$"):
        uninstall.uninstall(force=False)
    assert (left_of_us(), virtual_rows(), counter.shop.held(line)) == before
    assert Backorder.objects.get().waiting == 3
    assert get_host().shop.settings().active


def test_command__names_the_way_out(counter: Counter) -> None:
    sells(counter, 3)
    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value) == (
        "3 units are still waiting. Serve or cancel them first, or use --force."
    )
    assert refused.value.returncode == 1


def test_uninstall__without_waiting_units_needs_no_force(counter: Counter) -> None:
    line = sells(counter, 2, free_stock=2)
    assert uninstall.uninstall(force=False) == []
    assert left_of_us() == []
    assert held(line) == [2]


def test_command__force_says_what_it_let_go_and_leaves_nothing(counter: Counter) -> None:
    line = sells(counter, 5, free_stock=2)
    assert run("--force") == (
        f"Order {line.order.number}: 3 x Lamp ({line.product_sku}) no longer held.\n"
        "Removed. Now take the package out and restart the shop.\n"
    )
    assert left_of_us() == []
    assert virtual_rows() == (0, 0)
    assert held(line) == [2]
    assert not model("plugins", "PluginConfiguration").objects.exists()


def test_uninstall__the_running_shop_sells_on(counter: Counter) -> None:
    variant = counter.sold(4)
    sells(counter, 3)
    uninstall.uninstall(force=True)
    assert held(counter.shop.buy(variant, 2, counter.channel)) == [2]
    counter.warehouse.delete()
    tasks.sweep()
    tasks.resync()
