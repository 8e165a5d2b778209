"""What of a variant somebody new could buy from a shelf of a channel now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from saleor_backorders import errors
from saleor_backorders.common.product_name import full_name
from saleor_backorders.host.rows import channels

from . import queries

PRIMARY = "default"


NOT_COUNTED = errors.INT4_MAX
"""As many as anybody wants: the shop does not count the variant's units."""


class Goods(NamedTuple):
    """What is free of a variant, by the name that people know it by."""

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


def of_destination(
    variant_id: int, destination: str, *, now: datetime
) -> queries.VariantRow | None:
    """Return what of a variant could go where a backorder's units go; None where it is not sold."""
    channel, country, point = destination.split("/")
    rows = queries.read_availability(
        variant_ids=[variant_id],
        channel_id=int(channel),
        country=country,
        collection_point_id=UUID(point) if point else None,
        checkout_id=None,
        now=now,
        today=now.date(),
        using=PRIMARY,
    )
    return rows[0] if rows and rows[0].is_sold else None


def _countries(channel_ids: Iterable[int]) -> dict[int, str]:
    rows = channels().filter(pk__in=list(channel_ids)).values_list("pk", "default_country")
    return {key: str(country) for key, country in rows}


def _goods(row: queries.VariantRow) -> Goods:
    is_sold = row.is_sold and not row.is_preorder
    units = row.free_stock if row.is_tracked else NOT_COUNTED
    return Goods(full_name(row.product_name, row.variant_name), is_sold, units if is_sold else 0)


def hold(*, variant_ids: Sequence[int]) -> None:
    """Hold stock rows of variants until the transaction ends, in the order of their ids."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM warehouse_stock WHERE product_variant_id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            [list(variant_ids)],
        )
