"""Two requests about a variant that nobody waits for: plugin on, against plugin absent.

Each side is a host process with a database of its own, both with the same settings; requests go
to one and the other in turns.  Once the variant may wait, so that its transactions end in the
engine, and once no rule speaks of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from benchmarks import hosts
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from tests.acceptance.shop import Shop
from tests.hosts.base import Host
from tests.hosts.rack import switch_plugin_on

GOAL = 1.05
PLENTY = 1_000_000
MAY_WAIT, NO_RULE = [True], [False]


class Counter:
    """Send the two requests to one host."""

    def __init__(self, host: Host, *, may_wait: bool) -> None:
        self.shop = Shop(host)
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


def measure(turns: int, *, short: bool) -> list[Ratio]:
    """Measure on the sandbox and, unless it has to be short, on real Saleor where one is found."""
    ratios: list[Ratio] = []
    for pair in hosts.pairs(on_saleor=not short):
        ratios += _compare(*pair(kept=True), "kept connection", MAY_WAIT + NO_RULE, turns)
        if not short:
            ratios += _compare(*pair(kept=False), "new connection", MAY_WAIT, turns)
    return ratios


def _compare(
    with_plugin: Host, without: Host, how: str, rules: list[bool], turns: int
) -> Iterator[Ratio]:
    with _running(with_plugin, without):
        switch_plugin_on(with_plugin)
        for may_wait in rules:
            ours = Counter(with_plugin, may_wait=may_wait)
            theirs = Counter(without, may_wait=False)
            rule = "may wait" if may_wait else "no rule"
            for name, action in (("stocks update", Counter.book), ("checkout", Counter.sell)):
                mine, other = partial(action, ours), partial(action, theirs)
                _warm_up(mine, other)
                yield in_turns(
                    f"{with_plugin.name}: {name}, {rule}, {how}",
                    ours=mine, theirs=other, goal=GOAL, repetitions=turns,
                )  # fmt: skip


def _warm_up(*actions: Callable[[], Milliseconds]) -> None:
    for _ in range(5):
        for action in actions:
            action()


@contextmanager
def _running(*hosts: Host) -> Iterator[None]:
    with ExitStack() as stack:
        for host in hosts:
            host.start()
            stack.callback(host.stop)
        yield
