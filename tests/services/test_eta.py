"""When waiting units are expected."""

from __future__ import annotations

from datetime import date

import pytest

from saleor_backorders.services import eta
from saleor_backorders.services.eta import Eta, EtaSource

TODAY = date(2026, 11, 4)


def on(day: date) -> Eta:
    return Eta(day, EtaSource.LEAD_TIME)


@pytest.mark.parametrize(
    ("waiting", "promised_on", "expected"),
    [
        (2, date(2026, 11, 20), on(date(2026, 11, 20))),
        (2, TODAY, on(TODAY)),
        (2, date(2026, 11, 3), on(date(2026, 11, 14))),
        (2, None, on(date(2026, 11, 14))),
        (0, date(2026, 11, 20), None),
    ],
)
def test_for_waiting__the_promise_while_it_can_hold_then_the_lead_time(
    waiting: int, promised_on: date | None, expected: Eta | None
) -> None:
    found = eta.for_waiting(
        waiting=waiting, promised_on=promised_on, lead_time_days=10, today=TODAY
    )
    assert found == expected


@pytest.mark.parametrize(
    ("waiting", "promised_on", "late"),
    [
        (1, date(2026, 11, 3), True),
        (1, TODAY, False),
        (0, date(2026, 11, 3), False),
        (1, None, False),
    ],
)
def test_is_late__only_what_still_waits_beyond_its_day(
    waiting: int, promised_on: date | None, late: bool
) -> None:
    assert eta.is_late(waiting=waiting, promised_on=promised_on, today=TODAY) is late
