"""The live rows that a batch of messages speaks of, each table read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from saleor_backorders.back_in_stock import unsubscribe
from saleor_backorders.host.rows import Channel, OrderLine, channels, order_lines, orders
from saleor_backorders.models import (
    OPTIONAL,
    Backorder,
    Cancellation,
    Decision,
    Message,
    MessageKind,
    MessageState,
    Offer,
    Promise,
)
from saleor_backorders.settings import mail_rules
from saleor_backorders.settings.channel import MailRule

from . import wanted
from .wanted import Wanted

Row = TypeVar("Row")
CLOSED = ("canceled", "expired")


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """An order as its customer knows it."""

    id: UUID
    number: str
    email: str
    language: str
    is_closed: bool
    lines: tuple[OrderLine, ...]
    backorders: tuple[Backorder, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a batch of messages speaks of, read at once."""

    today: date
    base_url: str
    shop: str
    rules: dict[int, MailRule]
    channels: dict[int, Channel]
    orders: dict[UUID, OrderFacts]
    decisions: dict[int, list[Decision]]
    """Of each backorder, oldest first."""
    promises: dict[tuple[int, int], Promise]
    """By backorder and the transaction that gave it."""
    cancellations: dict[UUID, list[Cancellation]]
    offers: dict[UUID, list[Offer]]
    """Those of an order that may still be used."""
    placed_before: dict[UUID, int]
    """The first message of an order that told, or may have told, what waits."""
    wanted: dict[int, Wanted]
    """The sign-ups that messages speak of."""
    out: frozenset[str]
    """Of the customers' addresses, those that want nothing but what is about their orders."""


def load(messages: Sequence[Message], *, today: date, base_url: str, shop: str) -> Facts:
    """Read what a batch speaks of; a number of statements that does not grow with it."""
    order_ids = {m.order_id for m in messages if m.order_id}
    channel_ids = {m.channel_id for m in messages}
    backorders = list(Backorder.objects.filter(order_id__in=order_ids).order_by("id"))
    keys = [row.pk for row in backorders]
    kinds = {m.kind for m in messages}
    known = _orders(order_ids, backorders)
    return Facts(
        today=today,
        base_url=base_url,
        shop=shop,
        rules=mail_rules.in_force(channel_ids),
        channels={row.id: row for row in channels().filter(pk__in=channel_ids)},
        orders=known,
        decisions=_decisions(keys) if MessageKind.DELAYED in kinds else {},
        promises=_promises(messages) if MessageKind.EARLIER in kinds else {},
        cancellations=_cancellations(order_ids) if MessageKind.CANCELLED in kinds else {},
        offers=_offers(order_ids),
        placed_before=_placed_before(order_ids) if MessageKind.PLACED in kinds else {},
        wanted=wanted.load(messages, today=today),
        out=_out(known.values()) if kinds & OPTIONAL else frozenset(),
    )


def _out(known: Iterable[OrderFacts]) -> frozenset[str]:
    return frozenset(unsubscribe.unsubscribed_of({order.email for order in known if order.email}))


def of_order(order_id: UUID) -> OrderFacts | None:
    """Return one order's facts."""
    rows = list(Backorder.objects.filter(order_id=order_id).order_by("id"))
    return _orders([order_id], rows).get(order_id)


def _orders(ids: Collection[UUID], backorders: Iterable[Backorder]) -> dict[UUID, OrderFacts]:
    if not ids:
        return {}
    columns = (
        "id", "number", "user_email", "user__email", "language_code", "status",
    )  # fmt: skip
    found = orders().filter(pk__in=ids).values(*columns)
    lines = _grouped(order_lines().filter(order_id__in=ids).order_by("created_at", "pk"))
    waiting = _grouped(backorders)
    return {
        row["id"]: OrderFacts(
            id=row["id"],
            number=str(row["number"]),
            email=row["user_email"] or row["user__email"] or "",
            language=row["language_code"],
            is_closed=row["status"] in CLOSED,
            lines=tuple(lines.get(row["id"], ())),
            backorders=tuple(waiting.get(row["id"], ())),
        )
        for row in found
    }


def _decisions(ids: Collection[int]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in Decision.objects.filter(backorder_id__in=ids).order_by("pk"):
        found[row.backorder_id].append(row)
    return found


def _promises(messages: Sequence[Message]) -> dict[tuple[int, int], Promise]:
    earlier = [m for m in messages if m.kind == MessageKind.EARLIER]
    rows = Promise.objects.filter(
        backorder_id__in={key for m in earlier for key in m.backorder_ids},
        transaction_id__in={m.transaction_id for m in earlier},
    )
    return {(row.backorder_id, row.transaction_id): row for row in rows.order_by("pk")}


def _cancellations(ids: Collection[UUID]) -> dict[UUID, list[Cancellation]]:
    rows = Cancellation.objects.filter(order_id__in=ids).prefetch_related("refunds")
    return _grouped(rows.order_by("pk"))


def _offers(ids: Collection[UUID]) -> dict[UUID, list[Offer]]:
    if not ids:
        return {}
    usable = Offer.objects.filter(order_id__in=ids, used_at=None, withdrawn_at=None)
    return _grouped(usable.order_by("pk"))


def _placed_before(ids: Collection[UUID]) -> dict[UUID, int]:
    told = Message.objects.filter(order_id__in=ids, kind=MessageKind.PLACED).filter(
        ~Q(state__in=[MessageState.SKIPPED, MessageState.GIVEN_UP])
    )
    found: dict[UUID, int] = {}
    for key, order_id in told.order_by("-pk").values_list("pk", "order_id"):
        if order_id:
            found[order_id] = key
    return found


def _grouped(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)  # type: ignore[attr-defined]
    return found
