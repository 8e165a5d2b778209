"""Several workers that look at once write once, and what was done long ago costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_backorders import engine
from saleor_backorders.common import clock
from saleor_backorders.models import Alert, Backorder, Message
from saleor_backorders.notifications import queries as notifications_queries
from saleor_backorders.outbox import queries as outbox_queries
from tests.services.front import Front
from tests.services.mailing import age, all_sent, look, placed, promise, rule
from tests.sql.wires import at_once
from tests.sql.world import model

OLD = 5_000
COPY_BACKORDERS = """
    INSERT INTO saleor_backorders_backorder (
           order_line_id, order_id, order_number, variant_id, channel_id, destination,
           product_name, variant_name, quantity, waiting, allocated, fulfilled, cancelled, priority,
           placed_at, updated_at, seen_quantity, seen_fulfilled, seen_returned, seen_on_hand,
           allocated_at, fulfilled_at)
    SELECT gen_random_uuid(), gen_random_uuid(), n::text, variant_id, channel_id, destination,
           product_name, variant_name, 1, 0, 0, 1, 0, 0,
           then_.at, then_.at, 1, 1, 0, 0, then_.at, then_.at
      FROM saleor_backorders_backorder
     CROSS JOIN generate_series(1, %(count)s) AS n
     CROSS JOIN LATERAL (SELECT now() - interval '100 days' - n * interval '1 hour' AS at) then_
"""
COPY_MESSAGES = """
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, order_id, state, due_at, created_at, settled_at, transaction_id)
    SELECT kind, concat(kind, ':', order_id), channel_id, order_id, 'sent', placed_at, placed_at,
           placed_at, 1
      FROM saleor_backorders_backorder
     CROSS JOIN unnest(ARRAY['placed', 'allocated']) AS kind
     WHERE fulfilled > 0
"""
TABLES = ("saleor_backorders_backorder", "saleor_backorders_message")


@pytest.fixture
def busy(transactional_db: None) -> Iterator[Front]:
    """Return a shop in which a message of each kind is due."""
    front = Front()
    rule(front.main, status_days=14, rate_days=7, limit_warning_percent=90)
    promise(placed(front, 9, front.sold(0, limit=10, low_stock=2)), -1)
    sent = placed(front, 1)
    line = model("order", "OrderLine").objects.get(pk=sent.order_line_id)
    front.restock(line.variant, 1)
    front.ship(line, front.shelves, 1)
    age(20)
    all_sent(days_ago=20)
    Message.objects.create(
        kind="delayed", key="lost", channel_id=front.main.pk, state="given_up",
        settled_at=timezone.now(), due_at=timezone.now(), created_at=timezone.now(),
        transaction_id=1,
    )  # fmt: skip
    yield front
    assert engine.broken_invariants() == []


KINDS = ["given_up", "late", "limit", "low_stock", "rate", "status"]


def pending() -> list[str]:
    return sorted(Message.objects.filter(state="pending").values_list("kind", flat=True))


def test_workers_that_look_at_once_write_each_message_once(busy: Front) -> None:
    runs = [asdict(run) for run in at_once(*[look] * 6)]
    assert pending() == KINDS
    assert {kind: sum(run[kind] for run in runs) for kind in KINDS} == dict.fromkeys(KINDS, 1)
    assert sorted(Alert.objects.values_list("kind", flat=True)) == [
        "given_up", "limit", "low_stock",
    ]  # fmt: skip


def test_who_finds_another_one_looking_leaves_it_to_that_one(busy: Front) -> None:
    with transaction.atomic():
        assert notifications_queries.hold("late")
        (run,) = at_once(look)
    assert (run.late, run.status) == (0, 1)
    assert look().late == 1


def test_keys_alone_keep_a_message_from_being_written_twice(busy: Front) -> None:
    now, today = timezone.now(), clock.today()
    channel = busy.main.pk
    low = notifications_queries.low_stock(channels=[channel])
    works: list[Callable[[], int]] = [
        lambda: notifications_queries.status(days={channel: 14}, now=now, today=today),
        lambda: notifications_queries.rate(days={channel: 7}, window=30, now=now),
        lambda: notifications_queries.late(days={channel: 2}, today=today),
        lambda: notifications_queries.given_up(channels=[channel], hour="now"),
        lambda: notifications_queries.alerts(kind="low_stock", crossed=low),
    ]
    for work in works:
        assert sum(at_once(*[work] * 4)) == 1
    assert pending() == ["given_up", "late", "low_stock", "rate", "status"]
    assert Alert.objects.filter(kind="low_stock").count() == 1


@pytest.fixture
def old(db: None) -> Front:
    """Return a shop with many orders that were done long ago, as far as it matters here."""
    front = Front()
    rule(front.main, status_days=14, limit_warning_percent=90)
    placed(front, 3, front.sold(0, limit=100, low_stock=0))
    with connection.cursor() as cursor:
        cursor.execute(COPY_BACKORDERS, {"count": OLD})
        cursor.execute(COPY_MESSAGES)
        cursor.execute("ANALYZE saleor_backorders_backorder")
        cursor.execute("ANALYZE saleor_backorders_message")
    return front


def reads_of(work: Callable[[], Any]) -> tuple[int, int]:
    """Return how many rows of the ledger and the outbox are read by scan, and by index."""
    before = _read_so_far()
    work()
    return tuple(now - then for now, then in zip(_read_so_far(), before, strict=True))  # type: ignore[return-value]


def _read_so_far() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read)::int, sum(coalesce(idx_tup_fetch, 0))::int"
            " FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)",
            [list(TABLES)],
        )
        by_scan, by_index = cursor.fetchone()
        return by_scan, by_index


def test_what_was_done_long_ago_costs_nothing(old: Front) -> None:
    now, today = timezone.now(), clock.today()
    channel = old.main.pk
    works: dict[str, Callable[[], Any]] = {
        "status": lambda: notifications_queries.status(days={channel: 14}, now=now, today=today),
        "late": lambda: notifications_queries.late(days={channel: 2}, today=today),
        "given up": lambda: notifications_queries.given_up(channels=[channel], hour="now"),
        "low stock": lambda: notifications_queries.low_stock(channels=[channel]),
        "limits": lambda: notifications_queries.limits(percents={channel: 90}),
    }
    for name, work in works.items():
        by_scan, by_index = reads_of(work)
        assert (name, by_scan, by_index < 10) == (name, 0, True)


def test_housekeeping_looks_at_the_oldest_alone(old: Front) -> None:
    before = timezone.now() - timedelta(days=4000)
    by_scan, by_index = reads_of(lambda: outbox_queries.forget(before=before, most=100))
    assert (by_scan, by_index <= 100) == (0, True)
    assert Backorder.objects.count() == OLD + 1
