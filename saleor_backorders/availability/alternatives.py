"""What can be had at once instead of a variant that has to be waited for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from saleor_backorders import errors
from saleor_backorders.common.product_name import full_name

from . import queries

METADATA_KEY = "backorder.alternatives"
MAX = 20


class Asked(NamedTuple):
    """A variant, and where its units would go, as a backorder says it."""

    variant_id: int
    destination: str


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A variant that can be had at once, and what it costs."""

    variant_id: int
    name: str
    price: Decimal
    """Of one unit, in the channel's currency."""
    quantity_available: int


def check_first(first: int) -> int:
    """Return the number of alternatives asked for.

    :raises ValueOutOfRange: more than is ever looked for, or less than none.
    """
    return errors.check_range(first, least=0, most=MAX, field="first")


def find(
    *, asked: Collection[Asked], first: int, now: datetime, using: str
) -> dict[Asked, list[Alternative]]:
    """Return up to ``first`` alternatives of each, best first; one statement for all.

    :raises ValueOutOfRange: ``first`` is more than is ever looked for.
    """
    found: dict[Asked, list[Alternative]] = {each: [] for each in asked}
    if not check_first(first) or not found:
        return found
    rows = queries.read_alternatives(
        variant_ids=[each.variant_id for each in found],
        destinations=[each.destination for each in found],
        metadata_key=METADATA_KEY,
        most=first,
        now=now,
        using=using,
    )
    for row in rows:
        found[Asked(row.asked_id, row.destination)].append(
            Alternative(
                variant_id=row.variant_id,
                name=full_name(row.product_name, row.variant_name),
                price=row.price,
                quantity_available=row.units,
            )
        )
    return found
