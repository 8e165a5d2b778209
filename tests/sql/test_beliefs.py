"""Which shipments are believed, and what becomes of those who counted on one that is not."""

from __future__ import annotations

import pytest
from django.db import connection

from saleor_backorders import engine
from saleor_backorders.models import (
    Backorder,
    ChannelRule,
    IncomingShipment,
    IncomingShipmentLine,
)
from tests.days import in_days as day
from tests.sql.conftest import Lamp
from tests.sql.test_dates import announce, covers, days_of, slip


def test_who_counted_on_a_shipment_that_nobody_believes_any_more_is_dated_by_the_sweep(
    lamp: Lamp,
) -> None:
    overdue, later = announce(lamp, 2, 0), announce(lamp, 5, 9)
    line = lamp.buy(4)
    assert covers(line) == [(overdue.pk, 2), (later.pk, 2)]
    slip(overdue, -2)
    assert days_of(line) == (9, 0, 9)
    assert engine.sweep() == []
    ChannelRule.objects.create(channel_id=0, overdue_days=1)
    assert [done.variant_id for done in engine.sweep()] == [lamp.variant.pk]
    assert covers(line) == [(later.pk, 4)]
    assert days_of(line) == (9, 9, 9)
    overdue.refresh_from_db()
    assert (overdue.promised, overdue.dated_on) == (0, None)
    assert engine.sweep() == []


def test_who_counted_on_a_shipment_that_did_not_come_yesterday_is_dated_by_the_sweep(
    lamp: Lamp,
) -> None:
    late, later = announce(lamp, 2, -1), announce(lamp, 5, 9)
    line = lamp.buy(4)
    IncomingShipmentLine.objects.filter(pk=late.pk).update(dated_on=day(-1))
    Backorder.objects.update(expected_first_on=day(-1))
    assert [done.variant_id for done in engine.sweep()] == [lamp.variant.pk]
    assert days_of(line) == (9, 0, 9)
    assert covers(line) == [(late.pk, 2), (later.pk, 2)]
    assert engine.sweep() == []


@pytest.mark.parametrize(("overdue_days", "believed"), [(1, [True, True, False]), (0, [True])])
def test_a_shipment_is_believed_for_as_many_days_as_the_shop_says(
    db: None, overdue_days: int, believed: list[bool]
) -> None:
    ChannelRule.objects.create(channel_id=0, overdue_days=overdue_days)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT saleor_backorders_believed_on(today - late) = today"
            " FROM saleor_backorders_today() AS today, generate_series(0, %s) AS late"
            " ORDER BY late",
            [len(believed) - 1],
        )
        assert [bool(found) for (found,) in cursor.fetchall()] == believed


def test_a_shipment_of_which_a_part_came_still_covers(lamp: Lamp) -> None:
    pallet = announce(lamp, 3, 4)
    IncomingShipment.objects.update(status="partially_received")
    line = lamp.buy(2)
    assert (days_of(line), covers(line)) == ((4, 4, 4), [(pallet.pk, 2)])
