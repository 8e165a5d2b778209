"""What only time makes worth a message is written once, and to nobody whom it does not concern."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_backorders.back_in_stock import unsubscribe
from saleor_backorders.common import clock
from saleor_backorders.host import get_host
from saleor_backorders.models import (
    Alert,
    Backorder,
    ChannelRule,
    Message,
    MessageState,
    Rating,
    SupplyAssignment,
    Unsubscribed,
    VirtualStock,
)
from saleor_backorders.notifications import delivery
from tests.services.front import Front, run_triggers
from tests.services.mailing import (
    NOTHING,
    age,
    all_sent,
    look,
    placed,
    promise,
    rule,
    written,
)
from tests.sql.world import model

PAUSE = 14


@pytest.fixture
def waiting(front: Front) -> Backorder:
    """Return three that wait, of an order that was just placed and told of."""
    rule(front.main, status_days=PAUSE)
    return placed(front, 3)


def ship(front: Front, row: Backorder, days_ago: float = 0) -> None:
    """Let what waited arrive and leave, and its customer be told, some days ago."""
    line = model("order", "OrderLine").objects.get(pk=row.order_line_id)
    front.restock(line.variant, row.waiting)
    front.ship(line, front.shelves, row.quantity)
    run_triggers()
    all_sent(days_ago)
    Backorder.objects.filter(pk=row.pk).update(
        fulfilled_at=timezone.now() - timedelta(days=days_ago)
    )


# Still waiting


def test_status__nothing_before_its_time(waiting: Backorder) -> None:
    assert look(days=PAUSE - 1) == NOTHING
    assert written("status") == []


def test_status__once_a_period(waiting: Backorder) -> None:
    age(PAUSE)
    assert look().status == 1
    message = Message.objects.get(kind="status")
    today = clock.today()
    assert message.key == f"status:{waiting.order_id}:{today:%Y%m%d}"
    assert (message.order_id, message.channel_id) == (waiting.order_id, waiting.channel_id)
    assert (message.backorder_ids, message.state) == ([waiting.pk], "pending")
    assert look() == NOTHING
    all_sent()
    assert look(days=PAUSE - 1) == NOTHING
    assert look(days=PAUSE + 1).status == 1
    assert len(written("status")) == 2


def test_status__any_word_about_the_order_counts_from_when_it_was_sent(
    waiting: Backorder,
) -> None:
    age(30)
    Message.objects.filter(order_id=waiting.order_id).update(
        settled_at=timezone.now() - timedelta(days=5)
    )
    assert look() == NOTHING
    assert look(days=PAUSE - 6) == NOTHING
    assert look(days=PAUSE - 4).status == 1


@pytest.mark.parametrize(
    ("state", "kind", "expected"),
    [
        (MessageState.PENDING, "delayed", 0),
        (MessageState.CLAIMED, "delayed", 0),
        (MessageState.HANDING_OVER, "delayed", 0),
        (MessageState.UNKNOWN, "delayed", 0),
        (MessageState.SKIPPED, "delayed", 1),
        (MessageState.GIVEN_UP, "delayed", 1),
        (MessageState.SKIPPED, "status", 0),
        # That one went to staff.
        (MessageState.SENT, "refund_failed", 1),
    ],
)
def test_status__what_else_was_written_lately(
    waiting: Backorder, state: str, kind: str, expected: int
) -> None:
    age(30)
    now = timezone.now()
    Message.objects.create(
        kind=kind, key="another", channel_id=waiting.channel_id, order_id=waiting.order_id,
        state=state, due_at=now, created_at=now, transaction_id=1,
        settled_at=None if state in ("pending", "claimed", "handing_over") else now,
    )  # fmt: skip
    assert look().status == expected


def test_status__two_lines_of_one_order_make_one_message(front: Front) -> None:
    rule(front.main, status_days=PAUSE)
    first, second = front.sold(0, limit=9), front.sold(0, limit=9)
    order = front.order(front.main)
    for variant in (first, second):
        front.allocate(front.line(order, variant, 2), 2)
    run_triggers()
    all_sent()
    Backorder.objects.update(placed_at=timezone.now())
    age(PAUSE)
    assert look().status == 1
    rows = list(Backorder.objects.order_by("pk").values_list("pk", flat=True))
    assert Message.objects.get(kind="status").backorder_ids == rows


def test_status__none_once_all_arrived(front: Front, waiting: Backorder) -> None:
    front.restock(model("product", "ProductVariant").objects.get(pk=waiting.variant_id), 3)
    all_sent()
    age(PAUSE)
    assert look() == NOTHING


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_status__none_of_a_closed_order(waiting: Backorder, status: str) -> None:
    # The engine lets go of what a closed order had; the email may not depend on it.
    model("order", "Order").objects.filter(pk=waiting.order_id).update(status=status)
    age(PAUSE)
    assert look().status == 0


@pytest.mark.parametrize(
    "values", [{"status_days": 0}, {"muted": "rate, status"}, {"transport": "off"}], ids=str
)
def test_status__none_where_the_channel_sends_none(
    front: Front, waiting: Backorder, values: dict[str, Any]
) -> None:
    rule(front.main, **values)
    age(365)
    assert look().status == 0


def test_status__the_shops_rule_holds_where_the_channel_says_nothing(waiting: Backorder) -> None:
    ChannelRule.objects.all().delete()
    ChannelRule.objects.create(channel_id=0, status_days=3)
    age(3)
    assert look().status == 1


def test_status__who_wants_none_is_tried_once_a_period(front: Front, waiting: Backorder) -> None:
    model("order", "Order").objects.filter(pk=waiting.order_id).update(
        user_email="grace@example.com"
    )
    unsubscribe.unsubscribe("grace@example.com", now=timezone.now())
    assert Unsubscribed.objects.count() == 1
    age(PAUSE)
    assert look().status == 1
    assert delivery.deliver(host=get_host(), now=timezone.now()).skipped == 1
    assert Message.objects.get(kind="status").state == MessageState.SKIPPED
    assert look(days=1) == NOTHING
    assert look(days=PAUSE + 1).status == 1


# How was it


@pytest.fixture
def shipped(front: Front) -> Backorder:
    """Return what waited, arrived and left just now."""
    rule(front.main, rate_days=7)
    row = placed(front, 3)
    ship(front, row)
    row.refresh_from_db()
    assert (row.fulfilled, row.waiting, row.allocated) == (3, 0, 0)
    return row


def test_rate__after_its_days_and_once(shipped: Backorder) -> None:
    assert look(days=6) == NOTHING
    assert look(days=8) == replace(NOTHING, rate=1)
    message = Message.objects.get(kind="rate")
    assert (message.key, message.order_id) == (f"rate:{shipped.order_id}", shipped.order_id)
    assert message.backorder_ids == [shipped.pk]
    assert look(days=9) == NOTHING
    all_sent()
    assert look(days=30) == NOTHING


@pytest.mark.parametrize(("days", "expected"), [(36, 1), (38, 0), (400, 0)])
def test_rate__nobody_whose_order_was_done_long_ago(
    shipped: Backorder, days: int, expected: int
) -> None:
    assert look(days=days).rate == expected


def test_rate__nobody_who_said_it_already(shipped: Backorder) -> None:
    Rating.objects.create(backorder_id=shipped.pk, score=4, created_at=timezone.now())
    assert look(days=8) == NOTHING


def test_rate__nobody_of_whose_order_something_is_still_open(
    front: Front, shipped: Backorder
) -> None:
    order = model("order", "Order").objects.get(pk=shipped.order_id)
    variant = front.sold(0, limit=9)
    front.allocate(front.line(order, variant, 1), 1)
    run_triggers()
    all_sent()
    assert look(days=8).rate == 0
    front.restock(variant, 1)
    all_sent()
    assert look(days=8).rate == 0


def test_rate__counts_from_the_last_unit(front: Front, shipped: Backorder) -> None:
    order = model("order", "Order").objects.get(pk=shipped.order_id)
    front.allocate(front.line(order, front.sold(0, limit=9), 1), 1)
    run_triggers()
    later = Backorder.objects.exclude(pk=shipped.pk).get()
    ship(front, later)
    Backorder.objects.filter(pk=shipped.pk).update(fulfilled_at=timezone.now() - timedelta(days=6))
    assert look(days=6).rate == 0
    assert look(days=8).rate == 1
    assert Message.objects.get(kind="rate").backorder_ids == [shipped.pk, later.pk]


def test_rate__nobody_who_got_nothing(front: Front) -> None:
    rule(front.main, rate_days=7)
    row = placed(front, 3)
    front.cancel(model("order", "OrderLine").objects.get(pk=row.order_line_id))
    run_triggers()
    all_sent()
    row.refresh_from_db()
    assert row.cancelled == 3
    assert look(days=8) == NOTHING


@pytest.mark.parametrize("values", [{"rate_days": 0}, {"muted": "rate"}], ids=str)
def test_rate__nobody_where_the_channel_asks_nobody(
    front: Front, shipped: Backorder, values: dict[str, Any]
) -> None:
    rule(front.main, **values)
    assert look(days=8).rate == 0


# Low stock


@pytest.fixture
def low(front: Front) -> Any:
    """Return a variant of which five are there, and of which staff hear at three."""
    rule(front.main)
    return front.sold(5, limit=10, low_stock=3)


def alerts() -> list[tuple[str, int, int | None]]:
    return list(Alert.objects.order_by("pk").values_list("kind", "variant_id", "message_id"))


def test_low_stock__once_at_the_crossing_and_again_only_after_recovery(
    front: Front, low: Any
) -> None:
    assert look() == NOTHING
    front.buy(low, 2, front.main)
    assert look() == replace(NOTHING, low_stock=1)
    first = Message.objects.get(kind="low_stock")
    assert first.key == f"low_stock:{front.main.pk}:{first.pk}"
    assert (first.channel_id, first.order_id) == (front.main.pk, None)
    assert alerts() == [("low_stock", low.pk, first.pk)]

    front.buy(low, 1, front.main)
    assert look() == NOTHING
    front.restock(low, 2)
    assert look() == NOTHING
    assert alerts() == []
    front.buy(low, 1, front.main)
    assert look().low_stock == 1
    assert len(written("low_stock")) == 2


def test_low_stock__several_make_one_message_a_channel(front: Front, low: Any) -> None:
    other = front.sold(1, limit=10, low_stock=1)
    front.set_stock(low, front.shelves, 0)
    away = front.channel()
    rule(away)
    front.link(away, front.shelves)
    front.allow(other, away, low_stock=9)
    assert look().low_stock == 2
    here, there = Message.objects.filter(kind="low_stock").order_by("channel_id")
    assert sorted(alerts()) == sorted(
        [
            ("low_stock", low.pk, here.pk),
            ("low_stock", other.pk, here.pk),
            ("low_stock", other.pk, there.pk),
        ]
    )
    third = front.sold(0, limit=10, low_stock=1)
    assert look().low_stock == 1
    newest = Message.objects.filter(kind="low_stock").latest("pk")
    assert [row[1] for row in alerts() if row[2] == newest.pk] == [third.pk]


def test_low_stock__counts_what_a_shopper_could_have(front: Front, low: Any) -> None:
    model("warehouse", "Stock").objects.filter(product_variant=low).update(quantity_allocated=5)
    front.set_stock(low, front.warehouse([]), 100)
    shelf = model("warehouse", "Stock").objects.get(product_variant=low, warehouse=front.shelves)
    assert look() == NOTHING
    held = front.reserve(shelf, 2, front.main)
    assert look().low_stock == 1
    held.delete()
    assert look() == NOTHING
    assert alerts() == []


@pytest.mark.parametrize(
    "values", [{"low_stock": 0}, {"allow": False}], ids=["no threshold", "not sold beyond it"]
)
def test_low_stock__only_where_the_policy_says_so(
    front: Front, low: Any, values: dict[str, Any]
) -> None:
    front.set_stock(low, front.shelves, 0)
    VirtualStock.objects.update(**values)
    assert look() == NOTHING


@pytest.mark.parametrize(
    "values", [{"staff_emails": " , "}, {"muted": "low_stock"}, {"transport": "off"}], ids=str
)
def test_low_stock__nothing_where_nobody_reads_it(
    front: Front, low: Any, values: dict[str, Any]
) -> None:
    front.set_stock(low, front.shelves, 0)
    rule(front.main, **values)
    assert look() == NOTHING
    assert alerts() == []


def test_low_stock__what_was_skipped_was_told_to_nobody(front: Front, low: Any) -> None:
    front.set_stock(low, front.shelves, 0)
    look()
    front.set_stock(low, front.shelves, 9)
    assert delivery.deliver(host=get_host(), now=timezone.now()).skipped == 1
    front.set_stock(low, front.shelves, 0)
    look()
    assert alerts() == []
    assert look().low_stock == 1


# Limits


def test_limit__once_when_it_is_nearly_reached(front: Front) -> None:
    rule(front.main, limit_warning_percent=80)
    variant = front.sold(0, limit=10)
    front.wait(variant, 7)
    assert look().limit == 0
    front.wait(variant, 1)
    assert look().limit == 1
    message = Message.objects.get(kind="limit")
    assert message.key == f"limit:{front.main.pk}:{message.pk}"
    assert alerts() == [("limit", variant.pk, message.pk)]
    front.wait(variant, 2)
    assert look().limit == 0

    front.restock(variant, 5)
    assert look().limit == 0
    assert alerts() == []
    front.wait(variant, 3)
    assert look().limit == 1


@pytest.mark.parametrize(
    ("limit", "percent"), [(1_000_000, 1), (8, 0)], ids=["no limit", "never told"]
)
def test_limit__never(front: Front, limit: int, percent: int) -> None:
    rule(front.main, limit_warning_percent=percent)
    variant = front.sold(0, limit=1000)
    front.wait(variant, 8)
    VirtualStock.objects.update(limit_units=limit)
    assert look().limit == 0
    VirtualStock.objects.update(limit_units=1000)


# Late


@pytest.mark.parametrize(
    ("promised", "expected", "written_"),
    [
        (-1, -1, 1),
        (-1, 30, 1),
        (30, -1, 1),
        (0, 0, 1),
        (2, 2, 1),
        (3, 3, 0),
        (365, 365, 0),
    ],
)
def test_late__beyond_the_day_or_about_to_be(
    front: Front, promised: int, expected: int, written_: int
) -> None:
    rule(front.main, late_warning_days=2)
    promise(placed(front, 1), promised, expected)
    assert look().late == written_


@pytest.mark.parametrize(("units", "expected"), [(3, 0), (2, 1)])
def test_late__not_while_a_shipment_covers_all_of_it(
    front: Front, units: int, expected: int
) -> None:
    rule(front.main, late_warning_days=2)
    row = placed(front, 3)
    promise(row, 1)
    cover = SupplyAssignment.objects.create(
        variant_id=row.variant_id, backorder_id=row.pk, line_id=1, quantity=units
    )
    assert look().late == expected
    cover.delete()


def test_late__once_a_day(front: Front) -> None:
    rule(front.main)
    promise(placed(front, 1), -1)
    today = clock.today()
    assert look().late == 1
    assert written("late") == [f"late:{front.main.pk}:{today}"]
    assert look().late == 0
    assert look(days=1).late == 1


@pytest.mark.parametrize("values", [{"staff_emails": ""}, {"muted": "late"}], ids=str)
def test_late__nothing_where_nobody_reads_it(front: Front, values: dict[str, Any]) -> None:
    rule(front.main, **values)
    promise(placed(front, 1), -1)
    assert look().late == 0


def test_late__nothing_once_it_arrived(front: Front) -> None:
    rule(front.main)
    row = placed(front, 1)
    promise(row, -1)
    front.restock(model("product", "ProductVariant").objects.get(pk=row.variant_id), 1)
    assert look().late == 0


# Messages given up


def lose(front: Front, key: str, state: str = "given_up", kind: str = "delayed") -> Message:
    """Let a message not get through."""
    now = timezone.now()
    return Message.objects.create(
        kind=kind, key=key, channel_id=front.main.pk, state=state, settled_at=now, due_at=now,
        created_at=now, transaction_id=1, last_error="550 no such user",
    )  # fmt: skip


def test_given_up__at_once_and_then_at_most_once_an_hour(front: Front) -> None:
    rule(front.main)
    now = timezone.now()  # Once, since an hour may end in between.
    first, second = lose(front, "one"), lose(front, "two", state="unknown")
    assert look(now=now).given_up == 1
    hour = now.strftime("%Y%m%d%H")
    told = Message.objects.get(kind="given_up")
    assert told.key == f"given_up:{front.main.pk}:{hour}"
    assert told.about_ids == [first.pk, second.pk]
    assert look(now=now).given_up == 0
    assert look(hours=1, now=now).given_up == 0

    third = lose(front, "three")
    assert look(now=now).given_up == 0
    assert look(hours=1, now=now).given_up == 1
    assert Message.objects.filter(kind="given_up").latest("pk").about_ids == [third.pk]
    assert look(hours=2, now=now).given_up == 0


def test_given_up__not_of_itself_nor_of_what_was_sent(front: Front) -> None:
    rule(front.main)
    lose(front, "one", kind="given_up")
    lose(front, "two", state="sent")
    lose(front, "three", state="skipped")
    assert look().given_up == 0


@pytest.mark.parametrize("values", [{"staff_emails": ""}, {"muted": "given_up"}], ids=str)
def test_given_up__nothing_where_nobody_reads_it(front: Front, values: dict[str, Any]) -> None:
    rule(front.main, **values)
    lose(front, "one")
    assert look().given_up == 0


# Housekeeping


def test_forget__what_was_settled_long_ago(front: Front, settings: Any) -> None:
    settings.SALEOR_BACKORDERS_MESSAGES_KEPT_DAYS = 100
    rule(front.main)
    old, young, never = (lose(front, key, state="sent") for key in ("old", "young", "never"))
    now = timezone.now()
    Message.objects.filter(pk=old.pk).update(settled_at=now - timedelta(days=101))
    Message.objects.filter(pk=young.pk).update(settled_at=now - timedelta(days=99))
    Message.objects.filter(pk=never.pk).update(
        state="pending", settled_at=None, created_at=now - timedelta(days=1000)
    )
    assert look().forgotten == 1
    assert list(Message.objects.order_by("pk")) == [young, never]


def test_forget__not_what_reminders_look_back_on(front: Front, settings: Any) -> None:
    settings.SALEOR_BACKORDERS_MESSAGES_KEPT_DAYS = 1
    rule(front.main, status_days=60)
    lose(front, "one", state="sent")
    assert look(days=59).forgotten == 0
    assert look(days=61).forgotten == 1


def test_forget__in_bounded_batches(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saleor_backorders.notifications.reminders.BATCH", 2)
    for number in range(5):
        lose(front, f"number {number}", state="sent")
    assert [look(days=500).forgotten for _ in range(4)] == [2, 2, 1, 0]
