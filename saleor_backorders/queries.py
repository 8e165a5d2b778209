"""The statements of ``sql/``, one typed function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connections

from . import sql
from .models import FIRST_VIRTUAL_STOCK_ID

Row = TypeVar("Row", bound=NamedTuple)


class ChannelRow(NamedTuple):
    id: int
    slug: str
    is_active: bool
    country: str


class VariantRow(NamedTuple):
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
    on_shelf: int
    may_wait: int


class SupplyRow(NamedTuple):
    variant_id: int
    day: date
    units: int


class BookedRow(NamedTuple):
    variant_id: int
    stock_id: int
    quantity: int


class CheckoutRow(NamedTuple):
    checkout_id: UUID
    channel: str
    country: str
    collection_point_id: UUID | None
    line_id: UUID | None
    variant_id: int | None
    quantity: int | None


class AlternativeRow(NamedTuple):
    asked_id: int
    destination: str
    variant_id: int
    product_name: str
    variant_name: str
    price: Decimal
    units: int


class SignUpRow(NamedTuple):
    id: int
    is_confirmed: bool


class WantedRow(NamedTuple):
    variant_id: int
    channel_id: int


class QueueRow(NamedTuple):
    backorder_id: int
    position: int


def read_channel(*, slug: str, using: str) -> ChannelRow | None:
    """Return the channel of a slug."""
    rows = _fetch("read_channel", ChannelRow, {"slug": slug}, using)
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
    return _fetch("read_availability", VariantRow, parameters, using)


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
    return _fetch("read_supply", SupplyRow, parameters, using)


def read_checkout(*, checkout_id: UUID, using: str) -> list[CheckoutRow]:
    """Return the lines of a checkout; nothing where it does not exist."""
    return _fetch("read_checkout", CheckoutRow, {"checkout_id": checkout_id}, using)


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
    return _fetch("read_alternatives", AlternativeRow, parameters, using)


def read_queue_positions(*, backorder_ids: Sequence[int], using: str) -> list[QueueRow]:
    """Return the place of each backorder that still waits."""
    parameters = {"backorder_ids": list(backorder_ids)}
    return _fetch("read_queue_positions", QueueRow, parameters, using)


def lock_shelves(*, variant_ids: Sequence[int]) -> None:
    """Hold stock rows of variants until the transaction ends, in the order of their ids."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM warehouse_stock WHERE product_variant_id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            [list(variant_ids)],
        )


def lock_key(*, key: str) -> None:
    """Hold an idempotency key until the transaction ends."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('saleor_backorders ' || %s, 0))", [key]
        )


def book_stock(*, warehouse_id: UUID, units: Mapping[int, int]) -> list[BookedRow]:
    """Add units to a warehouse's stock rows, by variant; makes rows that are missing."""
    parameters: dict[str, Any] = {
        "warehouse_id": warehouse_id,
        "variant_ids": list(units),
        "units": list(units.values()),
    }
    with connections["default"].cursor() as cursor:
        cursor.execute(sql.load("make_shelves"), parameters)
    return _fetch("book_stock", BookedRow, parameters, "default")


def outbox_claim(*, worker: UUID, most: int) -> list[int]:
    """Take due messages for a worker; return their ids, oldest first."""
    return _ids("outbox_claim", {"worker": worker, "most": most})


def outbox_merge(*, ids: Sequence[int]) -> list[int]:
    """Let claimed messages take over what later ones would tell; return those that did."""
    return _ids("outbox_merge", {"ids": list(ids)})


def outbox_recover(*, lease: int) -> list[tuple[int, str]]:
    """Take up what dead workers left; return id and state of each."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql.load("outbox_recover"), {"lease": lease})
        return [(key, state) for key, state in cursor.fetchall()]


def rate_backorder(
    *, backorder_id: int, score: int, comment: str, now: datetime, changeable_since: datetime
) -> list[int]:
    """Keep what a customer says of a wait; return its id where it was kept."""
    return _ids(
        "rate_backorder",
        {
            "backorder_id": backorder_id,
            "score": score,
            "comment": comment,
            "now": now,
            "changeable_since": changeable_since,
        },
    )


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
    (row,) = _fetch("sign_up", SignUpRow, parameters, "default")
    return row


def read_wanted() -> list[WantedRow]:
    """Return of which variants somebody waits to hear while units lie on a shelf."""
    return _fetch("read_wanted", WantedRow, {"first_virtual": FIRST_VIRTUAL_STOCK_ID}, "default")


def try_lock(*, key: str) -> bool:
    """Hold a key until the transaction ends; False where somebody else does."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('saleor_backorders ' || %s, 0))",
            [key],
        )
        return bool(cursor.fetchone()[0])


def tell_back_in_stock(
    *, free: Mapping[tuple[int, int], int], since: datetime, now: datetime, most: int
) -> list[int]:
    """Let the first of those who wait hear of free units, by variant and channel; return them."""
    return _ids(
        "tell_back_in_stock",
        {
            "variant_ids": [variant_id for variant_id, _ in free],
            "channel_ids": [channel_id for _, channel_id in free],
            "units": list(free.values()),
            "since": since,
            "now": now,
            "most": most,
        },
    )


def read_clock() -> datetime:
    """Return the database's time."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def _ids(name: str, parameters: Mapping[str, Any]) -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql.load(name), parameters)
        return [key for (key,) in cursor.fetchall()]


def _fetch(name: str, row: type[Row], parameters: Mapping[str, Any], using: str) -> list[Row]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql.load(name), parameters)
        return [row(*values) for values in cursor.fetchall()]
