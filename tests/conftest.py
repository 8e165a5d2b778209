"""Bring up the hosts that the acceptance tests run on, each once and only if needed."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from functools import cache
from types import FrameType

import pytest
from _pytest.mark.structures import ParameterSet
from pytest_django import DjangoDbBlocker

from tests.database import copied, emptied_fast
from tests.hosts.base import Host, HostUnavailableError
from tests.hosts.rack import HOSTS, HostRack


def pytest_configure(config: pytest.Config) -> None:
    """Stop the hosts on a polite request to end, as on Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, after the shuffle: no worker is to end alone with it."""
    items.sort(key=lambda item: item.path.stem not in SLOWEST)


def pytest_collection_finish() -> None:
    """Keep what is loaded from being looked through for garbage, over and over."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


SLOWEST = {"test_kill", "test_race", "test_receiving", "test_soak", "test_workers"}
"""Modules whose tests wait or race for ten seconds and more each; their order is as shuffled."""
SORTING = "prioritize-sorting-order"
HIGH = "prioritize-high-stock"
# The shop's allocation strategy, and whether the legacy shipping-zone availability is on.
SETTINGS = {
    "sandbox": [(SORTING, True), (HIGH, True)],
    "saleor": [(SORTING, True), (HIGH, False)],
}
EVERY_SETTING = {**SETTINGS, "saleor": [*SETTINGS["saleor"], (HIGH, True), (SORTING, False)]}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once on each host, and once in each setting where it asks for that."""
    if "host" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--host")
    hosts = [name for name in HOSTS if chosen in (name, "all")]
    if "setting" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-setting")
        settings = EVERY_SETTING if every else SETTINGS
        pairs = [_parameter(name, setting) for name in hosts for setting in settings[name]]
        metafunc.parametrize(("host", "setting"), pairs, indirect=["host"])
    else:
        metafunc.parametrize("host", [_parameter(name) for name in hosts], indirect=True)


def _parameter(name: str, setting: tuple[str, bool] | None = None) -> ParameterSet:
    """Name one case, skipped in one line where this machine lacks the host."""
    if setting:
        strategy, legacy = setting
        label = f"{name}-{strategy}" + ("" if legacy else "-without-zones")
        return pytest.param(name, setting, id=label, marks=_skips(name))
    return pytest.param(name, id=name, marks=_skips(name))


@cache
def _skips(name: str) -> list[pytest.MarkDecorator]:
    try:
        HOSTS[name].find()
    except HostUnavailableError as reason:
        return [pytest.mark.skip(reason=f"{name} host: {reason}")]
    return []


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """Give each worker a database of its own, without migrating it each time."""
    with django_db_blocker.unblock(), copied(f"test_{worker_id}"), emptied_fast():
        yield


@pytest.fixture(scope="session")
def host_rack() -> Iterator[HostRack]:
    """Keep the hosts that run, and stop them all at the end."""
    rack = HostRack()
    try:
        yield rack
    finally:
        rack.stop()


@pytest.fixture
def host(request: pytest.FixtureRequest, host_rack: HostRack) -> Host:
    """Return the running host under test."""
    return host_rack.get(request.param)
