"""How each asked quantity can be bought now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from saleor_backorders import errors
from saleor_backorders.common.product_name import full_name
from saleor_backorders.models import NO_LIMIT

from . import eta, queries
from .eta import Eta, Part, Supply

MAX_ITEMS = 100


class AvailabilityStatus(StrEnum):
    """How a quantity can be bought now."""

    IN_STOCK = "in_stock"
    PARTIALLY_BACKORDERED = "partially_backordered"
    BACKORDERED = "backordered"
    UNAVAILABLE = "unavailable"


class Demand(NamedTuple):
    """How many of a variant somebody wants."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where units would go, which decides what may serve them."""

    channel: queries.ChannelRow
    country: str
    collection_point_id: UUID | None = None
    checkout_id: UUID | None = None

    @property
    def key(self) -> str:
        """Return it as backorders name theirs."""
        return f"{self.channel.id}/{self.country}/{self.collection_point_id or ''}"


@dataclass(frozen=True, kw_only=True)
class Availability:
    """How many ship now, how many would wait, and until when."""

    variant_id: int
    destination: str
    product_name: str
    channel: str
    quantity: int
    status: AvailabilityStatus
    in_stock: int
    """Of ``quantity``, how many would ship now."""
    backordered: int
    """Of ``quantity``, how many would wait."""
    remaining: int | None
    """How many more may wait; None for no limit, 0 where backorders are not allowed."""
    parts: tuple[Part, ...]
    """When the units that would wait are expected, earliest first."""
    takes_part: bool
    """Whether backorders have a say: the variant is sold here, counted, and has a policy."""
    is_preorder: bool = False
    offer_percent: int = 0
    """What waiting brings, in percent; 0 where nothing would wait or nothing is offered."""

    @property
    def eta(self) -> Eta | None:
        """When the last unit is expected; None where nothing would wait."""
        return self.parts[-1].eta if self.parts else None


class _Goods(NamedTuple):
    """What there is of some variants, and what is on its way."""

    variants: dict[int, queries.VariantRow]
    supply: dict[int, list[Supply]]


def find_destination(
    *,
    channel: str,
    country: str | None,
    collection_point_id: UUID | None = None,
    checkout_id: UUID | None = None,
    using: str,
) -> Destination:
    """Return where a shopper of a channel would have it sent.

    :raises NotFound: no such channel.
    """
    row = queries.read_channel(slug=channel, using=using)
    if row is None:
        raise errors.NotFound(kind="Channel", key=channel, field="channel")
    return Destination(
        channel=row,
        country=country or row.country,
        collection_point_id=collection_point_id,
        checkout_id=checkout_id,
    )


def ask(
    *, demands: Sequence[Demand], destination: Destination, now: datetime, today: date, using: str
) -> list[Availability]:
    """Answer each demand as if it were the only one, in the order asked.

    :raises NotFound: a variant that does not exist.
    """
    goods = _read(demands, destination, now, today, using)
    return [_answer(demand, goods, destination, taken=0) for demand in demands]


def ask_together(
    *, demands: Sequence[Demand], destination: Destination, now: datetime, today: date, using: str
) -> list[Availability]:
    """Answer the demands of one basket: lines of the same variant share what there is.

    :raises NotFound: a variant that does not exist.
    """
    goods = _read(demands, destination, now, today, using)
    taken: dict[int, int] = {}
    answers = []
    for demand in demands:
        before = taken.get(demand.variant_id, 0)
        answers.append(_answer(demand, goods, destination, taken=before))
        taken[demand.variant_id] = before + demand.quantity
    return answers


def _read(
    demands: Sequence[Demand], destination: Destination, now: datetime, today: date, using: str
) -> _Goods:
    _check(demands)
    variant_ids = [demand.variant_id for demand in demands]
    rows = queries.read_availability(
        variant_ids=variant_ids,
        channel_id=destination.channel.id,
        country=destination.country,
        collection_point_id=destination.collection_point_id,
        checkout_id=destination.checkout_id,
        now=now,
        today=today,
        using=using,
    )
    variants = {row.variant_id: row for row in rows}
    for demand in demands:
        if demand.variant_id not in variants:
            raise errors.NotFound(kind="ProductVariant", key=demand.variant_id, field="variantId")
    return _Goods(variants, _read_supply(_beyond_the_shelf(demands, variants), destination, using))


def _beyond_the_shelf(
    demands: Sequence[Demand], variants: dict[int, queries.VariantRow]
) -> list[int]:
    """Return the variants of which more is asked than lies there: only they need dates."""
    asked: dict[int, int] = {}
    for demand in demands:
        asked[demand.variant_id] = asked.get(demand.variant_id, 0) + demand.quantity
    return [key for key, quantity in asked.items() if quantity > variants[key].free_stock]


def _read_supply(
    variant_ids: Sequence[int], destination: Destination, using: str
) -> dict[int, list[Supply]]:
    found: dict[int, list[Supply]] = {}
    if not variant_ids:
        return found
    rows = queries.read_supply(
        variant_ids=variant_ids,
        channel_id=destination.channel.id,
        country=destination.country,
        collection_point_id=destination.collection_point_id,
        using=using,
    )
    for row in rows:
        found.setdefault(row.variant_id, []).append(Supply(row.day, row.units))
    return found


def _check(demands: Sequence[Demand]) -> None:
    for demand in demands:
        errors.check_range(demand.quantity, least=1, most=errors.INT4_MAX, field="quantity")


def _answer(demand: Demand, goods: _Goods, destination: Destination, *, taken: int) -> Availability:
    variant = goods.variants[demand.variant_id]
    now, later = _split(demand.quantity, variant, taken)
    status = _status(demand.quantity, now, later)
    waits = later if status != AvailabilityStatus.UNAVAILABLE else 0
    parts = eta.for_new_demand(
        units=waits,
        ahead=max(taken - variant.free_stock, 0),
        supply=goods.supply.get(demand.variant_id, []),
        lead_on=variant.lead_on,
    )
    return Availability(
        variant_id=variant.variant_id,
        destination=destination.key,
        product_name=full_name(variant.product_name, variant.variant_name),
        channel=destination.channel.slug,
        quantity=demand.quantity,
        status=status,
        in_stock=now,
        backordered=later,
        remaining=_remaining(variant),
        parts=tuple(parts),
        takes_part=_takes_part(variant),
        is_preorder=variant.is_preorder,
        offer_percent=variant.discount_percent if waits else 0,
    )


def _split(quantity: int, variant: queries.VariantRow, taken: int) -> tuple[int, int]:
    if not variant.is_sold or variant.is_preorder:
        return 0, 0
    if not variant.is_tracked:
        return quantity, 0
    free_stock = max(variant.free_stock - taken, 0)
    may_wait = max(variant.may_wait - max(taken - variant.free_stock, 0), 0)
    now = min(quantity, free_stock)
    return now, min(quantity - now, may_wait)


def _status(quantity: int, now: int, later: int) -> AvailabilityStatus:
    if now + later < quantity:
        return AvailabilityStatus.UNAVAILABLE
    if not later:
        return AvailabilityStatus.IN_STOCK
    return AvailabilityStatus.PARTIALLY_BACKORDERED if now else AvailabilityStatus.BACKORDERED


def _remaining(variant: queries.VariantRow) -> int | None:
    if not _takes_part(variant) or not variant.allow:
        return 0
    if variant.limit_units == NO_LIMIT and variant.may_wait:
        return None
    return variant.may_wait


def _takes_part(variant: queries.VariantRow) -> bool:
    has_policy = variant.allow is not None
    return variant.is_sold and variant.is_tracked and not variant.is_preorder and has_policy
