"""Dates come from supply: the matching, what a slip moves, and what is written down of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from saleor_backorders import engine
from saleor_backorders.models import (
    Backorder,
    ChannelRule,
    Decision,
    IncomingShipment,
    IncomingShipmentLine,
    Promise,
    SupplyAssignment,
    VirtualStock,
)
from tests.days import in_days as day
from tests.days import today
from tests.sql.conftest import Lamp
from tests.sql.world import Shop

LEAD_TIME = 30


@transaction.atomic
def announce(lamp: Lamp, units: int, days: int, warehouse: Any = None) -> IncomingShipmentLine:
    """Say that a pallet with the lamp is on its way."""
    now = datetime.now(UTC)
    shipment = IncomingShipment.objects.create(
        reference=f"pallet {IncomingShipment.objects.count()}",
        warehouse_id=(warehouse or lamp.warehouse).pk,
        expected_on=day(days), created_at=now, updated_at=now,
    )  # fmt: skip
    return IncomingShipmentLine.objects.create(
        shipment=shipment, variant_id=lamp.variant.pk, quantity=units, to_come=units
    )


def slip(line: IncomingShipmentLine, days: int) -> None:
    IncomingShipment.objects.filter(pk=line.shipment_id).update(expected_on=day(days))


def arrive_short(lamp: Lamp, line: IncomingShipmentLine, units: int) -> None:
    """Book what came of a pallet; nothing more is expected of it."""
    with transaction.atomic():
        lamp.arrive(units)
        line.received, line.to_come = units, 0
        line.save(update_fields=["received", "to_come"])


def row(line: Any) -> Backorder:
    return Backorder.objects.get(order_line_id=line.pk)


def days_of(line: Any) -> tuple[int, int, int]:
    """Return promised, first and last expected day of a line, counted from today."""
    found = row(line)
    assert found.promised_on
    assert found.expected_first_on
    assert found.expected_on
    dates = (found.promised_on, found.expected_first_on, found.expected_on)
    first, second, third = ((each - today()).days for each in dates)
    return first, second, third


def causes(line: Any) -> list[str]:
    rows = Promise.objects.filter(backorder_id=row(line).pk).order_by("id")
    return list(rows.values_list("cause", flat=True))


def open_decisions() -> dict[int, int]:
    rows = Decision.objects.filter(state="open")
    return dict(rows.values_list("backorder_id", "slip_days"))


def covers(line: Any) -> list[tuple[int, int]]:
    rows = SupplyAssignment.objects.filter(backorder_id=row(line).pk).order_by("line_id")
    return list(rows.values_list("line_id", "quantity"))


class Queue:
    """Three customers and two pallets, as the issue tells it."""

    def __init__(self, lamp: Lamp) -> None:
        self.lamp = lamp
        self.soon = announce(lamp, 60, 4)
        self.later = announce(lamp, 40, 18)
        self.first, self.second, self.third = (lamp.buy(units) for units in (40, 30, 50))


@pytest.fixture
def queue(lamp: Lamp) -> Queue:
    return Queue(lamp)


def test_waiting_units_are_matched_with_supply_in_the_order_of_dates(queue: Queue) -> None:
    assert days_of(queue.first) == (4, 4, 4)
    assert days_of(queue.second) == (18, 4, 18)
    assert days_of(queue.third) == (LEAD_TIME, 18, LEAD_TIME)
    assert covers(queue.second) == [(queue.soon.pk, 20), (queue.later.pk, 10)]
    assert covers(queue.third) == [(queue.later.pk, 30)]
    queue.soon.refresh_from_db()
    queue.later.refresh_from_db()
    assert (queue.soon.promised, queue.later.promised) == (60, 40)
    assert [row(line).expected_source for line in (queue.first, queue.second, queue.third)] == [
        "incoming_shipment", "incoming_shipment", "lead_time"]  # fmt: skip
    assert causes(queue.first) == ["order"]
    assert open_decisions() == {}


def test_a_slip_moves_the_lines_it_covers_and_asks_each_once(queue: Queue) -> None:
    slip(queue.soon, 9)
    assert days_of(queue.first) == (4, 9, 9)
    assert days_of(queue.second) == (18, 9, 18)
    assert days_of(queue.third) == (LEAD_TIME, 18, LEAD_TIME)
    assert open_decisions() == {row(queue.first).pk: 5, row(queue.second).pk: 5}
    assert len(causes(queue.third)) == 1
    slip(queue.soon, 12)
    assert open_decisions() == {row(queue.first).pk: 8, row(queue.second).pk: 3}
    assert Decision.objects.count() == 2


def test_who_is_asked_again_has_all_of_the_time_to_answer(queue: Queue) -> None:
    ChannelRule.objects.create(channel_id=queue.lamp.channel.pk, silence_days=5)
    slip(queue.soon, 9)
    Decision.objects.update(silence_on=day(1))
    slip(queue.soon, 12)
    asked = dict(Decision.objects.values_list("backorder_id", "silence_on"))
    assert asked == {row(queue.first).pk: day(5), row(queue.second).pk: day(5)}


def test_a_slip_within_the_tolerance_is_told_but_not_asked_about(queue: Queue) -> None:
    ChannelRule.objects.create(channel_id=queue.lamp.channel.pk, tolerance_days=5)
    slip(queue.soon, 9)
    assert days_of(queue.first) == (4, 9, 9)
    assert len(causes(queue.first)) == 2
    assert open_decisions() == {}
    slip(queue.soon, 10)
    assert open_decisions() == {row(queue.first).pk: 6}


def test_a_slip_that_is_made_good_needs_no_answer(queue: Queue) -> None:
    slip(queue.soon, 9)
    slip(queue.soon, 4)
    assert days_of(queue.first) == (4, 4, 4)
    assert open_decisions() == {}
    assert set(Decision.objects.values_list("state", flat=True)) == {"moot"}


def test_a_pallet_that_is_short_moves_only_those_it_was_short_for(queue: Queue) -> None:
    arrive_short(queue.lamp, queue.soon, 50)
    assert queue.lamp.shop.ledger(queue.first) == (40, 0, 40, 0, 0)
    assert row(queue.first).kept is True
    assert queue.lamp.shop.ledger(queue.second) == (30, 20, 10, 0, 0)
    assert days_of(queue.second) == (18, 18, 18)
    assert days_of(queue.third) == (LEAD_TIME, 18, LEAD_TIME)
    assert covers(queue.second) == [(queue.later.pk, 20)]
    assert covers(queue.third) == [(queue.later.pk, 20)]
    assert open_decisions() == {row(queue.second).pk: 14, row(queue.third).pk: 12}


def test_what_is_served_first_does_not_count_as_a_slip_of_the_rest(queue: Queue) -> None:
    arrive_short(queue.lamp, queue.soon, 60)
    assert queue.lamp.shop.ledger(queue.second) == (30, 10, 20, 0, 0)
    assert days_of(queue.second) == (18, 18, 18)
    assert open_decisions() == {}
    assert causes(queue.second) == ["order", "queue"]


def test_units_that_nobody_announced_bring_everybody_forward(queue: Queue) -> None:
    queue.lamp.arrive(10)
    assert days_of(queue.second) == (18, 4, 4)
    assert days_of(queue.third) == (LEAD_TIME, 18, LEAD_TIME)
    assert covers(queue.third) == [(queue.later.pk, 40)]
    assert row(queue.second).agreed_on == day(4)
    slip(queue.soon, 9)
    assert open_decisions() == {row(queue.first).pk: 5, row(queue.second).pk: 5}


def test_who_has_priority_takes_the_first_pallet(queue: Queue) -> None:
    VirtualStock.objects.update(priority=10)
    urgent = queue.lamp.buy(20)
    assert days_of(urgent) == (4, 4, 4)
    assert days_of(queue.first) == (4, 4, 4)
    assert days_of(queue.second) == (18, 18, 18)
    assert days_of(queue.third) == (LEAD_TIME, 18, LEAD_TIME)
    assert open_decisions() == {row(queue.second).pk: 14, row(queue.third).pk: 12}


def test_a_cancelled_shipment_leaves_the_lead_time_from_today(queue: Queue) -> None:
    IncomingShipment.objects.filter(pk=queue.soon.shipment_id).update(status="cancelled")
    assert days_of(queue.first) == (4, 18, 18)
    assert days_of(queue.second) == (18, LEAD_TIME, LEAD_TIME)
    assert days_of(queue.third) == (LEAD_TIME, LEAD_TIME, LEAD_TIME)
    queue.soon.refresh_from_db()
    assert queue.soon.promised == 0


def test_nobody_behind_a_shipment_is_told_an_earlier_day(lamp: Lamp) -> None:
    pallet = announce(lamp, 2, 60)
    first, second = lamp.buy(2), lamp.buy(1)
    assert days_of(first) == (60, 60, 60)
    assert days_of(second) == (60, 60, 60)
    assert row(second).expected_source == "lead_time"
    slip(pallet, 70)
    assert days_of(second) == (60, 70, 70)
    slip(pallet, 20)
    assert days_of(second) == (60, LEAD_TIME, LEAD_TIME)


def test_each_destination_gets_the_supply_that_reaches_it(shop: Shop, lamp: Lamp) -> None:
    north = shop.warehouse([lamp.channel])
    shop.zone([lamp.channel], [north], "CA")
    shop.zone([lamp.channel], [shop.warehouse([lamp.channel])], "US CA")
    announce(lamp, 5, 4, north)
    announce(lamp, 5, 8)
    american = lamp.buy(3, country="US")
    canadian = lamp.buy(3, country="CA")
    late = lamp.buy(3, country="CA")
    assert days_of(american) == (8, 8, 8)
    assert days_of(canadian) == (4, 4, 4)
    assert days_of(late) == (LEAD_TIME, 4, LEAD_TIME)


def test_an_overdue_shipment_is_believed_for_three_days(queue: Queue) -> None:
    slip(queue.soon, -3)
    assert days_of(queue.first) == (4, 0, 0)
    slip(queue.soon, -4)
    assert days_of(queue.first) == (4, 18, 18)


def test_an_estimate_that_ran_out_begins_anew(lamp: Lamp) -> None:
    line = lamp.buy(3)
    Backorder.objects.update(expected_on=day(-1), lead_from=day(-31), agreed_on=day(-1))
    assert [done.variant_id for done in engine.sweep()] == [lamp.variant.pk]
    assert days_of(line) == (LEAD_TIME, LEAD_TIME, LEAD_TIME)
    assert causes(line) == ["order", "overdue"]
    assert open_decisions() == {row(line).pk: 31}
    assert engine.sweep() == []


def test_another_lead_time_moves_who_waits_by_it(queue: Queue) -> None:
    VirtualStock.objects.update(lead_time_days=40)
    assert days_of(queue.third) == (LEAD_TIME, 18, 40)
    assert days_of(queue.second) == (18, 4, 18)
    assert open_decisions() == {row(queue.third).pk: 10}


def test_covers_and_promises_follow_who_is_served_and_who_leaves(queue: Queue) -> None:
    queue.lamp.shop.cancel(queue.first)
    assert days_of(queue.second) == (18, 4, 4)
    assert days_of(queue.third) == (LEAD_TIME, 4, 18)
    assert open_decisions() == {}


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-22", 5, "2026-11-27"),
        ("2026-11-23", 5, "2026-11-30"),
        ("2026-11-23", 30, "2027-01-04"),
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_working_days_leave_out_weekends(db: None, start: str, days: int, expected: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT saleor_backorders_add_days(%s::date, %s, true)", [start, days])
        assert cursor.fetchone()[0] == date.fromisoformat(expected)


def test_who_is_served_from_elsewhere_is_dated_anew(shop: Shop, lamp: Lamp) -> None:
    north = shop.warehouse([lamp.channel])
    announce(lamp, 5, 4, north)
    line = lamp.buy(2, country="US")
    assert days_of(line) == (LEAD_TIME, LEAD_TIME, LEAD_TIME)
    shop.zone([lamp.channel], [north], "US")
    engine.mark_supplied()
    assert days_of(line) == (LEAD_TIME, 4, 4)


def test_who_gives_up_the_units_that_no_shipment_covers_is_expected_sooner(queue: Queue) -> None:
    queue.lamp.shop.refund_unshipped(queue.third, 20)
    assert queue.lamp.shop.ledger(queue.third) == (50, 30, 0, 0, 20)
    assert days_of(queue.third) == (LEAD_TIME, 18, 18)
    assert row(queue.third).expected_source == "incoming_shipment"


def test_who_was_served_and_waits_again_begins_anew(lamp: Lamp) -> None:
    pallet = announce(lamp, 1, 0)
    line = lamp.buy(1)
    arrive_short(lamp, pallet, 1)
    assert lamp.shop.ledger(line) == (1, 0, 1, 0, 0)
    lamp.shop.set_stock(lamp.variant, lamp.warehouse, 0)
    assert lamp.shop.ledger(line) == (1, 1, 0, 0, 0)
    assert days_of(line) == (0, LEAD_TIME, LEAD_TIME)
    assert row(line).expected_source == "lead_time"


def test_a_question_is_not_asked_about_units_that_came(queue: Queue) -> None:
    slip(queue.soon, 9)
    queue.lamp.arrive(40)
    asked = dict(Decision.objects.values_list("backorder_id", "state"))
    assert asked[row(queue.first).pk] == "moot"
