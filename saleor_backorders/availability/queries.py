"""What there is of variants, and what comes: the statements, typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from saleor_backorders.db import Statements
from saleor_backorders.models import FIRST_VIRTUAL_STOCK_ID

_sql = Statements(__package__)


class ChannelRow(NamedTuple):
    """What the answers need of a channel."""

    id: int
    slug: str
    is_active: bool
    country: str


class VariantRow(NamedTuple):
    """A variant with its stock and its policy."""

    variant_id: int
    product_name: str
    variant_name: str
    is_tracked: bool
    is_preorder: bool
    is_sold: bool
    allow: bool | None
    limit_units: int | None
    discount_percent: int
    lead_on: date
    free_stock: int
    may_wait: int


class SupplyRow(NamedTuple):
    """Units that are expected on a day."""

    variant_id: int
    day: date
    units: int


class AlternativeRow(NamedTuple):
    """A variant that may be taken instead of another."""

    asked_id: int
    destination: str
    variant_id: int
    product_name: str
    variant_name: str
    price: Decimal
    units: int


def read_channel(*, slug: str, using: str) -> ChannelRow | None:
    """Return the channel of a slug."""
    rows = _sql.fetch("read_channel", ChannelRow, {"slug": slug}, using)
    return rows[0] if rows else None


def read_availability(
    *,
    variant_ids: Sequence[int],
    channel_id: int,
    country: str,
    collection_point_id: UUID | None,
    checkout_id: UUID | None,
    now: datetime,
    today: date,
    using: str,
) -> list[VariantRow]:
    """Return what there is of each variant that exists, in no order."""
    parameters = {
        "variant_ids": sorted(set(variant_ids)),
        "channel_id": channel_id,
        "country": country,
        "collection_point_id": collection_point_id,
        "checkout_id": str(checkout_id) if checkout_id else None,
        "now": now,
        "today": today,
    }
    return _sql.fetch("read_availability", VariantRow, parameters, using)


def read_supply(
    *,
    variant_ids: Sequence[int],
    channel_id: int,
    country: str,
    collection_point_id: UUID | None,
    using: str,
) -> list[SupplyRow]:
    """Return what is on its way for somebody who orders now, by variant and day."""
    parameters = {
        "variant_ids": sorted(set(variant_ids)),
        "channel_id": channel_id,
        "country": country,
        "collection_point_id": collection_point_id,
    }
    return _sql.fetch("read_supply", SupplyRow, parameters, using)


def read_alternatives(
    *,
    variant_ids: Sequence[int],
    destinations: Sequence[str],
    metadata_key: str,
    most: int,
    now: datetime,
    using: str,
) -> list[AlternativeRow]:
    """Return what is on a shelf for each variant and destination, best first."""
    parameters = {
        "variant_ids": list(variant_ids),
        "destinations": list(destinations),
        "metadata_key": metadata_key,
        "most": most,
        "first_virtual": FIRST_VIRTUAL_STOCK_ID,
        "now": now,
    }
    return _sql.fetch("read_alternatives", AlternativeRow, parameters, using)
