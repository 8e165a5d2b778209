"""Rows that somebody else holds: nobody is waited for, nobody passed over, nothing forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import sql

from saleor_backorders import engine
from tests.sql.conftest import Lamp, one_shelf
from tests.sql.wires import wire
from tests.sql.world import Shop, put_off


@contextmanager
def holding(table: str, column: str, line: Any) -> Iterator[None]:
    """Hold a row of a line, as somebody does who is about to change it."""
    with wire() as holder:
        holder.execute(
            sql.SQL("SELECT 1 FROM {} WHERE {} = %s FOR UPDATE").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            [line.pk],
        )
        yield


def test_a_locked_waiting_line_stops_the_service_and_is_not_passed_over(
    lamp: Lamp, shop: Shop
) -> None:
    first, second = lamp.buy(1), lamp.buy(1)
    with holding("warehouse_allocation", "order_line_id", first):
        lamp.arrive(2)
        assert (shop.has(first), shop.has(second)) == (0, 0)
        assert put_off() == ["a waiting line was locked"]
    assert [swept.units for swept in engine.sweep()] == [2]
    assert (shop.has(first), shop.has(second)) == (1, 1)
    assert put_off() == []


def test_who_stands_before_a_locked_line_is_served_and_nobody_behind_it(
    lamp: Lamp, shop: Shop
) -> None:
    lines = [lamp.buy(1) for _ in range(3)]
    with holding("warehouse_allocation", "order_line_id", lines[1]):
        lamp.arrive(3)
        assert [shop.has(line) for line in lines] == [1, 0, 0]
        assert put_off() == ["a waiting line was locked"]
    engine.sweep()
    assert [shop.has(line) for line in lines] == [1, 1, 1]


def test_a_line_that_gets_a_part_is_not_waited_for_while_somebody_holds_it(
    lamp: Lamp, shop: Shop
) -> None:
    whole, part = lamp.buy(1), lamp.buy(2)
    with holding("order_orderline", "id", part):
        lamp.arrive(2)
        assert (shop.has(whole), shop.has(part)) == (1, 0)
        assert put_off() == ["a waiting line was locked"]
    engine.sweep()
    assert (shop.has(whole), shop.has(part)) == (1, 1)


def test_what_a_shelf_lacks_is_taken_from_a_locked_line_by_the_sweep(shop: Shop) -> None:
    lamp = one_shelf(shop, 2)
    line = lamp.buy(2)
    with holding("warehouse_allocation", "order_line_id", line):
        lamp.arrive(-1)
        assert (shop.has(line), shop.waits(line)) == (2, 0)
        assert put_off() == ["an allocation was locked"]
    engine.sweep()
    assert (shop.has(line), shop.waits(line)) == (1, 1)


def test_a_virtual_row_that_somebody_holds_is_left_to_the_sweep(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    with wire() as holder:
        holder.execute(
            "SELECT 1 FROM warehouse_stock WHERE id = %s FOR UPDATE", [lamp.virtual.stock_id]
        )
        lamp.arrive(1)
        assert shop.has(line) == 0
        assert put_off() == ["a virtual row was locked"]
    engine.sweep()
    assert (shop.has(line), shop.waits(line)) == (1, 1)


def test_the_line_of_a_deleted_shelf_is_put_back_by_the_sweep_where_somebody_holds_it(
    shop: Shop,
) -> None:
    lamp = one_shelf(shop, 2)
    line = lamp.buy(2)
    with holding("order_orderline", "id", line):
        lamp.shelf.delete()
        assert shop.held(line) == {}
        assert put_off() == ["a line of a deleted shelf was locked"]
    engine.sweep()
    assert shop.held(line) == {0: 2}
    assert shop.ledger(line) == (2, 2, 0, 0, 0)
