"""A shelf that goes puts its units back to waiting; a virtual one that is needed cannot go."""

from __future__ import annotations

from tests.acceptance import documents
from tests.acceptance.shop import Answer, Placed, Shop, Thing
from tests.acceptance.test_shipping import assert_clean


def delete_row(shop: Shop, warehouse: Thing) -> Answer:
    """Delete the variant's stock row in a warehouse."""
    return shop.tell(
        documents.PRODUCT_VARIANT_STOCKS_DELETE,
        {"variantId": shop.variant.id, "warehouseIds": [warehouse.id]},
        shop.staff,
    )


def delete_warehouse(shop: Shop, warehouse: Thing) -> Answer:
    """Delete a whole warehouse."""
    return shop.tell(documents.WAREHOUSE_DELETE, {"id": warehouse.id}, shop.staff)


def placed_on(shop: Shop) -> tuple[Placed, Placed]:
    """Let one order hold three of five units and another hold two and wait for two."""
    shop.put(5)
    shop.allow(limit=20).must()
    return shop.buy(3), shop.buy(4)


def test_deleting_a_stock_row_puts_its_units_back_to_waiting(shop: Shop) -> None:
    first, second = placed_on(shop)

    delete_row(shop, shop.shelf).must()

    assert shop.order(first).split == (0, 3)
    assert shop.order(second).split == (0, 4)
    assert shop.backorder(first)["quantityWaiting"] == 3
    assert shop.backorder(second)["quantityWaiting"] == 4
    assert_clean(shop)


def test_deleting_a_warehouse_puts_its_units_back_to_waiting(shop: Shop) -> None:
    first, second = placed_on(shop)

    delete_warehouse(shop, shop.shelf).must()

    assert shop.order(first).split == (0, 3)
    assert shop.order(second).split == (0, 4)
    assert_clean(shop)


def test_those_put_back_are_served_again_in_their_old_place(shop: Shop) -> None:
    first, second = placed_on(shop)
    other = shop.add_warehouse("other", place=1)
    delete_row(shop, shop.shelf).must()

    shop.put(0, other)
    shop.set_stock(4, other).must()

    assert shop.order(first).split == (3, 0)
    assert shop.order(second).split == (1, 3)


def test_a_virtual_row_that_orders_wait_on_cannot_be_deleted(shop: Shop) -> None:
    _first, second = placed_on(shop)

    refused = delete_row(shop, shop.virtual_warehouse())

    assert not refused.ok
    assert refused.crashes == []
    assert shop.order(second).split == (2, 2)


def test_a_virtual_warehouse_that_orders_wait_on_cannot_be_deleted(shop: Shop) -> None:
    _first, second = placed_on(shop)

    refused = delete_warehouse(shop, shop.virtual_warehouse())

    assert not refused.ok
    assert refused.crashes == []
    assert shop.order(second).split == (2, 2)
    assert shop.backorder(second)["quantityWaiting"] == 2
