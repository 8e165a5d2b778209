"""Read the outbox, as staff see it: pages of messages, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from saleor_backorders import errors
from saleor_backorders.common.paging import Cursor, Page, Sorted, Window, cut
from saleor_backorders.host.rows import channels
from saleor_backorders.models import Message

CURSOR = "message"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to list; everything left empty admits all."""

    states: Collection[str] = ()
    kinds: Collection[str] = ()
    order_ids: Collection[UUID] = ()
    channels: Collection[str] = ()


class Listed(NamedTuple):
    """A message with what the list shows beside it."""

    message: Message
    channel: str


def page(*, wanted: Filter, window: Window, using: str) -> Page[Listed]:
    """Return a part of the list; one statement, whatever its size.

    :raises InvalidValue: a cursor that belongs to another list.
    """
    order = Sorted(column="pk", value=_number, descending=True)
    found = cut(_described(_filtered(wanted, using)), order, window)
    return Page([_listed(row) for row in found.items], found.has_more)


def find(*, ids: Iterable[int], using: str) -> list[Listed]:
    """Return messages by their numbers, in their order."""
    rows = _described(Message.objects.using(using).filter(pk__in=list(ids)))
    return [_listed(row) for row in rows.order_by("pk")]


def count(*, wanted: Filter, using: str) -> int:
    """Return how many messages a filter admits."""
    return _filtered(wanted, using).count()


def cursor_of(listed: Listed) -> Cursor:
    """Return where a message stands in the list; numbers grow with time."""
    return Cursor(CURSOR, listed.message.pk)


def _number(cursor: Cursor) -> int:
    if cursor.key != CURSOR:
        raise errors.InvalidValue("This cursor belongs to another list.")
    return cursor.id


def _filtered(wanted: Filter, using: str) -> QuerySet[Message]:
    rows = Message.objects.using(using).all()
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
    if wanted.kinds:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.order_ids:
        rows = rows.filter(order_id__in=wanted.order_ids)
    if wanted.channels:
        slugs = channels(using).filter(slug__in=wanted.channels)
        rows = rows.filter(channel_id__in=slugs.values("pk"))
    return rows


def _described(found: QuerySet[Message]) -> QuerySet[Message, Any]:
    channel = channels(found.db).filter(pk=OuterRef("channel_id"))
    return found.annotate(channel_slug=Subquery(channel.values("slug")[:1]))


def _listed(row: Any) -> Listed:
    return Listed(row, row.channel_slug or "")
