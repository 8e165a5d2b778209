"""Priority, then age, then reach decide who gets a unit."""

from __future__ import annotations

import pytest

from tests.acceptance.shop import ADDRESS, CANADA, Placed, Shop


@pytest.fixture
def branch(shop: Shop) -> Shop:
    """Open a second channel with an empty shelf, both selling beyond what they have."""
    branch = shop.branch()
    branch.shelf = branch.add_warehouse("elsewhere")
    shop.allow(limit=20).must()
    branch.allow(limit=20).must()
    return branch


def splits(*orders: tuple[Shop, Placed]) -> list[tuple[int, int]]:
    """Return the orders' units on shelves and waiting."""
    return [shop.order(order).split for shop, order in orders]


def test_one_queue_over_two_channels_oldest_first(shop: Shop, branch: Shop) -> None:
    shared = shop.add_warehouse(
        "shared", zones=[shop.zone, branch.zone], channels=[shop.channel, branch.channel]
    )
    shop.put(0, shared)
    oldest, middle, youngest = shop.buy(2), branch.buy(2), shop.buy(2)

    shop.set_stock(3, shared).must()

    assert splits((shop, oldest), (branch, middle), (shop, youngest)) == [(2, 0), (1, 1), (0, 2)]
    shop.set_stock(5, shared).must()
    assert splits((shop, oldest), (branch, middle), (shop, youngest)) == [(2, 0), (2, 0), (1, 1)]


def test_a_higher_priority_is_served_before_age(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=20).must()
    old, urgent, young = shop.buy(2), shop.buy(3), shop.buy(1)

    shop.prioritise(urgent, 10).must()
    assert shop.backorder(urgent)["queuePosition"] == 1
    shop.set_stock(4).must()

    assert [shop.order(order).split for order in (old, urgent, young)] == [(1, 1), (3, 0), (0, 1)]


def test_equal_orders_are_served_one_after_the_other(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=20).must()
    twins = [shop.buy(2), shop.buy(2)]
    shop.host.sql(
        "UPDATE saleor_backorders_backorder SET placed_at = '2026-01-01' WHERE variant_id = %s",
        shop.variant.pk,
    )

    shop.set_stock(1).must()
    assert [shop.order(order).split for order in twins] == [(1, 1), (0, 2)]
    shop.set_stock(3).must()
    assert [shop.order(order).split for order in twins] == [(2, 0), (1, 1)]


def test_two_warehouses_serve_one_queue(shop: Shop) -> None:
    second = shop.add_warehouse("second", place=1)
    shop.put(0)
    shop.put(0, second)
    shop.allow(limit=20).must()
    first, last = shop.buy(3), shop.buy(3)

    shop.set_stock(2, second).must()
    shop.set_stock(2).must()

    assert shop.order(first).held == {second.slug: 2, shop.shelf.slug: 1}
    assert shop.order(first).waiting == 0
    assert shop.order(last).held == {shop.shelf.slug: 1}
    assert shop.order(last).waiting == 2


def test_a_unit_stays_in_its_channel(shop: Shop, branch: Shop) -> None:
    shop.put(0)
    older_elsewhere = branch.buy(2)
    here = shop.buy(1)

    shop.set_stock(3).must()

    assert splits((branch, older_elsewhere), (shop, here)) == [(0, 2), (1, 0)]
    assert shop.buy(2).split == (2, 0)


def test_a_unit_goes_where_its_zone_reaches(shop: Shop, setting: tuple[str, bool]) -> None:
    method, canada = shop.add_zone("CA")
    northern = shop.add_warehouse("northern", zones=[canada], place=1)
    shop.put(0)
    shop.put(0, northern)
    shop.allow(limit=20).must()
    to_canada = shop.buy(2, address=CANADA, method=method)
    to_america = shop.buy(1)
    zones_count = setting[1]

    shop.set_stock(3).must()

    assert shop.order(to_canada).split == ((0, 2) if zones_count else (2, 0))
    assert shop.order(to_america).split == (1, 0)
    shop.set_stock(2, northern).must()
    assert shop.order(to_canada).split == (2, 0)


def test_a_parcel_for_a_local_point_comes_from_that_point_only(shop: Shop) -> None:
    point = shop.add_warehouse("point", pickup="local", place=1)
    shop.put(0)
    shop.put(2, point)
    shop.allow(limit=20).must()
    order = collect(shop, point, 2)

    shop.set_stock(0, point).must()
    assert shop.order(order).split == (0, 2)
    shop.set_stock(2).must()
    assert shop.order(order).split == (0, 2)
    shop.set_stock(1, point).must()

    assert shop.order(order).held == {point.slug: 1}
    assert shop.order(order).waiting == 1


def test_a_parcel_for_a_point_that_takes_from_all_comes_from_anywhere(shop: Shop) -> None:
    point = shop.add_warehouse("point", pickup="all", place=1)
    shop.put(0)
    shop.put(1, point)
    shop.allow(limit=20).must()

    order = collect(shop, point, 3)
    assert order.split == (1, 2)
    shop.set_stock(2).must()

    assert shop.order(order).held == {point.slug: 1, shop.shelf.slug: 2}


def collect(shop: Shop, point: object, quantity: int) -> Placed:
    """Buy and come to fetch it."""
    return shop.buy(quantity, address=ADDRESS, method=point)
