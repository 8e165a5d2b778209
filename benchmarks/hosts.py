"""Pairs of hosts that differ in the plugin alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hosts.base import Host, HostUnavailableError
from tests.hosts.saleor import SaleorHost
from tests.hosts.sandbox import SandboxHost

ONE_THREAD = Path(__file__).with_name("one_thread.py")
Pair = tuple[Host, Host]


class KeptSandboxHost(SandboxHost):
    """Serve the sandbox over a kept connection."""

    def command(self) -> list[str]:
        """Return the start of the command line."""
        return [*super().command(), str(ONE_THREAD)]


class BareSandboxHost(SandboxHost):
    """Serve the sandbox without the plugin."""

    def environment(self) -> dict[str, str]:
        """Return the environment of the sandbox's processes."""
        return {**super().environment(), "DJANGO_SETTINGS_MODULE": "benchmarks.bare_settings"}


class KeptBareSandboxHost(KeptSandboxHost, BareSandboxHost):
    """Serve the sandbox without the plugin over a kept connection."""


class KeptSaleorHost(SaleorHost):
    """Serve Saleor over a kept connection."""

    def command(self) -> list[str]:
        """Return the start of the command line."""
        return [*super().command(), str(ONE_THREAD)]


def sandbox_pair(*, kept: bool) -> Pair:
    """Return the sandbox with the plugin, and without."""
    if kept:
        return KeptSandboxHost.find(), KeptBareSandboxHost()
    return SandboxHost.find(), BareSandboxHost()


def saleor_pair(*, kept: bool) -> Pair:
    """Return Saleor with the plugin, and without.

    :raises HostUnavailableError: where no Saleor is found.
    """
    host = KeptSaleorHost if kept else SaleorHost
    present, absent = host.find(), host.find()
    absent.with_plugin = False
    return present, absent


def pairs(*, on_saleor: bool) -> list[Callable[..., Pair]]:
    """Return the makers of the pairs that this machine can run."""
    if not on_saleor:
        return [sandbox_pair]
    try:
        SaleorHost.find()
    except HostUnavailableError as reason:
        print(f"Real Saleor is left out: {reason}.")  # noqa: T201
        return [sandbox_pair]
    return [sandbox_pair, saleor_pair]
