"""Minutes of mixed traffic leave no promise broken and nobody overtaken."""

from __future__ import annotations

import os
import secrets

import pytest

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
    assert "advisory lock" not in plain_shop.lane.database_log()
    assert jumped == []
    assert done > SECONDS
    plain_shop.lane.manage("backorders", "sweep")
    assert_clean(plain_shop)


def test_the_log_shows_a_newcomer_who_was_served_past_somebody_waiting() -> None:
    shelf, virtual = 7, 1_000_000_001
    waits = (1, [("old", virtual, 2)])
    served = (2, [("new", shelf, 1)])

    assert queue_jumpers([waits, served]) == ["transaction 2: ['new'] before ['old']"]


def test_the_log_accepts_that_the_last_to_wait_is_served_with_the_newcomer() -> None:
    shelf, virtual = 7, 1_000_000_001
    waits = (1, [("old", virtual, 2)])
    served = (2, [("old", virtual, -2), ("old", shelf, 2), ("new", shelf, 1)])

    assert queue_jumpers([waits, served]) == []
