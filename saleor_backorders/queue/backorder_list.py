"""Read who waits: single backorders, pages of them, and their places in the queue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.common.paging import Cursor, Page, Sorted, Window, cut
from saleor_backorders.host.rows import channels, orders, variants
from saleor_backorders.models import Backorder

from . import queries


class SortField(StrEnum):
    """What the list may be sorted by."""

    PLACED_AT = "placed_at"
    ETA = "eta"
    PRIORITY = "priority"
    QUANTITY_WAITING = "quantity_waiting"


class Sorting(NamedTuple):
    """A field, and a direction."""

    field: SortField = SortField.PLACED_AT
    descending: bool = True


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to list; everything left empty admits all."""

    owner_id: int | None = None
    statuses: Collection[str] = ()
    channels: Collection[str] = ()
    variant_ids: Collection[int] = ()
    order_ids: Collection[UUID] = ()
    late: bool | None = None
    placed_from: date | None = None
    placed_until: date | None = None
    search: str = ""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A backorder and what its readers need from elsewhere."""

    backorder: Backorder
    cursor: Cursor
    channel: str
    owner_id: int | None
    customer_email: str | None
    variant_exists: bool


def find(*, ids: Iterable[int], using: str) -> dict[int, Listed]:
    """Return the backorders that exist under these ids."""
    rows = _described(Backorder.objects.using(using).filter(id__in=list(ids)), Sorting())
    return {row.id: _listed(row) for row in rows}


def of_order(*, order_id: UUID, using: str) -> list[Listed]:
    """Return the backorders of an order, in the order of their ids."""
    rows = Backorder.objects.using(using).filter(order_id=order_id).order_by("id")
    return [_listed(row) for row in _described(rows, Sorting())]


def page(
    *, wanted: Filter, sorting: Sorting, window: Window, today: date, using: str
) -> Page[Listed]:
    """Return a part of the list; one statement, whatever its size.

    :raises InvalidValue: a cursor that does not belong to this sorting.
    """
    order = Sorted(column="sort_key", value=partial(_parse, sorting), descending=sorting.descending)
    found = cut(_described(_filtered(wanted, today, using), sorting), order, window)
    return Page([_listed(row) for row in found.items], found.has_more)


def count(*, wanted: Filter, today: date, using: str) -> int:
    """Return how many backorders a filter admits."""
    return _filtered(wanted, today, using).count()


def positions(*, ids: Collection[int], using: str) -> dict[int, int]:
    """Return the place of each that waits, from 1, among its variant's and channel's waiters."""
    rows = queries.read_queue_positions(backorder_ids=list(ids), using=using)
    return {row.backorder_id: row.position for row in rows}


def owner_of_order(*, order_id: UUID, using: str) -> tuple[bool, int | None]:
    """Tell whether an order exists, and whose it is."""
    found = list(orders(using).filter(pk=order_id).values_list("user_id", flat=True))
    return bool(found), found[0] if found else None


def _filtered(wanted: Filter, today: date, using: str) -> QuerySet[Backorder]:
    chosen = Q()
    if wanted.owner_id is not None:
        chosen &= Q(order_id__in=orders(using).filter(user_id=wanted.owner_id).values("pk"))
    if wanted.statuses:
        chosen &= Q(status__in=wanted.statuses)
    if wanted.channels:
        named = channels(using).filter(slug__in=wanted.channels)
        chosen &= Q(channel_id__in=named.values("pk"))
    if wanted.variant_ids:
        chosen &= Q(variant_id__in=wanted.variant_ids)
    if wanted.order_ids:
        chosen &= Q(order_id__in=wanted.order_ids)
    if wanted.late is not None:
        late = Q(waiting__gt=0, promised_on__isnull=False) & (
            Q(promised_on__lt=today) | Q(expected_on__gt=F("promised_on"))
        )
        chosen &= late if wanted.late else ~late
    if wanted.placed_from:
        chosen &= Q(placed_at__gte=_midnight(wanted.placed_from))
    if wanted.placed_until:
        chosen &= Q(placed_at__lt=_midnight(wanted.placed_until + timedelta(days=1)))
    if wanted.search.strip():
        chosen &= _matches(wanted.search.strip(), using)
    return Backorder.objects.using(using).filter(chosen)


def _matches(text: str, using: str) -> Q:
    return (
        Q(order_number=text.removeprefix("#"))
        | Q(product_name__icontains=text)
        | Q(sku__icontains=text)
        | Q(order_id__in=orders(using).filter(user_email__icontains=text).values("pk"))
    )


def _described(rows: QuerySet[Backorder], sorting: Sorting) -> QuerySet[Backorder, Any]:
    using = rows.db
    order = orders(using).filter(pk=OuterRef("order_id"))
    channel = channels(using).filter(pk=OuterRef("channel_id"))
    variant = variants(using).filter(pk=OuterRef("variant_id"))
    return rows.annotate(
        owner_id=Subquery(order.values("user_id")[:1], output_field=IntegerField()),
        customer_email=Subquery(order.values("user_email")[:1]),
        channel_slug=Subquery(channel.values("slug")[:1]),
        variant_exists=Exists(variant),
    ).annotate(sort_key=_sort_key(sorting))


def _sort_key(sorting: Sorting) -> Any:
    match sorting.field:
        case SortField.PRIORITY:
            return F("priority")
        case SortField.QUANTITY_WAITING:
            return F("waiting")
        case SortField.ETA:
            return _eta_key(last=date.min if sorting.descending else date.max)
        case _:
            return F("placed_at")


def _eta_key(*, last: date) -> Case:
    """What does not wait comes last either way."""
    return Case(
        When(waiting__gt=0, expected_on__isnull=False, then=F("expected_on")),
        default=Value(last, output_field=DateField()),
        output_field=DateField(),
    )


def _parse(sorting: Sorting, cursor: Cursor) -> Any:
    key = cursor.key
    try:
        match sorting.field:
            case SortField.PRIORITY | SortField.QUANTITY_WAITING:
                return int(key)
            case SortField.ETA:
                return date.fromisoformat(key)
            case _:
                return datetime.fromisoformat(key)
    except ValueError as exc:
        raise errors.InvalidValue("This cursor belongs to another sorting.") from exc


def _listed(row: Any) -> Listed:
    key = row.sort_key
    return Listed(
        backorder=row,
        cursor=Cursor(key.isoformat() if isinstance(key, date) else str(key), row.id),
        channel=row.channel_slug or "",
        owner_id=row.owner_id,
        customer_email=row.customer_email or None,
        variant_exists=row.variant_exists,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
