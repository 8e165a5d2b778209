"""Minutes of mixed traffic leave no promise broken and nobody overtaken."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from tests.acceptance.killing import wait_for_blocked
from tests.acceptance.ledger import FIRST_VIRTUAL_ID
from tests.acceptance.money import key_of
from tests.acceptance.shop import Shop
from tests.acceptance.test_shipping import assert_clean
from tests.acceptance.traffic import CommitLog, Traffic, queue_jumpers

SECONDS = float(os.environ.get("SOAK_SECONDS", "8"))


@pytest.mark.soak
def test_mixed_traffic_breaks_no_promise_and_lets_nobody_jump_the_queue(plain_shop: Shop) -> None:
    seed = secrets.randbelow(10**9)
    with CommitLog(plain_shop) as log:
        traffic = Traffic(plain_shop, SECONDS, seed)
        traffic.run()
        jumped = [line for variant in traffic.variants for line in log.jumped_queues(variant)]

    done = sum(answer.ok for _, answer in traffic.answers)
    print(  # noqa: T201
        f"soak, seed {seed}: {len(traffic.orders)} orders, {done} deeds done; deadlocks among the"
        f" shop's own statements: {traffic.retriable} requests, {traffic.ended_for_others} imports"
    )
    assert traffic.crashes == []
    # The host's own statements lock crosswise now and then; ours may have no part in it.
    assert "advisory lock" not in plain_shop.host.database_log()
    assert jumped == []
    assert done > SECONDS
    plain_shop.host.manage("backorders", "sweep")
    assert_clean(plain_shop)


SHELF, VIRTUAL = 7, FIRST_VIRTUAL_ID
EARLY, LATE = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))


def test_the_log_shows_a_newcomer_who_was_served_past_somebody_waiting() -> None:
    waits = (1, [("old", EARLY, VIRTUAL, 2)])
    served = (2, [("new", LATE, SHELF, 1)])

    assert queue_jumpers([waits, served]) == ["transaction 2: ['new'] before ['old']"]


def test_the_log_accepts_that_the_last_to_wait_is_served_with_the_newcomer() -> None:
    waits = (1, [("old", EARLY, VIRTUAL, 2)])
    served = (2, [("old", EARLY, VIRTUAL, -2), ("old", EARLY, SHELF, 2), ("new", LATE, SHELF, 1)])

    assert queue_jumpers([waits, served]) == []


def test_the_log_accepts_that_an_order_placed_earlier_and_written_later_is_served_first() -> None:
    waits = (1, [("old", LATE, VIRTUAL, 2)])
    served = (2, [("new", EARLY, SHELF, 1)])

    assert queue_jumpers([waits, served]) == []


def test_the_log_has_commits_in_the_order_in_which_others_came_to_see_them(
    plain_shop: Shop,
) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=100).must()
    earlier = plain_shop.buy(2)
    with (
        CommitLog(plain_shop) as log,
        ThreadPoolExecutor(1) as somebody,
        psycopg.connect(plain_shop.host.dsn) as holder,
    ):
        holder.execute("SELECT saleor_backorders_lock(ARRAY[%s])", [plain_shop.variant.pk])
        buying = somebody.submit(plain_shop.buy, 1)
        wait_for_blocked(plain_shop)
        holder.execute(
            "UPDATE warehouse_allocation SET quantity_allocated = quantity_allocated"
            " WHERE order_line_id = %s::uuid",
            [key_of(earlier.line)],
        )
        holder.commit()
        later = buying.result()
        commits = log.commits(plain_shop.variant)

    lines = [{change[0] for change in changes} for _, changes in commits]
    assert lines == [{key_of(earlier.line)}, {key_of(later.line)}]
