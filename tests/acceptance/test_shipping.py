"""Ship what is there; what waits, and what is somebody else's, stays."""

from __future__ import annotations

import pytest

from tests.acceptance.shop import Shop


def assert_clean(shop: Shop) -> None:
    """Ask the plugin's own check whether every invariant holds."""
    checked = shop.host.manage("backorders", "check")
    assert (checked["output"].strip(), checked["status"]) == ("", 0)


def movements(shop: Shop, kind: str) -> int:
    """Add up the movements of one kind for the shop's variant."""
    ((total,),) = shop.host.sql(
        "SELECT coalesce(sum(quantity), 0)::int FROM saleor_backorders_movement"
        " WHERE variant_id = %s AND kind = %s",
        shop.variant.pk,
        kind,
    )
    return int(total)


def test_the_part_on_the_shelf_ships_while_the_rest_waits(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    order = shop.buy(5)

    shop.fulfil(order, 2).must()

    after = shop.order(order)
    assert after.status == "PARTIALLY_FULFILLED"
    assert after.split == (0, 3)
    assert shop.backorder(order)["quantityWaiting"] == 3
    shop.set_stock(3).must()
    shop.fulfil(order, 3).must()
    assert shop.order(order).status == "FULFILLED"
    assert shop.backorder(order)["quantityFulfilled"] == 3
    assert shop.backorder(order)["status"] == "FULFILLED"
    assert_clean(shop)


def test_the_waiting_part_cannot_ship(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    order = shop.buy(5)

    refused = shop.fulfil(order, 5)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(order).split == (2, 3)
    assert_clean(shop)


def test_somebody_elses_units_cannot_ship(shop: Shop) -> None:
    shop.put(5)
    shop.allow(limit=10).must()
    owner, waiting = shop.buy(5), shop.buy(2)

    refused = shop.fulfil(waiting, 2)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(owner).split == (5, 0)
    assert shop.order(waiting).split == (0, 2)


@pytest.mark.parametrize("force", [False, True])
def test_nothing_ships_from_the_virtual_warehouse(shop: Shop, force: bool) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    order = shop.buy(5)

    refused = shop.fulfil(order, 3, shop.virtual_warehouse(), force=force)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(order).split == (2, 3)
    assert_clean(shop)


def test_units_on_the_shelf_do_not_ship_from_the_virtual_warehouse(shop: Shop) -> None:
    shop.put(5)
    shop.allow(limit=10).must()
    order = shop.buy(4)

    refused = shop.fulfil(order, 4, shop.virtual_warehouse(), force=True)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(order).split == (4, 0)


def test_a_forced_dispatch_is_staffs_decision_and_recorded_as_such(shop: Shop) -> None:
    shop.put(5)
    shop.allow(limit=10).must()
    owner, impatient = shop.buy(5), shop.buy(2)

    shop.fulfil(impatient, 2, force=True).must()

    shipped = shop.backorder(impatient)
    assert (shipped["quantityFulfilled"], shipped["quantityWaiting"]) == (2, 0)
    assert movements(shop, "forced") == 2
    assert shop.order(owner).split == (3, 2)
    assert shop.backorder(owner)["quantityWaiting"] == 2
    assert_clean(shop)


def test_a_forced_dispatch_from_an_empty_shelf_leaves_a_debt_that_arrivals_pay(
    shop: Shop,
) -> None:
    shop.put(0)
    shop.allow(limit=10).must()
    impatient, patient = shop.buy(2), shop.buy(2)

    shop.fulfil(impatient, 2, force=True).must()
    assert movements(shop, "forced") == 2
    assert shop.order(patient).split == (0, 2)
    shop.set_stock(1).must()

    assert shop.order(patient).split == (1, 1)
    assert_clean(shop)
