"""What is told to whom, and that nothing is told twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from saleor_backorders.models import (
    Backorder,
    Cancellation,
    ChannelRule,
    Decision,
    IncomingShipmentLine,
    Message,
    Refund,
)
from tests.days import in_days
from tests.sql.conftest import Lamp
from tests.sql.test_dates import announce, slip
from tests.sql.world import Shop


def told(line: Any) -> list[str]:
    rows = Message.objects.filter(order_id=line.order_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def row(line: Any) -> Backorder:
    return Backorder.objects.get(order_line_id=line.pk)


@pytest.fixture
def pallet(lamp: Lamp) -> IncomingShipmentLine:
    """Return what is to come in four days; who buys waits for it, and minds more than two days."""
    ChannelRule.objects.create(channel_id=lamp.channel.pk, tolerance_days=2)
    return announce(lamp, 5, 4)


def test_an_open_question_is_told_again_for_a_later_day_only(
    lamp: Lamp, pallet: IncomingShipmentLine
) -> None:
    line = lamp.buy(2)
    slip(pallet, 10)
    assert told(line) == ["placed", "delayed"]
    slip(pallet, 8)
    assert Decision.objects.values_list("state", "new_on").get() == ("open", in_days(8))
    assert told(line) == ["placed", "delayed"]
    slip(pallet, 9)
    assert told(line) == ["placed", "delayed", "delayed"]


def test_a_slip_as_long_as_is_tolerated_asks_nobody(
    lamp: Lamp, pallet: IncomingShipmentLine
) -> None:
    line = lamp.buy(2)
    slip(pallet, 6)
    assert told(line) == ["placed"]
    slip(pallet, 7)
    assert told(line) == ["placed", "delayed"]


@pytest.mark.parametrize(("days", "kinds"), [(2, ["placed"]), (1, ["placed", "earlier"])])
def test_an_earlier_day_is_told_beyond_what_is_tolerated(
    lamp: Lamp, pallet: IncomingShipmentLine, days: int, kinds: list[str]
) -> None:
    line = lamp.buy(2)
    slip(pallet, days)
    assert told(line) == kinds


def test_who_lost_units_of_a_shelf_hears_of_a_delay_and_not_of_a_purchase(lamp: Lamp) -> None:
    lamp.arrive(2)
    line = lamp.buy(2)
    assert told(line) == []
    lamp.arrive(-1)
    assert told(line) == ["delayed"]


def test_who_was_served_and_waits_again_hears_of_a_delay(lamp: Lamp) -> None:
    line = lamp.buy(2)
    lamp.arrive(2)
    lamp.arrive(-1)
    assert told(line) == ["placed", "allocated", "delayed"]


def test_lines_of_one_order_make_one_message(lamp: Lamp, shop: Shop) -> None:
    order = shop.order(lamp.channel)
    with transaction.atomic():
        lines = [shop.line(order, lamp.variant, 1) for _ in range(2)]
        for line in lines:
            shop.allocate(line, 1)
    lamp.arrive(2)
    ids = sorted(row(line).pk for line in lines)
    found = Message.objects.order_by("id").values_list("kind", "backorder_ids")
    assert [(kind, sorted(named)) for kind, named in found] == [("placed", ids), ("allocated", ids)]


def given_up(line: Any, units: int) -> Cancellation:
    found = row(line)
    return Cancellation.objects.create(
        backorder_id=found.pk, order_id=found.order_id, order_line_id=line.pk, quantity=units,
        value=10 * units, currency="USD", by="customer", created_at=found.placed_at,
    )  # fmt: skip


def test_what_was_given_up_in_one_transaction_makes_one_message(lamp: Lamp) -> None:
    line = lamp.buy(3)
    with transaction.atomic():
        ids = [given_up(line, 1).pk, given_up(line, 2).pk]
    assert told(line) == ["placed", "cancelled"]
    assert Message.objects.get(kind="cancelled").about_ids == ids


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ([{"state": "refunded"}], ["refunded"]),
        ([{"state": "refunded"}, {"attempts": 2}], ["refunded"]),
        ([{"state": "failed"}], []),
        ([{"state": "failed", "next_attempt_at": None}], ["refund_failed"]),
        ([{"state": "refunded", "next_attempt_at": None}], ["refunded"]),
    ],
)
def test_a_refund_is_told_once_it_is_paid_or_nobody_will_ask_again(
    lamp: Lamp, changes: list[dict[str, Any]], kinds: list[str]
) -> None:
    line = lamp.buy(3)
    asked = given_up(line, 3)
    refund = Refund.objects.create(
        cancellation=asked, order_id=asked.order_id, amount=30, currency="USD", state="requested",
        key="00000000-0000-0000-0000-000000000001", attempts=1, message="",
        next_attempt_at=asked.created_at, created_at=asked.created_at,
    )  # fmt: skip
    for values in changes:
        Refund.objects.filter(pk=refund.pk).update(**values)
    assert told(line) == ["placed", "cancelled", *kinds]
