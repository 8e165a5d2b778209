"""Bring up the hosts that the acceptance tests run on, each once and only if needed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tests.lanes.base import Lane, LaneUnavailableError
from tests.lanes.rack import LANES, LaneRack


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the host."""
    parser.addoption(
        "--lane",
        choices=[*LANES, "all"],
        default="all",
        help="host of the acceptance tests: the sandbox, real Saleor, or both where found",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Stop the hosts on a polite request to end, as on Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def lane_parameters(config: pytest.Config) -> list[object]:
    """Return the lanes that this run asks for, those not to be had marked as skipped."""
    chosen = config.getoption("--lane")
    return [_parameter(name) for name in LANES if chosen in (name, "all")]


def _parameter(name: str) -> object:
    try:
        LANES[name].find()
    except LaneUnavailableError as reason:
        skip = pytest.mark.skip(reason=f"{name} lane: {reason}")
        return pytest.param(name, marks=skip)
    return name


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that asks for a lane once on each host."""
    if "lane" in metafunc.fixturenames:
        metafunc.parametrize("lane", lane_parameters(metafunc.config), indirect=True)


@pytest.fixture(scope="session")
def lane_rack() -> Iterator[LaneRack]:
    """Keep the hosts that run, and stop them all at the end."""
    rack = LaneRack()
    try:
        yield rack
    finally:
        rack.stop()


@pytest.fixture
def lane(request: pytest.FixtureRequest, lane_rack: LaneRack) -> Lane:
    """Return the running host under test."""
    return lane_rack.get(request.param)
