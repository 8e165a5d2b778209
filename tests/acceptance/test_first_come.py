"""Whoever came first has the shelf, whichever way Saleor would have dealt it out."""

from __future__ import annotations

from tests.acceptance.shop import Shop


def test_of_two_orders_for_five_the_first_has_the_shelf(shop: Shop) -> None:
    shop.put(5)
    shop.allow(limit=10).must()

    first = shop.buy(5)
    second = shop.buy(5)

    assert shop.order(first).split == (5, 0)
    assert second.split == (0, 5)
    assert shop.backorders(first) == []


def test_the_first_can_be_shipped_at_once(shop: Shop) -> None:
    shop.put(5)
    shop.allow(limit=10).must()
    first, second = shop.buy(5), shop.buy(5)

    shop.fulfil(first, 5).must()

    assert shop.order(first).status == "FULFILLED"
    assert shop.order(second).split == (0, 5)


def test_the_shelf_is_used_up_over_two_warehouses_before_anybody_waits(shop: Shop) -> None:
    second = shop.add_warehouse("second", place=1)
    shop.put(2)
    shop.put(3, second)
    shop.allow(limit=10).must()

    order = shop.buy(7)

    assert order.held == {shop.shelf.slug: 2, second.slug: 3}
    assert order.waiting == 2
