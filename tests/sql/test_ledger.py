"""What the ledger makes of what Saleor did to a line: waited, arrived, shipped, or given up."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from saleor_backorders.models import Backorder, Movement
from tests.sql.conftest import Lamp, one_shelf
from tests.sql.world import Shop

COUNTS = ("waiting", "allocated", "fulfilled", "on_hand")
MOVES = ("placed", "given", "withdrawn", "shipped", "forced", "reopened", "cancelled")


def step(
    before: tuple[int, int, int, int],
    now: tuple[int, int],
    *,
    is_off: bool = False,
    given_up: int = 0,
    called_back: int = 0,
) -> tuple[tuple[int, ...], dict[str, int]]:
    """Return the counts after a step of a line, and what moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join((*COUNTS, *MOVES))} FROM saleor_backorders_step("
            "%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*before, *now, is_off, given_up, called_back],
        )
        row = cursor.fetchone()
    moved = zip(MOVES, row[len(COUNTS) :], strict=True)
    return row[: len(COUNTS)], {name: units for name, units in moved if units}


@pytest.mark.parametrize(
    ("before", "now", "facts", "after", "moved"),
    [
        # Nothing happened.
        ((3, 2, 1, 4), (3, 6), {}, (3, 2, 1, 4), {}),
        # Shipped come those first that never waited, then those that arrived, then who waits.
        ((0, 2, 0, 4), (0, 3), {}, (0, 2, 0, 1), {}),
        ((0, 2, 0, 4), (0, 1), {}, (0, 1, 1, 0), {"shipped": 1}),
        ((3, 1, 0, 2), (1, 0), {}, (1, 0, 3, 0), {"shipped": 1, "forced": 2}),
        # Given up are those first that wait, then those that arrived, then who never waited.
        ((3, 2, 0, 4), (1, 6), {"given_up": 2}, (1, 2, 0, 4), {"cancelled": 2}),
        ((1, 2, 0, 4), (0, 4), {"given_up": 3}, (0, 0, 0, 4), {"cancelled": 3}),
        ((1, 2, 0, 4), (0, 2), {"given_up": 5}, (0, 0, 0, 2), {"cancelled": 3}),
        # Of what left, no more was given up than may have been; the rest was shipped.
        ((2, 2, 0, 0), (1, 0), {"given_up": 1}, (1, 0, 2, 0), {"shipped": 2, "cancelled": 1}),
        # All of an order that is off was given up.
        ((2, 2, 1, 1), (0, 0), {"is_off": True}, (0, 0, 1, 0), {"cancelled": 4}),
        # Called back is at most what was shipped, what came, and what was called back.
        ((0, 0, 3, 0), (0, 3), {"called_back": 3}, (0, 3, 0, 0), {"reopened": 3}),
        ((0, 0, 3, 0), (0, 3), {"called_back": 1}, (0, 1, 2, 2), {"reopened": 1}),
        ((0, 0, 1, 0), (0, 3), {"called_back": 3}, (0, 1, 0, 2), {"reopened": 1}),
        ((0, 0, 3, 0), (0, 2), {"called_back": 3}, (0, 2, 1, 0), {"reopened": 2}),
        ((0, 0, 2, 0), (1, 0), {}, (1, 0, 2, 0), {"placed": 1}),
        # Who was on the virtual row and is on a shelf was given units; back again, they were taken.
        ((3, 1, 0, 0), (1, 3), {}, (1, 3, 0, 0), {"given": 2}),
        ((0, 3, 0, 1), (2, 2), {}, (2, 1, 0, 1), {"withdrawn": 2}),
        ((0, 1, 0, 2), (3, 0), {}, (3, 0, 0, 0), {"withdrawn": 1, "placed": 2}),
        # What a line wants besides never was on a shelf.
        ((0, 3, 0, 0), (2, 3), {}, (2, 3, 0, 0), {"placed": 2}),
        ((0, 3, 0, 0), (3, 2), {}, (3, 2, 0, 0), {"withdrawn": 1, "placed": 2}),
    ],
)
def test_a_step_tells_shipped_from_given_up_and_taken_back_from_wanted_besides(
    db: None,
    before: tuple[int, int, int, int],
    now: tuple[int, int],
    facts: dict[str, Any],
    after: tuple[int, ...],
    moved: dict[str, int],
) -> None:
    assert step(before, now, **facts) == (after, moved)


@pytest.mark.parametrize("status", ["refunded", "returned", "replaced", "refunded_and_returned"])
def test_units_that_come_back_unshipped_are_given_up_and_not_shipped(
    lamp: Lamp, shop: Shop, status: str
) -> None:
    line = lamp.buy(5)
    shop.refund_unshipped(line, 2, status)
    assert shop.ledger(line) == (5, 3, 0, 0, 2)


def test_units_that_come_back_after_they_were_shipped_give_up_nothing(
    lamp: Lamp, shop: Shop
) -> None:
    line = lamp.buy(3)
    lamp.arrive(2)
    shop.ship(line, lamp.warehouse, 2)
    assert shop.ledger(line) == (3, 1, 0, 2, 0)
    shop.return_shipped(line, 2)
    lamp.arrive(1)
    assert shop.ledger(line) == (3, 0, 1, 2, 0)


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_all_of_an_order_that_is_off_is_given_up(lamp: Lamp, shop: Shop, status: str) -> None:
    line = lamp.buy(2)
    lamp.arrive(1)
    shop.cancel(line, status)
    assert shop.ledger(line) == (2, 0, 0, 0, 2)
    assert Backorder.objects.get().status == "cancelled"


def test_a_unit_more_of_what_was_shipped_is_placed_and_not_called_back(
    lamp: Lamp, shop: Shop
) -> None:
    line = lamp.buy(2)
    lamp.arrive(2)
    shop.ship(line, lamp.warehouse, 2)
    with transaction.atomic():
        line.quantity = 3
        line.save(update_fields=["quantity"])
        shop.allocate(line, 1)
    assert shop.ledger(line) == (3, 1, 0, 2, 0)
    moved = Movement.objects.order_by("id").values_list("kind", "quantity")
    assert list(moved) == [("placed", 2), ("allocated", 2), ("fulfilled", 2), ("placed", 1)]


def test_a_unit_less_is_given_up_by_who_waits(shop: Shop) -> None:
    lamp = one_shelf(shop, 2)
    line = lamp.buy(5)
    shop.edit(line, 4)
    assert (shop.has(line), shop.ledger(line)) == (2, (3, 2, 0, 0, 1))


def test_what_is_served_in_its_own_transaction_never_waited(lamp: Lamp, shop: Shop) -> None:
    waiting = lamp.buy(1)
    with transaction.atomic():
        lamp.arrive(3)
        line = lamp.buy(5)
    assert shop.ledger(waiting) == (1, 0, 1, 0, 0)
    assert (shop.has(line), shop.ledger(line)) == (2, (3, 3, 0, 0, 0))
    backorder = Backorder.objects.get(order_line_id=line.pk)
    moved = Movement.objects.filter(backorder_id=backorder.pk)
    assert list(moved.values_list("kind", "quantity", "cause")) == [("placed", 3, "order")]
    assert backorder.allocated_at is None
