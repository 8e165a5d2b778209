"""Read what is on its way: pages of shipments, their lines, and what serves whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from saleor_backorders import errors
from saleor_backorders.common.paging import Cursor, Page, Sorted, Window, cut
from saleor_backorders.models import (
    Backorder,
    Cover,
    Decision,
    DecisionState,
    IncomingShipment,
    IncomingShipmentLine,
    Refund,
)

from .eta import Eta, EtaSource, Part


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to list; everything left empty admits all."""

    statuses: Collection[str] = ()
    variant_ids: Collection[int] = ()
    warehouse_ids: Collection[UUID] = ()
    expected_from: date | None = None
    expected_until: date | None = None


def find(*, ids: Collection[int], using: str) -> dict[int, IncomingShipment]:
    """Return shipments with their lines."""
    rows = IncomingShipment.objects.using(using).filter(pk__in=ids).prefetch_related("lines")
    return {row.pk: row for row in rows}


def page(*, wanted: Filter, window: Window, using: str) -> Page[IncomingShipment]:
    """Return a part of the list, by expected day; two statements, whatever its size.

    :raises InvalidValue: a cursor that belongs to another list.
    """
    rows = _filtered(wanted, using).prefetch_related("lines")
    return cut(rows, Sorted(column="expected_on", value=_day), window)


def count(*, wanted: Filter, using: str) -> int:
    """Return how many shipments a filter admits."""
    return _filtered(wanted, using).count()


def cursor_of(shipment: IncomingShipment) -> Cursor:
    """Return where a shipment stands in the list."""
    return Cursor(shipment.expected_on.isoformat(), shipment.pk)


def parts(*, ids: Collection[int], using: str) -> dict[int, list[Part]]:
    """Return when the waiting units of each backorder are expected, earliest first."""
    found: dict[int, list[Part]] = {}
    waiting = Backorder.objects.using(using).filter(pk__in=ids, waiting__gt=0)
    left = dict(waiting.values_list("pk", "waiting"))
    days = dict(
        IncomingShipmentLine.objects.using(using)
        .filter(pk__in=Cover.objects.filter(backorder_id__in=ids).values("line_id"))
        .values_list("pk", "dated_on")
    )
    covers = Cover.objects.using(using).filter(backorder_id__in=list(left))
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


def decisions(*, ids: Collection[int], using: str) -> dict[int, Decision]:
    """Return the open question of each backorder, where there is one."""
    rows = Decision.objects.using(using).filter(backorder_id__in=ids, state=DecisionState.OPEN)
    return {row.backorder_id: row for row in rows}


def refunds(*, ids: Collection[int], using: str) -> dict[int, list[Refund]]:
    """Return the refunds of each backorder, oldest first."""
    found: dict[int, list[Refund]] = {}
    rows = Refund.objects.using(using).filter(cancellation__backorder_id__in=ids)
    for row in rows.select_related("cancellation").order_by("pk"):
        found.setdefault(row.cancellation.backorder_id, []).append(row)
    return found


def _filtered(wanted: Filter, using: str) -> QuerySet[IncomingShipment]:
    rows = IncomingShipment.objects.using(using).all()
    if wanted.statuses:
        rows = rows.filter(status__in=wanted.statuses)
    if wanted.warehouse_ids:
        rows = rows.filter(warehouse_id__in=wanted.warehouse_ids)
    if wanted.variant_ids:
        lines = IncomingShipmentLine.objects.filter(
            shipment_id=OuterRef("pk"), variant_id__in=wanted.variant_ids
        )
        rows = rows.filter(Exists(lines))
    if wanted.expected_from:
        rows = rows.filter(expected_on__gte=wanted.expected_from)
    if wanted.expected_until:
        rows = rows.filter(expected_on__lte=wanted.expected_until)
    return rows


def _day(cursor: Cursor) -> date:
    try:
        return date.fromisoformat(cursor.key)
    except ValueError as exc:
        raise errors.InvalidValue("This cursor belongs to another list.") from exc
