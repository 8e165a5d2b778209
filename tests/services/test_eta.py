"""When units are expected, for somebody who only asks and for somebody who waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from saleor_backorders.availability import eta
from saleor_backorders.availability.eta import Eta, EtaSource, Part, Supply
from saleor_backorders.models import Backorder

TODAY = date(2026, 11, 4)
LEAD = date(2026, 12, 4)


def day(number: int) -> date:
    return date(2026, 11, number)


def shipped(units: int, number: int) -> Part:
    return Part(units, Eta(day(number), EtaSource.INCOMING_SHIPMENT))


def led(units: int, on: date = LEAD) -> Part:
    return Part(units, Eta(on, EtaSource.LEAD_TIME))


TWO = [Supply(day(8), 5), Supply(day(18), 4)]


@pytest.mark.parametrize(
    ("units", "ahead", "supply", "expected"),
    [
        (3, 0, [], [led(3)]),
        (3, 0, TWO, [shipped(3, 8)]),
        (7, 0, TWO, [shipped(5, 8), shipped(2, 18)]),
        (10, 0, TWO, [shipped(5, 8), shipped(4, 18), led(1)]),
        (3, 4, TWO, [shipped(1, 8), shipped(2, 18)]),
        (3, 9, TWO, [led(3)]),
        (1, 0, [Supply(day(8), 0)], [led(1)]),
        (0, 0, TWO, []),
    ],
)
def test_for_new_demand__takes_what_is_left_of_each_shipment(
    units: int, ahead: int, supply: list[Supply], expected: list[Part]
) -> None:
    found = eta.for_new_demand(units=units, ahead=ahead, supply=supply, lead_on=LEAD)
    assert found == expected


def test_for_new_demand__no_lead_time_ends_before_the_last_shipment() -> None:
    later = LEAD + timedelta(days=9)
    found = eta.for_new_demand(units=2, supply=[Supply(later, 1)], lead_on=LEAD)
    assert found[-1] == led(1, later)


def test_expected__nothing_once_nothing_waits_or_no_date_is_known() -> None:
    assert eta.expected(Backorder(waiting=0, expected_on=TODAY)) is None
    assert eta.expected(Backorder(waiting=1)) is None
    row = Backorder(waiting=1, expected_on=TODAY, expected_source="incoming_shipment")
    assert eta.expected(row) == Eta(TODAY, EtaSource.INCOMING_SHIPMENT)


@pytest.mark.parametrize(
    ("waiting", "promised_on", "expected_on", "late"),
    [
        (1, day(3), day(3), True),
        (1, TODAY, TODAY, False),
        (1, TODAY, day(5), True),
        (1, TODAY, None, False),
        (0, day(3), day(5), False),
        (1, None, day(5), False),
    ],
)
def test_is_late__what_waits_or_will_wait_beyond_its_day(
    waiting: int, promised_on: date | None, expected_on: date | None, late: bool
) -> None:
    row = Backorder(waiting=waiting, promised_on=promised_on, expected_on=expected_on)
    assert eta.is_late(row, today=TODAY) is late
