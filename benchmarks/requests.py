"""Two requests about a variant that nobody waits for: plugin on, against plugin absent.

Each side is a host process with a database of its own, both with the same settings; requests go
to one and the other in turns.  Once the variant may wait, so that its transactions end in the
engine, and once no rule speaks of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from tests.acceptance.shop import Shop
from tests.lanes.base import Lane, LaneUnavailableError
from tests.lanes.rack import switch_plugin_on
from tests.lanes.saleor import SaleorLane
from tests.lanes.sandbox import SandboxLane

GOAL = 1.05
PLENTY = 1_000_000


class BareSandboxLane(SandboxLane):
    """Serve the sandbox without the plugin."""

    def environment(self) -> dict[str, str]:
        """Return the environment of the sandbox's processes."""
        return {**super().environment(), "DJANGO_SETTINGS_MODULE": "benchmarks.bare_settings"}


class Counter:
    """Send the two requests to one host."""

    def __init__(self, lane: Lane, *, may_wait: bool) -> None:
        self.shop = Shop(lane)
        self.shop.put(PLENTY)
        self.quantities = itertools.count(PLENTY + 1)
        if may_wait:
            self.shop.allow(limit=PLENTY).must()

    def book(self) -> Milliseconds:
        """Set the shelf's quantity."""
        quantity = next(self.quantities)
        return timed(lambda: self.shop.set_stock(quantity).must())

    def sell(self) -> Milliseconds:
        """Place the order of a checkout that was made ready before."""
        cart = self.shop.fill_cart(1).must()["checkout"]["id"]
        return timed(lambda: self.shop.complete(cart).must())


def measure(turns: int, *, on_saleor: bool) -> list[Ratio]:
    """Measure on the sandbox and, if told and found, on real Saleor."""
    pairs: list[tuple[Lane, Lane]] = [(SandboxLane.find(), BareSandboxLane())]
    if on_saleor:
        pairs += _on_saleor()
    return [ratio for pair in pairs for ratio in _compare(*pair, turns=turns)]


def _on_saleor() -> list[tuple[Lane, Lane]]:
    try:
        present, absent = SaleorLane.find(), SaleorLane.find()
    except LaneUnavailableError as reason:
        print(f"Real Saleor is left out: {reason}.")  # noqa: T201
        return []
    absent.with_plugin = False
    return [(present, absent)]


def _compare(with_plugin: Lane, without: Lane, *, turns: int) -> Iterator[Ratio]:
    with _running(with_plugin, without):
        switch_plugin_on(with_plugin)
        for may_wait in (True, False):
            ours = Counter(with_plugin, may_wait=may_wait)
            theirs = Counter(without, may_wait=False)
            rule = "may wait" if may_wait else "no rule"
            for operation, name in (("book", "stocks update"), ("sell", "checkout complete")):
                _warm_up(getattr(ours, operation), getattr(theirs, operation))
                yield in_turns(
                    f"{with_plugin.name}: {name}, {rule}", ours=getattr(ours, operation),
                    theirs=getattr(theirs, operation), goal=GOAL, repetitions=turns,
                )  # fmt: skip


def _warm_up(*actions: Callable[[], Milliseconds]) -> None:
    for _ in range(5):
        for action in actions:
            action()


@contextmanager
def _running(*lanes: Lane) -> Iterator[None]:
    with ExitStack() as stack:
        for lane in lanes:
            lane.start()
            stack.callback(lane.stop)
        yield
