"""Read what is on its way: pages of shipments, their lines, and what serves whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from saleor_backorders import errors
from saleor_backorders.common.paging import Cursor, Page, Sorted, Window, cut
from saleor_backorders.models import IncomingShipment, IncomingShipmentLine


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
