"""The cost of an arrival follows what moves, not what waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from saleor_backorders import engine
from saleor_backorders.models import Backorder
from tests.sql.conftest import Lamp
from tests.sql.world import Shop

WAITING = 20_000
COPY_ORDERS = """
    INSERT INTO order_order
    SELECT copy.*
      FROM order_order o
      CROSS JOIN generate_series(1, %(count)s) AS n
      CROSS JOIN LATERAL jsonb_populate_record(o, jsonb_build_object(
          'id', gen_random_uuid(), 'number', o.number + n,
          'created_at', o.created_at + n * interval '1 second')) copy
     WHERE o.id = %(order)s
"""
COPY_LINES = """
    INSERT INTO order_orderline
    SELECT copy.*
      FROM order_orderline ol
      CROSS JOIN order_order o
      CROSS JOIN LATERAL jsonb_populate_record(ol, jsonb_build_object(
          'id', gen_random_uuid(), 'order_id', o.id)) copy
     WHERE ol.id = %(line)s AND o.id <> ol.order_id
"""
ALLOCATE = """
    INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)
    SELECT id, %(virtual)s, 1 FROM order_orderline WHERE id <> %(line)s
"""


@pytest.fixture
def queue(lamp: Lamp, request: pytest.FixtureRequest) -> Lamp:
    """Let many orders wait for one unit each, and tell the planner so."""
    line = lamp.buy(1)
    names = {
        "count": getattr(request, "param", WAITING),
        "order": line.order_id,
        "line": line.pk,
        "virtual": lamp.virtual.stock_id,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Planned as for the few rows of the tests before, the COMMIT could take for ever.
        for statement in (COPY_ORDERS, COPY_LINES, ALLOCATE, "ANALYZE"):
            cursor.execute(statement, names)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return lamp


BIG = ("saleor_backorders_backorder", "warehouse_allocation", "order_orderline", "order_order")


class Reads(NamedTuple):
    by_scan: int
    by_index: int


def reads_of(work: Callable[[], None]) -> dict[str, Reads]:
    """Return how many rows of each big table a transaction reads, until the end of its COMMIT."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = read_so_far(cursor)
        work()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        after = read_so_far(cursor)
    return {
        table: Reads(*(now - then for now, then in zip(after[table], before[table], strict=True)))
        for table in BIG
    }


def read_so_far(cursor: Any) -> dict[str, Reads]:
    cursor.execute(
        "SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0)"
        " FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)",
        [list(BIG)],
    )
    return {name: Reads(by_scan, by_index) for name, by_scan, by_index in cursor.fetchall()}


def entries_of(index: str) -> int:
    """Return how many entries of an index were ever read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = %s", [index]
        )
        return int(cursor.fetchone()[0])


def test_ten_units_for_twenty_thousand_orders_read_the_head_of_the_queue(queue: Lamp) -> None:
    before = entries_of("bo_ledger_queue")
    reads = reads_of(lambda: queue.arrive(10))
    assert [reads[table].by_scan for table in BIG] == [0, 0, 0, 0]
    assert max(reads[table].by_index for table in BIG) < 100
    assert 10 <= entries_of("bo_ledger_queue") - before < 100
    waiting = Backorder.objects.aggregate(units=Sum("waiting"))
    assert waiting == {"units": WAITING + 1 - 10}
    assert plan_of_the_head(queue)[:2] == [
        "Limit",
        "->  Index Scan using bo_ledger_queue on saleor_backorders_backorder b",
    ]


def plan_of_the_head(queue: Lamp) -> list[str]:
    """Explain the engine's own look at the head of the queue, for ten units."""
    text = Path(engine.__file__).with_name("40_allocate.sql").read_text()
    (head,) = re.findall(r"SELECT b\.id.*?LIMIT p_free", text, flags=re.DOTALL)
    destination = Backorder.objects.values_list("destination", flat=True).distinct().get()
    for name, value in {
        "p_variant": str(queue.variant.pk),
        "d.destination": f"'{destination}'",
        "p_free": "10",
    }.items():
        head = head.replace(name, value)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {head}")
        return [line.partition("  (cost")[0].strip() for (line,) in cursor.fetchall()]


@pytest.mark.parametrize("queue", [2000], indirect=True)
def test_units_for_which_nobody_waits_read_nothing_of_the_queue(queue: Lamp, shop: Shop) -> None:
    other = shop.variant()
    shop.stock(other, queue.warehouse, 0)
    shop.allow(other, queue.channel)
    reads = reads_of(lambda: shop.set_stock(other, queue.warehouse, 10))
    assert {table: sum(reads[table]) for table in BIG} == dict.fromkeys(BIG, 0)
