"""Several connections at once: nobody is served past somebody, and nothing is lost."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import threading
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from saleor_backorders import engine
from saleor_backorders.models import (
    AllocationChange,
    Backorder,
    DirtyVariant,
    Movement,
    VirtualStock,
)
from tests.sql.conftest import Lamp, one_shelf
from tests.sql.wires import address, at_once, is_blocked, number, set_quantity, wire
from tests.sql.world import Shop, model, put_off


def second_shelf(lamp: Lamp) -> Any:
    annex = lamp.shop.warehouse([lamp.channel])
    lamp.shop.zone([lamp.channel], [annex])
    return lamp.shop.stock(lamp.variant, annex, 0)


def commit_together(*wires: Any) -> None:
    gate = threading.Barrier(len(wires))

    def commit(one: Any) -> None:
        gate.wait()
        one.commit()

    at_once(*(lambda one=one: commit(one) for one in wires))


def test_arrivals_on_two_shelves_at_once_keep_the_order_of_service(lamp: Lamp, shop: Shop) -> None:
    other_shelf = second_shelf(lamp)
    lines = [lamp.buy(1) for _ in range(12)]
    with wire() as one, wire() as two:
        for units in range(1, 6):
            set_quantity(one, lamp.shelf, units)
            set_quantity(two, other_shelf, units)
            commit_together(one, two)
            served = 2 * units
            assert [shop.has(line) for line in lines] == [1] * served + [0] * (12 - served)
    assert put_off() == []


def test_an_arrival_while_another_shelf_is_being_counted_leaves_a_mark_or_serves(
    lamp: Lamp, shop: Shop
) -> None:
    other_shelf = second_shelf(lamp)
    first, second = lamp.buy(1), lamp.buy(1)
    with wire() as counting:
        set_quantity(counting, other_shelf, 1)
        lamp.arrive(1)
        assert (shop.has(first), shop.has(second)) == (1, 0)
        assert put_off() == ["a shelf was locked"]
        counting.commit()
    assert (shop.has(first), shop.has(second)) == (1, 1)
    assert put_off() == []


def test_an_order_placed_earlier_and_committed_later_stands_before_who_committed_meanwhile(
    lamp: Lamp, shop: Shop
) -> None:
    early = shop.line(shop.order(lamp.channel), lamp.variant, 1)
    late = lamp.buy(1)
    with wire() as holder:
        holder.execute(
            "SELECT 1 FROM warehouse_allocation WHERE order_line_id = %s FOR UPDATE", [late.pk]
        )
        lamp.arrive(1)
        with transaction.atomic():
            shop.allocate(early, 1)
    assert (shop.has(early), shop.has(late), shop.waits(late)) == (1, 0, 1)
    assert engine.sweep() == []
    assert put_off() == []


def test_a_cancel_and_an_arrival_at_once_serve_the_next_in_line(lamp: Lamp, shop: Shop) -> None:
    for _ in range(5):
        first, second = lamp.buy(1), lamp.buy(1)
        at_once(partial(shop.cancel, first), lambda: lamp.arrive(1))
        engine.sweep()
        assert (shop.has(first), shop.waits(first)) == (0, 0)
        assert shop.has(second) == 1
        assert put_off() == []


def test_of_orders_that_race_for_the_last_unit_one_has_it(shop: Shop) -> None:
    lamp = one_shelf(shop, 1)
    lines = at_once(*[lambda: lamp.buy(1)] * 6)
    engine.sweep()
    assert sorted(shop.has(line) for line in lines) == [0, 0, 0, 0, 0, 1]
    assert sorted(shop.waits(line) for line in lines) == [0, 1, 1, 1, 1, 1]


def test_orders_of_two_channels_and_arrivals_at_once_lose_no_work(shop: Shop) -> None:
    shop.clock = itertools.count()
    channels = [shop.channel(), shop.channel()]
    places = [shop.warehouse(channels), shop.warehouse(channels[:1])]
    shop.zone(channels, places)
    variants = [shop.variant() for _ in range(3)]
    for variant in variants:
        for place in places:
            shop.stock(variant, place, 2)
        for channel in channels:
            shop.allow(variant, channel)

    def traffic(seed: int) -> int:
        dice = random.Random(seed)  # noqa: S311  (a repeatable mix, no secret)
        mine: list[Any] = []
        for _ in range(14):
            variant = dice.choice(variants)
            act = dice.random()
            if act < 0.45:
                mine += order_of_all(dice.choice(channels), dice.randint(1, 3))
            elif act < 0.75:
                shop.set_stock(variant, dice.choice(places), change=dice.randint(1, 3))
            elif mine:
                shop.cancel(mine.pop(dice.randrange(len(mine))))
        return len(mine)

    @transaction.atomic
    def order_of_all(channel: Any, quantity: int) -> list[Any]:
        return [shop.buy(variant, quantity, channel) for variant in variants]

    at_once(*(lambda seed=seed: traffic(seed) for seed in range(4)))
    engine.sweep()
    assert put_off() == []
    assert (DirtyVariant.objects.count(), AllocationChange.objects.count()) == (0, 0)


def test_a_transaction_that_rolls_back_leaves_nothing(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    moved = Movement.objects.count()
    with wire() as other:
        set_quantity(other, lamp.shelf, 5)
        other.rollback()
    assert (shop.has(line), shop.waits(line)) == (0, 2)
    assert Movement.objects.count() == moved
    assert (DirtyVariant.objects.count(), AllocationChange.objects.count()) == (0, 0)


KILLED = """
import sys, signal, psycopg
other = psycopg.connect(sys.argv[1])
other.execute("UPDATE warehouse_stock SET quantity = quantity + 5 WHERE id = %s", [sys.argv[2]])
print("written", flush=True)
signal.pause()
"""


def test_a_process_that_is_killed_halfway_leaves_nothing(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    command = [sys.executable, "-c", KILLED, psycopg.conninfo.make_conninfo(**address())]
    with subprocess.Popen([*command, str(lamp.shelf.pk)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    lamp.arrive(1)
    assert shop.ledger(line) == (2, 1, 1, 0, 0)
    assert (DirtyVariant.objects.count(), AllocationChange.objects.count()) == (0, 0)


def test_a_redirected_order_and_an_arrival_do_not_wait_for_each_other(
    lamp: Lamp, shop: Shop
) -> None:
    line = lamp.buy(1, country="US")
    with wire() as moving, wire() as arriving:
        moving.execute(
            "UPDATE account_address SET country = 'CA' WHERE id = %s",
            [line.order.shipping_address_id],
        )
        set_quantity(arriving, lamp.shelf, 1)
        commit = threading.Thread(target=arriving.commit)
        commit.start()
        commit.join(timeout=0.7)
        waited = is_blocked(arriving.info.backend_pid)
        moving.commit()
        commit.join()
    assert not waited
    engine.sweep()
    assert Backorder.objects.get().destination == f"{lamp.channel.pk}/CA/"


def test_thousands_of_variants_in_one_transaction_take_a_bounded_number_of_locks(
    shop: Shop,
) -> None:
    lamp = one_shelf(shop, 0)
    line = lamp.buy(1)
    many_more_variants(lamp, 2500)
    with wire() as other:
        other.execute("UPDATE warehouse_stock SET quantity = quantity + 1 WHERE id < 1000000000")
        other.execute("SET CONSTRAINTS ALL IMMEDIATE")
        held = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
        assert number(other, f"{held} AND locktype = 'advisory'") == 512
        assert number(other, held) < 700
        other.commit()
    assert shop.has(line) == 1
    assert DirtyVariant.objects.count() == 0


def many_more_variants(lamp: Lamp, count: int) -> None:
    rows = model("product", "ProductVariant").objects.bulk_create(
        type(lamp.variant)(product=lamp.variant.product, name="Red", sku=f"many-{number}")
        for number in range(count)
    )
    stocks = type(lamp.shelf).objects
    stocks.bulk_create(
        type(lamp.shelf)(product_variant=row, warehouse=lamp.warehouse, quantity=0) for row in rows
    )
    home = stocks.get(pk=lamp.virtual.stock_id).warehouse
    first = lamp.virtual.stock_id + 1
    VirtualStock.objects.bulk_create(
        VirtualStock(
            stock_id=first + place, variant_id=row.pk, channel_id=lamp.channel.pk, limit_units=9
        )
        for place, row in enumerate(rows)
    )
    stocks.bulk_create(
        type(lamp.shelf)(pk=first + place, product_variant=row, warehouse=home, quantity=9)
        for place, row in enumerate(rows)
    )


def test_a_transaction_with_an_old_snapshot_is_finished_by_the_sweep(
    lamp: Lamp, shop: Shop
) -> None:
    with wire() as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        number(other, "SELECT count(*) FROM warehouse_stock")
        line = lamp.buy(2)
        set_quantity(other, lamp.shelf, 2)
        other.commit()
    assert shop.has(line) == 0
    assert put_off() == ["the transaction saw an older state"]
    assert [swept.units for swept in engine.sweep()] == [2]
    assert shop.ledger(line) == (2, 0, 2, 0, 0)


def test_a_commit_waits_no_longer_than_it_was_told_to(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(1)
    with wire() as holder, wire(options="-c lock_timeout=50ms") as other:
        holder.execute("SELECT saleor_backorders_lock(%s::integer[])", [[lamp.variant.pk]])
        set_quantity(other, lamp.shelf, 1)
        other.commit()
        assert put_off() == ["55P03 canceling statement due to lock timeout"]
    engine.sweep()
    assert shop.has(line) == 1


@pytest.mark.parametrize(
    "function",
    ["saleor_backorders_serve_stocks", "saleor_backorders_calm", "saleor_backorders_lock"],
)
def test_an_engine_that_fails_stops_no_commit_and_says_why(
    lamp: Lamp, shop: Shop, function: str
) -> None:
    line = lamp.buy(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid), regexp_replace(pg_get_functiondef(oid),"
            " 'AS \\$.*', 'AS $f$ BEGIN RAISE EXCEPTION ''out of order''; END $f$')"
            " FROM pg_proc WHERE proname = %s",
            [function],
        )
        whole, broken = cursor.fetchone()
        cursor.execute(broken.replace("LANGUAGE sql", "LANGUAGE plpgsql"))
        try:
            lamp.arrive(2)
        finally:
            cursor.execute(whole)
    assert model("warehouse", "Stock").objects.get(pk=lamp.shelf.pk).quantity == 2
    assert put_off() == ["P0001 out of order"]
    assert shop.has(line) == 0
    engine.sweep()
    assert shop.has(line) == 1


@pytest.mark.parametrize(
    "table",
    [
        "dirtyvariant",
        "allocationchange",
        "backorder",
        "movement",
        "virtualstock",
        "virtualwarehouse",
    ],
)
def test_a_half_removed_plugin_stops_no_commit(lamp: Lamp, shop: Shop, table: str) -> None:
    line = lamp.buy(1, country="US")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE saleor_backorders_{table} RENAME TO gone")
        try:
            lamp.arrive(2)
            cursor.execute("UPDATE warehouse_allocation SET quantity_allocated = 0")
            cursor.execute("UPDATE account_address SET country = 'CA'")
        finally:
            cursor.execute(f"ALTER TABLE gone RENAME TO saleor_backorders_{table}")
    assert model("warehouse", "Stock").objects.get(pk=lamp.shelf.pk).quantity == 2
    assert shop.held(line) == {}
    engine.repair()
