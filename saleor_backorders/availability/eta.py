"""When units are expected, and where that date comes from.

Dates of those who wait are given by the commit-time engine and kept in the ledger; those of
somebody who only asks are found here, by the same rule.  Every caller shows what these functions
return and looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from saleor_backorders.models import Backorder, IncomingShipmentLine, SupplyAssignment


class EtaSource(StrEnum):
    """What a date follows from."""

    INCOMING_SHIPMENT = "incoming_shipment"
    LEAD_TIME = "lead_time"


class Eta(NamedTuple):
    """A day, and what it follows from."""

    date: date
    source: EtaSource


class Part(NamedTuple):
    """Units that are expected on one day."""

    quantity: int
    eta: Eta


class Supply(NamedTuple):
    """Units on their way that nobody before the asker is to get."""

    day: date
    units: int


def for_new_demand(
    *, units: int, ahead: int = 0, supply: Sequence[Supply], lead_on: date
) -> list[Part]:
    """Return when units that begin to wait now are expected, earliest first.

    ``ahead`` are units of the same basket that would be served before them; ``supply`` is in the
    order of its dates.
    """
    parts: list[Part] = []
    wanted = units
    for source in supply:
        passed = min(ahead, source.units)
        ahead -= passed
        taken = min(wanted, source.units - passed)
        if taken:
            parts.append(Part(taken, Eta(source.day, EtaSource.INCOMING_SHIPMENT)))
            wanted -= taken
    if wanted:
        # Nobody behind a shipment is served before it.
        last = max([lead_on, *(source.day for source in supply)])
        parts.append(Part(wanted, Eta(last, EtaSource.LEAD_TIME)))
    return parts


def promised(row: Backorder) -> Eta | None:
    """Return what the customer was told at purchase."""
    return Eta(row.promised_on, EtaSource(row.promised_source)) if row.promised_on else None


def expected(row: Backorder) -> Eta | None:
    """Return when the last waiting unit of a backorder is expected; None once nothing waits."""
    if not row.waiting or row.expected_on is None:
        return None
    return Eta(row.expected_on, EtaSource(row.expected_source))


def is_late(row: Backorder, *, today: date) -> bool:
    """Tell whether units wait, or will, beyond the day that was promised."""
    if not row.waiting or row.promised_on is None:
        return False
    return max(row.expected_on or today, today) > row.promised_on


def parts(*, ids: Collection[int], using: str) -> dict[int, list[Part]]:
    """Return when the waiting units of each backorder are expected, earliest first."""
    found: dict[int, list[Part]] = {}
    waiting = Backorder.objects.using(using).filter(pk__in=ids, waiting__gt=0)
    left = dict(waiting.values_list("pk", "waiting"))
    days = dict(
        IncomingShipmentLine.objects.using(using)
        .filter(pk__in=SupplyAssignment.objects.filter(backorder_id__in=ids).values("line_id"))
        .values_list("pk", "dated_on")
    )
    covers = SupplyAssignment.objects.using(using).filter(backorder_id__in=list(left))
    for cover in covers:
        day = days.get(cover.line_id)
        if day is not None:
            part = Part(cover.quantity, Eta(day, EtaSource.INCOMING_SHIPMENT))
            found.setdefault(cover.backorder_id, []).append(part)
            left[cover.backorder_id] -= cover.quantity
    for row in waiting.filter(expected_on__isnull=False):
        its = sorted(found.get(row.pk, []), key=lambda part: part.eta.date)
        if left[row.pk] > 0 and row.expected_on:
            its.append(Part(left[row.pk], Eta(row.expected_on, EtaSource(row.expected_source))))
        found[row.pk] = its
    return found
