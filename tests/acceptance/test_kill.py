"""A process that dies at any point leaves nothing that one sweep does not put right."""

from __future__ import annotations

import http.client
import random
import threading
import time
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.shop import Shop
from tests.acceptance.test_shipping import assert_clean
from tests.acceptance.traffic import Traffic, wait_until_idle
from tests.lanes.base import LaneError

KILLS = {"sandbox": 3, "saleor": 1}
END_A_CONNECTION = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
ORDER BY random() LIMIT 1
"""


def until_it_dies(act: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Act against a process that will not live."""
    while not stop.is_set():
        try:
            act(stop)
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            return
        except (AssertionError, LaneError):
            continue


def sweep_and_check(shop: Shop) -> None:
    """Sweep once and find nothing broken."""
    wait_until_idle(shop)
    shop.lane.manage("backorders", "sweep")
    assert_clean(shop)


def test_a_killed_process_leaves_the_invariants_true(plain_shop: Shop) -> None:
    for _ in range(KILLS[plain_shop.lane.name]):
        victim = plain_shop.lane.spawn()
        shop = Shop(plain_shop.lane.through(victim))
        traffic = Traffic(shop, 0, seed=random.randrange(10**9))  # noqa: S311
        stop = threading.Event()
        with ThreadPoolExecutor(4) as people:
            for _ in range(4):
                people.submit(until_it_dies, traffic.act_until, stop)
            time.sleep(random.uniform(0.5, 3))  # noqa: S311
            victim.kill()
            stop.set()

        sweep_and_check(plain_shop)


def test_connections_cut_at_any_point_leave_the_invariants_true(plain_shop: Shop) -> None:
    traffic = Traffic(plain_shop, 0, seed=random.randrange(10**9))  # noqa: S311
    stop = threading.Event()
    cut = 0
    with ThreadPoolExecutor(4) as people:
        for _ in range(4):
            people.submit(until_it_dies, traffic.act_until, stop)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311
            cut += len(plain_shop.lane.sql(END_A_CONNECTION))
        stop.set()

    assert cut > 5
    sweep_and_check(plain_shop)
