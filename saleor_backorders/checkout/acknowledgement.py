"""What a shopper was shown of a checkout, and whether they agreed to what is true now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from saleor_backorders import errors
from saleor_backorders.availability import availability
from saleor_backorders.availability.availability import Availability, Demand
from saleor_backorders.models import Acknowledgement
from saleor_backorders.settings.shop import ShopSettings

from . import queries


class WaitingLine(NamedTuple):
    """The part of a checkout line that would wait."""

    line_id: str
    variant_id: int
    quantity: int
    waiting: int
    until: str
    """The last date, ISO 8601, as it is stored."""


@dataclass(frozen=True, kw_only=True)
class CheckoutState:
    """What of a checkout would wait, and whether the shopper agreed."""

    checkout_id: UUID
    lines: tuple[tuple[UUID, Availability], ...]
    required: bool
    agreed: bool


def checkout_backorders(
    *, checkout_id: UUID, settings: ShopSettings, now: datetime, today: date, using: str
) -> CheckoutState | None:
    """Return what of a checkout would wait, and whether the shopper agreed; None if unknown."""
    lines = _lines(checkout_id, now, today, using)
    if lines is None:
        return None
    shown = what_waits(lines)
    given = find(checkout_id=checkout_id, using=using)
    return CheckoutState(
        checkout_id=checkout_id,
        lines=tuple(lines),
        required=bool(shown) and settings.requires_agreement(lines[0][1].channel),
        agreed=given is not None and covers(given, shown),
    )


def acknowledge(
    *, checkout_id: UUID, settings: ShopSettings, now: datetime, today: date
) -> CheckoutState:
    """Record that the shopper agrees to what is true now.

    :raises NotFound: no such checkout.
    """
    lines = _lines(checkout_id, now, today, "default")
    if lines is None:
        raise errors.NotFound(kind="Checkout", key=checkout_id, field="checkoutId")
    shown = what_waits(lines)
    given = Acknowledgement(
        checkout_id=checkout_id,
        lines=[line._asdict() for line in shown],
        acknowledged_at=now,
    )
    Acknowledgement.objects.bulk_create(
        [given],
        update_conflicts=True,
        unique_fields=["checkout_id"],
        update_fields=["lines", "acknowledged_at"],
    )
    return CheckoutState(
        checkout_id=checkout_id,
        lines=tuple(lines),
        required=bool(shown) and settings.requires_agreement(lines[0][1].channel),
        agreed=True,
    )


def find(*, checkout_id: UUID, using: str) -> Acknowledgement | None:
    """Return the agreement that was given for a checkout."""
    return Acknowledgement.objects.using(using).filter(checkout_id=checkout_id).first()


def what_waits(lines: Iterable[tuple[UUID, Availability]]) -> list[WaitingLine]:
    """Keep the lines of which something would wait."""
    return [
        WaitingLine(
            str(line_id),
            answer.variant_id,
            answer.quantity,
            answer.backordered,
            answer.eta.date.isoformat(),
        )
        for line_id, answer in lines
        if answer.eta
    ]


def covers(given: Acknowledgement | None, shown: Sequence[WaitingLine]) -> bool:
    """Tell whether an agreement holds for what is true now.

    It does not for a line that it did not name, for more waiting units, or for a later date.
    """
    if given is None:
        return not shown
    agreed = {line["line_id"]: WaitingLine(**line) for line in given.lines}
    return all(_covers_line(agreed.get(line.line_id), line) for line in shown)


def _covers_line(agreed: WaitingLine | None, line: WaitingLine) -> bool:
    return (
        agreed is not None
        and agreed.variant_id == line.variant_id
        and agreed.waiting >= line.waiting
        and agreed.until >= line.until
    )


def _lines(
    checkout_id: UUID, now: datetime, today: date, using: str
) -> list[tuple[UUID, Availability]] | None:
    rows = queries.read_checkout(checkout_id=checkout_id, using=using)
    if not rows:
        return None
    destination = availability.find_destination(
        channel=rows[0].channel,
        country=rows[0].country,
        collection_point_id=rows[0].collection_point_id,
        checkout_id=checkout_id,
        using=using,
    )
    asked = [
        (row.line_id, Demand(row.variant_id, row.quantity))
        for row in rows
        if row.line_id and row.variant_id and row.quantity
    ]
    answers = availability.ask_together(
        demands=[demand for _, demand in asked],
        destination=destination,
        now=now,
        today=today,
        using=using,
    )
    return [(line_id, answer) for (line_id, _), answer in zip(asked, answers, strict=True)]
