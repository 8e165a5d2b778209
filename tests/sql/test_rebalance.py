"""What is true after every COMMIT, whoever wrote the stock."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from saleor_backorders.models import Backorder, Movement, Promise, VirtualStock
from tests.days import in_days
from tests.sql.conftest import Lamp, one_shelf
from tests.sql.world import Shop, model


def moves(line: Any) -> list[tuple[str, int]]:
    backorder = Backorder.objects.get(order_line_id=line.pk)
    rows = Movement.objects.filter(backorder_id=backorder.pk).order_by("id")
    return list(rows.values_list("kind", "quantity"))


def test_an_order_beyond_the_shelf_waits_for_the_rest(shop: Shop) -> None:
    lamp = one_shelf(shop, 2)
    line = lamp.buy(5)
    assert (shop.has(line), shop.waits(line)) == (2, 3)
    assert shop.ledger(line) == (3, 3, 0, 0, 0)
    assert moves(line) == [("placed", 3)]


def test_an_order_that_the_shelf_covers_leaves_no_trace(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(5)
    assert shop.has(line) == 5
    assert shop.ledger(line) is None


def test_two_orders_for_five_with_five_on_the_shelf__the_second_waits(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    first, second = lamp.buy(5), lamp.buy(5)
    assert (shop.has(first), shop.waits(first)) == (5, 0)
    assert (shop.has(second), shop.waits(second)) == (0, 5)
    shop.ship(first, lamp.warehouse, 5)
    assert shop.ledger(first) is None
    assert shop.ledger(second) == (5, 5, 0, 0, 0)


def test_an_order_that_was_put_on_the_virtual_row_gets_the_free_shelf(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = shop.line(shop.order(lamp.channel), lamp.variant, 5)
    virtual = model("warehouse", "Stock").objects.get(pk=lamp.virtual.stock_id)
    shop.give(line, virtual, 5)
    assert (shop.has(line), shop.waits(line)) == (5, 0)


def test_arriving_units_go_to_the_oldest_order_first(lamp: Lamp, shop: Shop) -> None:
    first, second = lamp.buy(3), lamp.buy(2)
    lamp.arrive(4)
    assert (shop.has(first), shop.has(second)) == (3, 1)
    assert shop.ledger(first) == (3, 0, 3, 0, 0)
    assert shop.ledger(second) == (2, 1, 1, 0, 0)
    assert Backorder.objects.get(order_line_id=first.pk).status == "allocated"
    assert Backorder.objects.get(order_line_id=second.pk).status == "partially_allocated"


def test_a_higher_priority_is_served_before_an_older_order(lamp: Lamp, shop: Shop) -> None:
    old, urgent = lamp.buy(2), lamp.buy(2)
    Backorder.objects.filter(order_line_id=urgent.pk).update(priority=5)
    lamp.arrive(3)
    assert (shop.has(old), shop.has(urgent)) == (1, 2)


def test_a_newcomer_does_not_take_what_comes_with_its_own_transaction(
    lamp: Lamp, shop: Shop
) -> None:
    waiting = lamp.buy(3)
    with transaction.atomic():
        lamp.arrive(2)
        newcomer = lamp.buy(2)
    assert (shop.has(waiting), shop.has(newcomer)) == (2, 0)
    assert shop.ledger(newcomer) == (2, 2, 0, 0, 0)


def test_a_newcomer_takes_a_shelf_that_those_who_wait_cannot_use(shop: Shop) -> None:
    lamp = one_shelf(shop, 0)
    lamp.buy(1)
    other = shop.channel()
    place = shop.warehouse([other])
    shop.zone([other], [place])
    shop.stock(lamp.variant, place, 2)
    shop.allow(lamp.variant, other)
    line = shop.buy(lamp.variant, 2, other)
    assert shop.has(line) == 2
    assert shop.ledger(line) is None


def test_releasing_is_not_receiving(lamp: Lamp, shop: Shop) -> None:
    first, middle, last = lamp.buy(1), lamp.buy(2), lamp.buy(1)
    for quantity in (1, 3, 2):
        shop.edit(middle, quantity)
        assert [shop.waits(line) for line in (first, middle, last)] == [1, quantity, 1]
    shop.cancel(middle)
    assert [shop.waits(line) for line in (first, middle, last)] == [1, 0, 1]
    assert shop.ledger(first) == (1, 1, 0, 0, 0)
    assert shop.ledger(middle) == (4, 0, 0, 0, 4)


def test_a_line_that_is_edited_keeps_what_it_held(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    edited = lamp.buy(8)
    other = lamp.buy(4)
    shop.edit(edited, 6)
    assert (shop.has(edited), shop.waits(edited)) == (5, 1)
    shop.edit(edited, 9)
    assert (shop.has(edited), shop.waits(edited)) == (5, 4)
    assert (shop.has(other), shop.waits(other)) == (0, 4)
    assert shop.ledger(edited) == (6, 4, 0, 0, 2)


def test_cancelling_an_order_gives_its_real_units_to_the_queue(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    holder, waiter = lamp.buy(5), lamp.buy(3)
    shop.cancel(holder)
    assert (shop.has(waiter), shop.waits(waiter)) == (3, 0)
    assert shop.ledger(waiter) == (3, 0, 3, 0, 0)
    assert shop.free(lamp.shelf) == 2


def test_shipping_the_part_on_the_shelf_leaves_the_rest_waiting(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(8)
    shop.ship(line, lamp.warehouse, 5)
    assert shop.held(line) == {0: 3}
    assert shop.ledger(line) == (3, 3, 0, 0, 0)
    lamp.arrive(3)
    shop.ship(line, lamp.warehouse, 3)
    assert shop.ledger(line) == (3, 0, 0, 3, 0)
    assert Backorder.objects.get(order_line_id=line.pk).status == "fulfilled"


def test_a_forced_dispatch_of_waiting_units_is_recorded_for_what_it_was(
    lamp: Lamp, shop: Shop
) -> None:
    line, next_in_line = lamp.buy(3), lamp.buy(1)
    shop.ship(line, lamp.warehouse, 2)
    assert shop.ledger(line) == (3, 1, 0, 2, 0)
    assert moves(line) == [("placed", 3), ("forced", 2)]
    lamp.arrive(3)
    assert (shop.has(line), shop.has(next_in_line)) == (1, 0)


def test_a_shipment_called_back_goes_to_whoever_is_first(shop: Shop) -> None:
    lamp = one_shelf(shop, 2)
    early = lamp.buy(2)
    shipped = shop.ship(early, lamp.warehouse, 2)
    late = lamp.buy(2)
    shop.call_back(shipped, lamp.warehouse)
    assert (shop.has(early), shop.waits(late)) == (2, 2)


def test_a_shipment_called_back_of_a_later_order_serves_the_earlier_one(shop: Shop) -> None:
    lamp = one_shelf(shop, 0)
    early = lamp.buy(2)
    Backorder.objects.filter(order_line_id=early.pk).update(priority=-1)
    late = lamp.buy(2)
    lamp.arrive(2)
    shipped = shop.ship(late, lamp.warehouse, 2)
    assert shop.ledger(late) == (2, 0, 0, 2, 0)
    Backorder.objects.filter(order_line_id=early.pk).update(priority=1)
    shop.call_back(shipped, lamp.warehouse)
    assert (shop.has(early), shop.has(late)) == (2, 0)
    assert shop.ledger(late) == (2, 2, 0, 0, 0)


def test_refunding_unshipped_units_gives_up_what_waits_first(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(8)
    shop.refund_unshipped(line, 2)
    assert (shop.has(line), shop.waits(line)) == (5, 1)
    assert shop.ledger(line) == (3, 1, 0, 0, 2)


def test_a_shelf_that_shrinks_makes_the_newest_wait(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    first, second = lamp.buy(3), lamp.buy(2)
    shop.set_stock(lamp.variant, lamp.warehouse, 2)
    assert (shop.has(first), shop.has(second)) == (2, 0)
    assert shop.ledger(first) == (1, 1, 0, 0, 0)
    assert shop.ledger(second) == (2, 2, 0, 0, 0)
    lamp.arrive(3)
    assert shop.ledger(first) == (1, 0, 1, 0, 0)
    shop.set_stock(lamp.variant, lamp.warehouse, 4)
    assert moves(second) == [("placed", 2), ("allocated", 2), ("withdrawn", 1)]


@pytest.mark.parametrize("priorities", [(0, 5), (5, 0)])
def test_a_shelf_that_shrinks_makes_the_lowest_priority_wait_whoever_is_newer(
    lamp: Lamp, shop: Shop, priorities: tuple[int, int]
) -> None:
    lines = [lamp.buy(1), lamp.buy(1)]
    lamp.arrive(2)
    for line, priority in zip(lines, priorities, strict=True):
        Backorder.objects.filter(order_line_id=line.pk).update(priority=priority)
    lamp.arrive(-1)
    assert [shop.waits(line) for line in lines] == [int(priority == 0) for priority in priorities]


@pytest.mark.parametrize("priorities", [(0, 5), (5, 0)])
def test_who_never_waited_has_the_priority_of_the_channel(
    shop: Shop, priorities: tuple[int, int]
) -> None:
    channels = [shop.channel(), shop.channel()]
    place = shop.warehouse(channels)
    shop.zone(channels, [place])
    variant = shop.variant()
    shop.stock(variant, place, 2)
    for channel, priority in zip(channels, priorities, strict=True):
        shop.allow(variant, channel, priority=priority)
    lines = [shop.buy(variant, 1, channel) for channel in channels]
    assert [shop.has(line) for line in lines] == [1, 1]
    shop.set_stock(variant, place, 1)
    assert [shop.waits(line) for line in lines] == [int(priority == 0) for priority in priorities]


def test_who_was_placed_later_waits_again_before_who_was_placed_earlier(shop: Shop) -> None:
    lamp = one_shelf(shop, 4)
    early, late = lamp.buy(2), lamp.buy(2)
    lamp.arrive(-1)
    assert (shop.has(early), shop.has(late)) == (2, 1)
    lamp.arrive(-2)
    assert (shop.has(early), shop.has(late)) == (1, 0)


@pytest.mark.parametrize(("days", "kept"), [(0, True), (-1, False), (1, True)])
def test_a_promise_is_kept_on_its_day_and_not_on_the_day_after(
    lamp: Lamp, shop: Shop, days: int, kept: bool
) -> None:
    line = lamp.buy(2)
    with transaction.atomic():
        Backorder.objects.update(promised_on=in_days(days))
        Promise.objects.update(promised_on=in_days(days))
        lamp.arrive(2)
    assert shop.ledger(line) == (2, 0, 2, 0, 0)
    assert Backorder.objects.get().kept is kept


def test_whether_a_promise_was_kept_is_said_once_all_of_it_arrived(lamp: Lamp) -> None:
    lamp.buy(2)
    lamp.arrive(1)
    assert Backorder.objects.get().kept is None
    lamp.arrive(1)
    assert Backorder.objects.get().kept is True


def test_a_deleted_shelf_puts_its_units_back_to_waiting(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(7)
    lamp.shelf.delete()
    assert shop.held(line) == {0: 7}
    assert shop.ledger(line) == (7, 7, 0, 0, 0)


@pytest.mark.parametrize("status", ["canceled", "expired", "draft"])
def test_a_deleted_shelf_makes_nobody_wait_whose_order_is_off(shop: Shop, status: str) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(3)
    with transaction.atomic():
        type(line.order).objects.filter(pk=line.order_id).update(status=status)
        lamp.shelf.delete()
    assert shop.held(line) == {}
    assert shop.ledger(line) is None


def test_a_deleted_shelf_puts_no_more_back_than_is_still_to_be_shipped(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(5)
    with transaction.atomic():
        type(line).objects.filter(pk=line.pk).update(quantity_fulfilled=2)
        lamp.shelf.delete()
    assert shop.held(line) == {0: 3}
    assert shop.ledger(line) == (3, 3, 0, 0, 0)


def test_a_deleted_warehouse_moves_its_units_to_another_shelf(shop: Shop) -> None:
    lamp = one_shelf(shop, 5)
    line = lamp.buy(5)
    second = shop.warehouse([lamp.channel])
    shop.zone([lamp.channel], [second])
    shelf = shop.stock(lamp.variant, second, 3)
    lamp.warehouse.delete()
    assert shop.held(line) == {shelf.pk: 3, 0: 2}
    assert shop.ledger(line) == (2, 2, 0, 0, 0)


def test_a_deleted_variant_leaves_its_ledger_rows_readable(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    lamp.variant.delete()
    assert shop.ledger(line) == (2, 0, 0, 0, 2)
    assert Backorder.objects.get(order_line_id=line.pk).product_name == "Lamp"
    assert not VirtualStock.objects.exists()


def test_a_virtual_row_that_somebody_changed_is_put_right(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    virtual = model("warehouse", "Stock").objects.filter(pk=lamp.virtual.stock_id)
    virtual.update(quantity=3, quantity_allocated=9)
    assert virtual.values_list("quantity", "quantity_allocated").get() == (1000, 2)
    assert shop.waits(line) == 2


def test_a_limit_below_what_waits_drops_nobody(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    virtual = model("warehouse", "Stock").objects.filter(pk=lamp.virtual.stock_id)
    type(lamp.virtual).objects.filter(pk=lamp.virtual.pk).update(limit_units=2)
    virtual.update(quantity=0)
    assert virtual.values_list("quantity", flat=True).get() == 5
    lamp.arrive(4)
    assert virtual.values_list("quantity", flat=True).get() == 2
    assert shop.waits(line) == 1


def test_duplicate_rows_of_one_line_become_one(lamp: Lamp, shop: Shop) -> None:
    line = shop.line(shop.order(lamp.channel), lamp.variant, 5)
    virtual = model("warehouse", "Stock").objects.get(pk=lamp.virtual.stock_id)
    shop.give(line, virtual, 2)
    shop.give(line, virtual, 3)
    assert model("warehouse", "Allocation").objects.filter(order_line=line).count() == 1
    assert shop.ledger(line) == (5, 5, 0, 0, 0)
