"""Whatever way units come, those who wait have them before anybody new can see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from tests.acceptance import documents
from tests.acceptance.ledger import Watcher
from tests.acceptance.shop import Answer, Placed, Shop, Thing


@dataclasses.dataclass(frozen=True)
class Queue:
    """Two orders wait; where the story needs one, an earlier order holds four units."""

    shop: Shop
    stock: Thing
    first: Placed
    second: Placed
    holder: Placed | None = None

    def splits(self) -> list[tuple[int, int]]:
        """Return what the two have now: units on a shelf, units waiting."""
        return [self.shop.order(order).split for order in (self.first, self.second)]


def open_queue(shop: Shop, held: int = 0, shipped: bool = False) -> Queue:
    """Let an order hold what is on the shelf, and two more wait for 3 and 2."""
    stock = shop.put(held)
    shop.allow(limit=20).must()
    holder = shop.buy(held) if held else None
    if holder and shipped:
        shop.fulfil(holder, held).must()
    return Queue(shop, stock, shop.buy(3), shop.buy(2), holder)


def book_in_dashboard(queue: Queue) -> None:
    """Set the shelf's quantity for one variant."""
    queue.shop.set_stock(4).must()


def book_in_bulk(queue: Queue) -> None:
    """Set quantities as an ERP does."""
    row = {
        "variantId": queue.shop.variant.id,
        "warehouseId": queue.shop.shelf.id,
        "quantity": 4,
    }
    queue.shop.tell(documents.STOCK_BULK_UPDATE, {"stocks": [row]}, queue.shop.staff).must()


def open_a_shelf(queue: Queue) -> None:
    """Make the variant's stock row in a second warehouse."""
    shelf = queue.shop.add_warehouse("second", place=1)
    queue.shop.tell(
        documents.PRODUCT_VARIANT_STOCKS_CREATE,
        {
            "variantId": queue.shop.variant.id,
            "stocks": [{"warehouse": shelf.id, "quantity": 4}],
        },
        queue.shop.staff,
    ).must()


def write_sql(queue: Queue) -> None:
    """Write past Saleor altogether."""
    queue.shop.host.sql(
        "UPDATE warehouse_stock SET quantity = quantity + 4 WHERE id = %s", queue.stock.pk
    )


@pytest.mark.parametrize("arrive", [book_in_dashboard, book_in_bulk, open_a_shelf, write_sql])
def test_arriving_units_go_to_those_who_wait(shop: Shop, arrive: Callable[[Queue], None]) -> None:
    queue = open_queue(shop)

    with Watcher(shop.host, shop.variant) as watcher:
        arrive(queue)

    assert watcher.unfair == []
    assert queue.splits() == [(3, 0), (1, 1)]
    assert watcher.seen[-1].free == 0


def cancel_order(queue: Queue) -> Answer:
    """Cancel the order that holds real units."""
    assert queue.holder is not None
    return queue.shop.cancel(queue.holder)


def return_unfulfilled(queue: Queue) -> Answer:
    """Take back the part of an order that never left."""
    assert queue.holder is not None
    queue.shop.confirm(queue.holder).must()
    return queue.shop.tell(
        documents.ORDER_FULFILLMENT_RETURN_PRODUCTS,
        {
            "order": queue.holder.id,
            "input": {
                "orderLines": [{"orderLineId": queue.holder.line, "quantity": 4, "replace": False}]
            },
        },
        queue.shop.staff,
    )


@pytest.mark.parametrize("free", [cancel_order, return_unfulfilled])
def test_freed_units_go_to_those_who_wait(shop: Shop, free: Callable[[Queue], Answer]) -> None:
    queue = open_queue(shop, held=4)

    with Watcher(shop.host, shop.variant) as watcher:
        free(queue).must()

    assert watcher.unfair == []
    assert queue.splits() == [(3, 0), (1, 1)]
    assert queue.holder is not None
    assert shop.order(queue.holder).split == (0, 0)


def test_a_reduced_line_frees_what_it_gave_up(shop: Shop) -> None:
    queue = open_queue(shop, held=4)
    assert queue.holder is not None

    with Watcher(shop.host, shop.variant) as watcher:
        shop.change_line(queue.holder, 1).must()

    assert watcher.unfair == []
    assert shop.order(queue.holder).split == (1, 0)
    assert queue.splits() == [(3, 0), (0, 2)]


def test_a_cancelled_shipment_goes_back_to_its_own_order(shop: Shop) -> None:
    queue = open_queue(shop, held=4, shipped=True)
    assert queue.holder is not None
    (fulfilment,) = shop.ask(documents.ORDER, {"id": queue.holder.id}, shop.staff)["fulfillments"]

    with Watcher(shop.host, shop.variant) as watcher:
        shop.tell(
            documents.ORDER_FULFILLMENT_CANCEL,
            {"id": fulfilment["id"], "warehouseId": shop.shelf.id},
            shop.staff,
        ).must()

    assert watcher.unfair == []
    assert shop.order(queue.holder).split == (4, 0)
    assert queue.splits() == [(0, 3), (0, 2)]


def test_what_nobody_waits_for_stays_free(shop: Shop) -> None:
    queue = open_queue(shop)

    with Watcher(shop.host, shop.variant) as watcher:
        shop.set_stock(9).must()

    assert watcher.unfair == []
    assert queue.splits() == [(3, 0), (2, 0)]
    assert watcher.seen[-1].free == 4
    assert shop.buy(4).split == (4, 0)


def test_the_ledger_tells_what_arrived(shop: Shop) -> None:
    queue = open_queue(shop)

    shop.set_stock(4).must()

    first, second = shop.backorder(queue.first), shop.backorder(queue.second)
    assert (first["status"], first["quantityAllocated"], first["queuePosition"]) == (
        "ALLOCATED", 3, None,
    )  # fmt: skip
    assert (second["status"], second["quantityAllocated"], second["quantityWaiting"]) == (
        "PARTIALLY_ALLOCATED", 1, 1,
    )  # fmt: skip
    assert first["allocatedAt"] is not None
