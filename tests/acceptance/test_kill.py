"""A process that dies at any point leaves nothing that one sweep does not put right."""

from __future__ import annotations

import http.client
import random
import secrets
import threading
import time
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.acceptance.shop import Shop
from tests.acceptance.test_shipping import assert_clean
from tests.acceptance.traffic import Traffic, wait_until_idle
from tests.hosts.base import HostError

PEOPLE = 4
KILLS = {"sandbox": 3, "saleor": 1}
NOBODY_THERE = (urllib.error.URLError, ConnectionError, http.client.HTTPException)
END_A_CONNECTION = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
ORDER BY random() LIMIT 1
"""
# What Django, psycopg and PostgreSQL say to whom a connection was taken from.
CUT = (
    "terminating connection", "server closed the connection", "connection is closed",
    "connection is lost", "connection already closed", "AdminShutdown", "InterfaceError",
    "OperationalError", "Server Error",
)  # fmt: skip


def until_it_dies(act: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Act against a process that will not live; whatever else goes wrong is raised."""
    try:
        act(stop)
    except NOBODY_THERE:
        return


def through_cuts(act: Callable[[threading.Event], None], stop: threading.Event) -> list[str]:
    """Act although connections are cut; return what went wrong."""
    wrong = []
    while not stop.is_set():
        try:
            act(stop)
        except (AssertionError, HostError, psycopg.Error) as error:
            wrong.append(f"{type(error).__name__}: {error}")
    return wrong


def wait_for_orders(traffic: Traffic, count: int, seconds: float = 30) -> None:
    """Wait until people have bought something: there is nothing to break before."""
    deadline = time.monotonic() + seconds
    while len(traffic.orders) < count:
        assert time.monotonic() < deadline, traffic.answers
        time.sleep(0.02)


def sweep_and_check(shop: Shop) -> None:
    """Sweep once and find nothing broken."""
    wait_until_idle(shop)
    shop.host.manage("backorders", "sweep")
    assert_clean(shop)


def seeded() -> int:
    """Return a seed, and print it for whoever has to look."""
    seed = secrets.randbelow(10**9)
    print(f"kill, seed {seed}")  # noqa: T201
    return seed


def test_a_killed_process_leaves_the_invariants_true(plain_shop: Shop) -> None:
    chance = random.Random(seeded())  # noqa: S311
    for _ in range(KILLS[plain_shop.host.name]):
        victim = plain_shop.host.spawn()
        shop = Shop(plain_shop.host.through(victim))
        traffic = Traffic(shop, 0, seed=chance.randrange(10**9))
        stop = threading.Event()
        with ThreadPoolExecutor(PEOPLE) as people:
            done = [people.submit(until_it_dies, traffic.act_until, stop) for _ in range(PEOPLE)]
            try:
                wait_for_orders(traffic, 2)
                time.sleep(chance.uniform(0, 2.5))
            finally:
                victim.kill()
                stop.set()
        for each in done:
            each.result()

        assert traffic.crashes == []
        sweep_and_check(plain_shop)


def test_connections_cut_at_any_point_leave_the_invariants_true(plain_shop: Shop) -> None:
    chance = random.Random(seeded())  # noqa: S311
    traffic = Traffic(plain_shop, 0, seed=chance.randrange(10**9))
    stop = threading.Event()
    cut = 0
    with ThreadPoolExecutor(PEOPLE) as people:
        done = [people.submit(through_cuts, traffic.act_until, stop) for _ in range(PEOPLE)]
        try:
            wait_for_orders(traffic, 2)
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                time.sleep(chance.uniform(0.01, 0.1))
                cut += len(plain_shop.host.sql(END_A_CONNECTION))
        finally:
            stop.set()

    wrong = [each for people_s in done for each in people_s.result()]
    assert [each for each in wrong if not any(words in each for words in CUT)] == []
    assert cut > 5
    assert sum(answer.ok for _, answer in traffic.answers) > 5
    sweep_and_check(plain_shop)
