"""What of a variant somebody new could buy from a shelf of a channel now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from saleor_backorders import errors, queries
from saleor_backorders.host.rows import channels

from .names import full_name

PRIMARY = "default"
NOT_COUNTED = errors.INT4_MAX
"""As many as anybody wants: the shop does not count the variant's units."""


class Goods(NamedTuple):
    thing: str
    is_sold: bool
    units: int
    """Neither promised to an order nor reserved by a checkout."""


def read(
    pairs: Iterable[tuple[int, int]], *, now: datetime, today: date
) -> dict[tuple[int, int], Goods]:
    """Return what there is of each variant in each channel, seen from the channel's own country.

    One statement a channel; what does not exist any more is left out.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for variant_id, channel_id in pairs:
        wanted[channel_id].add(variant_id)
    found: dict[tuple[int, int], Goods] = {}
    for channel_id, country in _countries(wanted).items():
        rows = queries.read_availability(
            variant_ids=list(wanted[channel_id]),
            channel_id=channel_id,
            country=country,
            collection_point_id=None,
            checkout_id=None,
            now=now,
            today=today,
            using=PRIMARY,
        )
        found.update({(row.variant_id, channel_id): _goods(row) for row in rows})
    return found


def _countries(channel_ids: Iterable[int]) -> dict[int, str]:
    rows = channels().filter(pk__in=list(channel_ids)).values_list("pk", "default_country")
    return {key: str(country) for key, country in rows}


def _goods(row: queries.VariantRow) -> Goods:
    is_sold = row.is_sold and not row.is_preorder
    units = row.on_shelf if row.is_tracked else NOT_COUNTED
    return Goods(full_name(row.product_name, row.variant_name), is_sold, units if is_sold else 0)
