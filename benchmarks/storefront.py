"""What a product page asks: availability of 100 variants with long queues, against Saleor's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks import hosts, queues
from benchmarks.over_http import PLENTY
from benchmarks.timing import Milliseconds, Ratio, in_turns, timed
from tests.acceptance import documents
from tests.acceptance.dock import Dock
from tests.acceptance.money import key_of
from tests.acceptance.shop import Shop
from tests.hosts.base import Host
from tests.hosts.rack import switch_plugin_on

GOAL = 1.5
VARIANTS, LINES, UNITS = 100, 2_000, 50
SHORT = (10, 20, 50)


class Page:
    """Be a product page: one channel, variants that all have a queue and a pallet on its way."""

    def __init__(self, host: Host, variants: int, lines: int, units: int) -> None:
        self.shop = Shop(host)
        self.variants = self.shop.add_variants(variants)
        dock = Dock(self.shop)
        for variant in self.variants:
            self.shop.put(0, variant=variant)
            self.shop.allow(limit=PLENTY, variant=variant).must()
            self._queue(variant, lines, units)
            dock.announce(lines * units // 2, 9, variant=variant).must()
        with host.connect() as connection:
            connection.execute("VACUUM (ANALYZE)")

    def _queue(self, variant: Any, lines: int, units: int) -> None:
        """Let so many lines wait, each for so many units."""
        order = self.shop.buy(units, variant=variant)
        with self.shop.host.connect() as connection:
            found: Any = connection.execute(
                "SELECT virtual.stock_id, shelf.id, line.order_id, line.id"
                "  FROM order_orderline line"
                "  JOIN saleor_backorders_virtualstock virtual USING (variant_id)"
                "  JOIN warehouse_stock shelf ON shelf.product_variant_id = line.variant_id"
                "       AND shelf.id <> virtual.stock_id"
                " WHERE line.id = %s",
                [key_of(order.line)],
            ).fetchone()
            virtual, shelf, order_key, line_key = found
            queue = queues.Queue(variant.pk, shelf, virtual, order_key, line_key)
            queues.multiply_lines(connection, queue, lines - 1, units=units)

    def ours(self) -> Milliseconds:
        """Ask the plugin how two of each can be bought."""
        items = [{"variantId": variant.id, "quantity": 2} for variant in self.variants]
        values = {"items": items, "channel": self.shop.channel.slug}
        return timed(lambda: self.shop.ask_plugin(documents.AVAILABILITY_PARTS, values))

    def theirs(self) -> Milliseconds:
        """Ask the host how many of each there are."""
        values = {"channel": self.shop.channel.slug, "first": 2, "search": None}
        return timed(lambda: self.shop.ask(documents.PRODUCTS, values))


def measure(turns: int, *, short: bool) -> Iterator[Ratio]:
    """Measure on the sandbox and, unless it has to be short, on real Saleor where one is found."""
    variants, lines, units = SHORT if short else (VARIANTS, LINES, UNITS)
    for pair in hosts.pairs(on_saleor=not short):
        host, _ = pair(kept=True)
        host.start()
        try:
            switch_plugin_on(host)
            page = Page(host, variants, lines, units)
            for _ in range(5):
                page.ours()
                page.theirs()
            yield in_turns(
                f"{host.name}: availability of {variants} variants, {lines * units:,} units waiting"
                " for each, not quantityAvailable",
                ours=page.ours, theirs=page.theirs, goal=GOAL, repetitions=turns,
            )  # fmt: skip
        finally:
            host.stop()
