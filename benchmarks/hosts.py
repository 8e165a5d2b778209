"""Pairs of hosts that differ in the plugin alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.lanes.base import Lane, LaneUnavailableError
from tests.lanes.saleor import SaleorLane
from tests.lanes.sandbox import SandboxLane

ONE_THREAD = Path(__file__).with_name("one_thread.py")
Pair = tuple[Lane, Lane]


class KeptSandboxLane(SandboxLane):
    """Serve the sandbox over a kept connection."""

    def command(self) -> list[str]:
        """Return the start of the command line."""
        return [*super().command(), str(ONE_THREAD)]


class BareSandboxLane(SandboxLane):
    """Serve the sandbox without the plugin."""

    def environment(self) -> dict[str, str]:
        """Return the environment of the sandbox's processes."""
        return {**super().environment(), "DJANGO_SETTINGS_MODULE": "benchmarks.bare_settings"}


class KeptBareSandboxLane(KeptSandboxLane, BareSandboxLane):
    """Serve the sandbox without the plugin over a kept connection."""


class KeptSaleorLane(SaleorLane):
    """Serve Saleor over a kept connection."""

    def command(self) -> list[str]:
        """Return the start of the command line."""
        return [*super().command(), str(ONE_THREAD)]


def sandbox_pair(*, kept: bool) -> Pair:
    """Return the sandbox with the plugin, and without."""
    if kept:
        return KeptSandboxLane.find(), KeptBareSandboxLane()
    return SandboxLane.find(), BareSandboxLane()


def saleor_pair(*, kept: bool) -> Pair:
    """Return Saleor with the plugin, and without.

    :raises LaneUnavailableError: where no Saleor is found.
    """
    lane = KeptSaleorLane if kept else SaleorLane
    present, absent = lane.find(), lane.find()
    absent.with_plugin = False
    return present, absent


def pairs(*, on_saleor: bool) -> list[Callable[..., Pair]]:
    """Return the makers of the pairs that this machine can run."""
    if not on_saleor:
        return [sandbox_pair]
    try:
        SaleorLane.find()
    except LaneUnavailableError as reason:
        print(f"Real Saleor is left out: {reason}.")  # noqa: T201
        return [sandbox_pair]
    return [sandbox_pair, saleor_pair]
