"""Keep the hosts that are up, so that every test of a session shares them."""

from __future__ import annotations

from tests.acceptance import documents
from tests.lanes.base import Lane, LaneError
from tests.lanes.saleor import SaleorLane
from tests.lanes.sandbox import SandboxLane

LANES: dict[str, type[SandboxLane] | type[SaleorLane]] = {
    "sandbox": SandboxLane,
    "saleor": SaleorLane,
}
PLUGIN_ID = "saleor.backorders"


class LaneRack:
    """Start each host at its first use and remember one that would not start."""

    def __init__(self) -> None:
        self._running: dict[str, Lane] = {}
        self._failures: dict[str, LaneError] = {}

    def get(self, name: str) -> Lane:
        """Return the running host of this name."""
        if name in self._failures:
            raise self._failures[name]
        if name not in self._running:
            try:
                self._running[name] = self._start(name)
            except LaneError as failure:
                self._failures[name] = failure
                raise
        return self._running[name]

    def _start(self, name: str) -> Lane:
        lane = LANES[name].find()
        lane.start()
        self._running[name] = lane
        if lane.has_plugin:
            switch_plugin_on(lane)
        return lane

    def stop(self) -> None:
        """Stop every host that runs."""
        for lane in self._running.values():
            lane.stop()


def switch_plugin_on(lane: Lane) -> None:
    """Activate the plugin the way staff do."""
    answer = lane.graphql(
        documents.PLUGIN_UPDATE,
        {"id": PLUGIN_ID, "input": {"active": True}},
        lane.staff_token(),
    )
    if "errors" in answer or answer["data"]["pluginUpdate"]["errors"]:
        raise LaneError(f"the plugin cannot be switched on: {answer}")
