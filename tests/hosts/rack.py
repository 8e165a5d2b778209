"""Keep the hosts that are up, so that every test of a session shares them."""

from __future__ import annotations

from tests.acceptance import documents
from tests.hosts.base import Host, HostError
from tests.hosts.saleor import SaleorHost
from tests.hosts.sandbox import SandboxHost

HOSTS: dict[str, type[SandboxHost] | type[SaleorHost]] = {
    "sandbox": SandboxHost,
    "saleor": SaleorHost,
}
PLUGIN_ID = "saleor.backorders"


class HostRack:
    """Start each host at its first use and remember one that would not start."""

    def __init__(self) -> None:
        self._running: dict[str, Host] = {}
        self._failures: dict[str, HostError] = {}

    def get(self, name: str) -> Host:
        """Return the running host of this name."""
        if name in self._failures:
            raise self._failures[name]
        if name not in self._running:
            try:
                self._running[name] = self._start(name)
            except HostError as failure:
                self._failures[name] = failure
                raise
        return self._running[name]

    def _start(self, name: str) -> Host:
        host = HOSTS[name].find()
        host.start()
        self._running[name] = host
        if host.has_plugin:
            switch_plugin_on(host)
        return host

    def stop(self) -> None:
        """Stop every host that runs."""
        for host in self._running.values():
            host.stop()


def switch_plugin_on(host: Host) -> None:
    """Activate the plugin the way staff do."""
    answer = host.graphql(
        documents.PLUGIN_UPDATE,
        {"id": PLUGIN_ID, "input": {"active": True}},
        host.staff_token(),
    )
    if "errors" in answer or answer["data"]["pluginUpdate"]["errors"]:
        raise HostError(f"the plugin cannot be switched on: {answer}")
