"""Run the parts one after the other: how large, and how often."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from benchmarks import long_queue, messages, over_http, pallet, queues, server, slip, storefront
from benchmarks.timing import Ratio, table
from sandbox.database import Server

PALLETS = {1_000: 15, 10_000: 11, 100_000: 7}
SHORT_PALLETS = {1_000: 5, 5_000: 3}
LENGTHS = (1_000_000, 10_000)
SHORT_LENGTHS = (50_000, 1_000)
OUTBOX, SHORT_OUTBOX = ((1_000, 100_000), 7), ((500, 5_000), 3)
SLIP, SHORT_SLIP = (50_000, 7), (2_000, 3)
TURNS, SHORT_TURNS = 120, 15


def table_of(*, url: str | None, short: bool, only: str | None) -> str:
    """Measure and return the table."""
    ratios: list[Ratio] = []
    if only in (None, "pallet", "queue", "slip", "messages"):
        with server.running(url) as where:
            ratios += _in_the_database(where, short, only)
    if only in (None, "requests"):
        ratios += over_http.measure(SHORT_TURNS if short else TURNS, short=short)
    if only in (None, "storefront"):
        ratios += storefront.measure(SHORT_TURNS if short else TURNS, short=short)
    return table(ratios)


def _in_the_database(where: Server, short: bool, only: str | None) -> list[Ratio]:
    connection.settings_dict["NAME"] = server.BASE
    call_command("migrate", "--no-input", verbosity=0)
    first, second = queues.furnish(2)
    connection.close()
    ratios: list[Ratio] = []
    if only in (None, "pallet"):
        ratios += pallet.measure(where, second, SHORT_PALLETS if short else PALLETS)
    if only in (None, "queue"):
        lengths, turns = (SHORT_LENGTHS, 21) if short else (LENGTHS, 101)
        ratios += long_queue.measure(where, first, second, lengths, turns)
    if only in (None, "slip"):
        ratios += slip.measure(where, second, *(SHORT_SLIP if short else SLIP))
    if only in (None, "messages"):
        ratios += messages.measure(where, first, *(SHORT_OUTBOX if short else OUTBOX))
    return ratios
