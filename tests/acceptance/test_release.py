"""Releasing a promise is not receiving goods: nobody else is served by it."""

from __future__ import annotations

from tests.acceptance.shop import Shop


def test_editing_and_cancelling_one_order_changes_no_other(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=10).must()
    first, middle, last = shop.buy(1), shop.buy(2), shop.buy(1)

    shop.change_line(middle, 1).must()
    assert shop.order(middle).split == (0, 1)
    shop.change_line(middle, 4).must()
    assert shop.order(middle).split == (0, 4)
    shop.cancel(middle).must()

    assert shop.order(middle).split == (0, 0)
    assert [shop.order(order).split for order in (first, last)] == [(0, 1), (0, 1)]
    assert [shop.backorder(order)["quantityWaiting"] for order in (first, last)] == [1, 1]
    assert shop.backorder(middle)["status"] == "CANCELLED"


def test_a_cancelled_wait_makes_room_below_the_limit(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=4).must()
    order = shop.buy(4)
    assert shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]

    shop.cancel(order).must()

    assert shop.buy(4).split == (0, 4)


def test_a_raised_line_waits_within_the_limit_only(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=5).must()
    order = shop.buy(3)

    assert shop.change_line(order, 6).codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(order).split == (0, 3)
    shop.change_line(order, 5).must()
    assert shop.order(order).split == (0, 5)
