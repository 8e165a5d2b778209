"""What a running checkout holds is not free, until it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from saleor_backorders import engine
from tests.sql.conftest import Lamp
from tests.sql.wires import nobody_looking
from tests.sql.world import Shop


def reserve(lamp: Lamp, units: int) -> Any:
    return lamp.shop.reserve(lamp.shelf, units, lamp.channel)


def test_reserved_units_are_not_given_to_the_queue(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    reserve(lamp, 2)
    lamp.arrive(3)
    assert (shop.has(line), shop.free(lamp.shelf)) == (1, 2)


def test_an_expired_reservation_holds_nothing(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(3)
    shop.reserve(lamp.shelf, 2, lamp.channel, seconds=-1)
    lamp.arrive(3)
    assert shop.has(line) == 3


def test_a_reservation_that_is_deleted_goes_to_the_queue_at_once(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    reservation = reserve(lamp, 2)
    lamp.arrive(2)
    assert shop.has(line) == 0
    reservation.delete()
    assert (shop.has(line), shop.waits(line)) == (2, 3)


def test_a_reservation_that_is_lowered_goes_to_the_queue_at_once(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    reservation = reserve(lamp, 3)
    lamp.arrive(3)
    reservation.quantity_reserved = 1
    reservation.save(update_fields=["quantity_reserved"])
    assert (shop.has(line), shop.waits(line)) == (2, 3)


def test_a_reservation_that_ran_out_is_given_by_the_sweep(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    reservation = reserve(lamp, 2)
    lamp.arrive(2)
    assert shop.has(line) == 0
    with nobody_looking():
        type(reservation).objects.update(reserved_until=datetime.now(UTC))
    assert engine.sweep() == [engine.Rebalanced(lamp.variant.pk, lines=1, units=2, put_off="")]
    assert (shop.has(line), shop.waits(line)) == (2, 3)
    assert engine.sweep() == []


def test_a_shopper_keeps_what_they_reserved_when_they_order(lamp: Lamp, shop: Shop) -> None:
    waiting = lamp.buy(5)
    reservation = reserve(lamp, 2)
    lamp.arrive(3)
    with transaction.atomic():
        order = lamp.buy(3)
        reservation.delete()
    assert (shop.has(order), shop.waits(order)) == (2, 1)
    assert (shop.has(waiting), shop.waits(waiting)) == (1, 4)


def test_a_reservation_that_ran_out_keeps_nothing_for_its_order(lamp: Lamp, shop: Shop) -> None:
    waiting = lamp.buy(5)
    reservation = shop.reserve(lamp.shelf, 2, lamp.channel, seconds=-1)
    with transaction.atomic():
        lamp.arrive(2)
        order = lamp.buy(2)
        reservation.delete()
    assert (shop.has(waiting), shop.has(order)) == (2, 0)


def test_reservations_of_several_checkouts_add_up(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(5)
    reserve(lamp, 2)
    reserve(lamp, 1)
    lamp.arrive(5)
    assert (shop.has(line), shop.free(lamp.shelf)) == (2, 3)


def test_a_reservation_takes_nothing_back_from_those_who_hold_units(lamp: Lamp, shop: Shop) -> None:
    line = lamp.buy(2)
    lamp.arrive(2)
    reserve(lamp, 2)
    lamp.arrive(1)
    assert shop.ledger(line) == (2, 0, 2, 0, 0)
    shop.set_stock(lamp.variant, lamp.warehouse, 1)
    assert shop.ledger(line) == (2, 1, 1, 0, 0)
