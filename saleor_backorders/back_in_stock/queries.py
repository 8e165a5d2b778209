"""Who signed up, and who is told: the statements, typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from saleor_backorders.db import Statements
from saleor_backorders.models import FIRST_VIRTUAL_STOCK_ID

_sql = Statements(__package__)


class SignUpRow(NamedTuple):
    """A sign-up as it was saved."""

    id: int
    is_confirmed: bool


class WantedRow(NamedTuple):
    """A variant that somebody wants to hear of, in a channel."""

    variant_id: int
    channel_id: int


def sign_up(
    *, variant_id: int, channel_id: int, email: str, language: str, now: datetime
) -> SignUpRow:
    """Note that somebody wants to hear of a variant; twice is once."""
    parameters = {
        "variant_id": variant_id,
        "channel_id": channel_id,
        "email": email,
        "language": language,
        "now": now,
    }
    (row,) = _sql.fetch("save_subscription", SignUpRow, parameters)
    return row


def read_wanted() -> list[WantedRow]:
    """Return of which variants somebody waits to hear while units lie on a shelf."""
    return _sql.fetch("read_wanted_variants", WantedRow, {"first_virtual": FIRST_VIRTUAL_STOCK_ID})


def tell_back_in_stock(
    *, free: Mapping[tuple[int, int], int], since: datetime, now: datetime, most: int
) -> list[int]:
    """Let the first of those who wait hear of free units, by variant and channel; return them."""
    return _sql.ids(
        "tell_subscribers",
        {
            "variant_ids": [variant_id for variant_id, _ in free],
            "channel_ids": [channel_id for _, channel_id in free],
            "units": list(free.values()),
            "since": since,
            "now": now,
            "most": most,
        },
    )
