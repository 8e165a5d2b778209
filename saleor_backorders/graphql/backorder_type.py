"""A backorder, in the contract's words: its type, how it is shown, what mutations answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import graphene

from saleor_backorders import models
from saleor_backorders.availability import alternatives, eta
from saleor_backorders.availability.alternatives import Asked
from saleor_backorders.common import i18n, links
from saleor_backorders.common.paging import Page, Window
from saleor_backorders.models import Backorder as BackorderRow
from saleor_backorders.queue import backorder_list

from . import availability, connection, context, ids, offers, refunds
from .availability import ALTERNATIVES, Alternative, Eta, EtaPart
from .connection import PageInfo
from .context import PRIMARY, Asking
from .enums import BackorderStatus
from .errors import BackorderError
from .refunds import Refund
from .scalars import Int


class BackorderEvent(graphene.ObjectType):
    type = graphene.String(required=True)
    created_at = graphene.DateTime(required=True)
    message = graphene.String(required=True)


class Decision(graphene.ObjectType):
    class Meta:
        description = "What the customer is asked after a delay."

    asked_at = graphene.DateTime(required=True)
    previous_date = graphene.Date(required=True)
    new_date = graphene.Date(required=True)
    slip_days = Int(required=True)
    silence_date = graphene.Date(
        description="When no answer counts as cancelling; null where it keeps waiting."
    )


def _show_decision(row: models.Decision | None) -> Decision | None:
    if row is None:
        return None
    return Decision(
        asked_at=row.opened_at,
        previous_date=row.previous_on,
        new_date=row.new_on,
        slip_days=row.slip_days,
        silence_date=row.silence_on,
    )


class Backorder(graphene.ObjectType):
    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    order_number = graphene.String(required=True)
    order_line_id = graphene.ID(required=True)
    variant_id = graphene.ID()
    product_name = graphene.String(required=True)
    channel = graphene.String(required=True)
    status = graphene.Field(BackorderStatus, required=True)
    quantity = Int(
        required=True, description="Units that were not on the shelf when the order was placed."
    )
    quantity_waiting = Int(required=True)
    quantity_allocated = Int(required=True)
    quantity_fulfilled = Int(required=True)
    quantity_cancelled = Int(required=True)
    priority = Int(required=True)
    queue_position = Int(
        description="Place among those who wait for the same variant in the same channel, "
        "from 1; null once nothing waits."
    )
    promised_eta = graphene.Field(Eta, description="What the customer was told at purchase.")
    eta = graphene.Field(Eta, description="What is expected now.")
    eta_parts = connection.list_of(EtaPart, description="The waiting units by day, earliest first.")
    is_late = graphene.Boolean(required=True)
    promise_kept = graphene.Boolean(
        description="Whether all of it was allocated by the day promised at purchase; "
        "null while some waits."
    )
    message = graphene.String(
        required=True, description="One sentence: how many ship now and how many wait."
    )
    placed_at = graphene.DateTime(required=True)
    allocated_at = graphene.DateTime()
    fulfilled_at = graphene.DateTime()
    cancelled_at = graphene.DateTime()
    customer_email = graphene.String()
    offer = graphene.Field(
        offers.Offer,
        description="The last voucher that the order's customer was given; "
        "null where there is none, or it was withdrawn.",
    )
    alternatives = connection.list_of(
        Alternative, first=Int(default_value=ALTERNATIVES), resolver=availability.load_alternatives
    )
    events = connection.list_of(BackorderEvent)
    decision = graphene.Field(Decision, description="Null while nobody is asked.")
    refunds = connection.list_of(Refund)
    rating = Int(description="How the customer found the wait, 1 to 5; null until they said so.")
    link = graphene.String(
        description="The customer's page, for whoever may read this: a path on the API's host "
        "that needs no login. Null once it is done."
    )

    # The row's own number, for what is read only if somebody asks.
    key: int
    asked: Asked

    @staticmethod
    def resolve_queue_position(root: Backorder, info: Any) -> Any:
        return context.of(info).loaders.position.load(root.key)

    @staticmethod
    def resolve_rating(root: Backorder, info: Any) -> Any:
        return _load(info, "rating", root.key)

    @staticmethod
    def resolve_offer(root: Backorder, info: Any) -> Any:
        return _load(info, "offer", root.key)

    @staticmethod
    def resolve_events(root: Backorder, info: Any) -> Any:
        return _load(info, "events", root.key).then(lambda rows: rows or [])

    @staticmethod
    def resolve_eta_parts(root: Backorder, info: Any) -> Any:
        return _load(info, "parts", root.key).then(availability.show_parts)

    @staticmethod
    def resolve_decision(root: Backorder, info: Any) -> Any:
        return _load(info, "decision", root.key).then(_show_decision)

    @staticmethod
    def resolve_refunds(root: Backorder, info: Any) -> Any:
        return _load(info, "refunds", root.key).then(
            lambda rows: [refunds.show_refund(row) for row in rows or []]
        )


def _load(info: Any, what: str, key: int) -> Any:
    return getattr(context.of(info).loaders, what).load(key)


class BackorderEdge(graphene.ObjectType):
    node = graphene.Field(Backorder, required=True)
    cursor = graphene.String(required=True)


class BackorderConnection(graphene.ObjectType):
    page_info = graphene.Field(PageInfo, required=True)
    edges = connection.list_of(BackorderEdge)
    total_count = Int()

    @staticmethod
    def resolve_total_count(root: Any, _info: Any) -> int:
        return int(root.total_count())


class BackordersPayload(graphene.ObjectType):
    backorders = connection.list_of(Backorder)
    errors = connection.list_of(BackorderError)


class BackorderPayload(graphene.ObjectType):
    backorder = graphene.Field(Backorder)
    replacement_order_id = graphene.ID(description="The order made instead, after a switch.")
    errors = connection.list_of(BackorderError)


def show(listed: backorder_list.Listed, *, today: date) -> Backorder:
    """Show a backorder."""
    row = listed.backorder
    shown = Backorder(
        id=ids.encode("Backorder", row.id),
        order_id=ids.encode("Order", row.order_id),
        order_number=row.order_number,
        order_line_id=ids.encode("OrderLine", row.order_line_id),
        variant_id=(
            ids.encode("ProductVariant", row.variant_id) if listed.variant_exists else None
        ),
        product_name=row.product_name,
        channel=listed.channel,
        status=row.status,
        quantity=row.quantity,
        quantity_waiting=row.waiting,
        quantity_allocated=row.allocated,
        quantity_fulfilled=row.fulfilled,
        quantity_cancelled=row.cancelled,
        priority=row.priority,
        promised_eta=availability.show_eta(eta.promised(row)),
        eta=availability.show_eta(eta.expected(row)),
        is_late=eta.is_late(row, today=today),
        message=i18n.split(row.allocated + row.seen_on_hand, row.waiting),
        placed_at=row.placed_at,
        allocated_at=row.allocated_at,
        fulfilled_at=row.fulfilled_at,
        cancelled_at=row.cancelled_at,
        customer_email=listed.customer_email,
        promise_kept=row.kept,
        link=links.url(row.id, "") if _is_open(row) else None,
    )
    shown.key = row.id
    shown.asked = alternatives.Asked(row.variant_id, row.destination)
    return shown


def show_all(rows: Iterable[backorder_list.Listed], *, today: date) -> list[Backorder]:
    """Show backorders, in the order given."""
    return [show(row, today=today) for row in rows]


def show_page(
    page: Page[backorder_list.Listed],
    *,
    wanted: backorder_list.Filter,
    window: Window,
    asking: Asking,
) -> BackorderConnection:
    """Show a page; the whole list is counted only if somebody asks."""
    return BackorderConnection(
        page_info=connection.page_info(
            [row.cursor for row in page.items], has_more=page.has_more, window=window
        ),
        edges=[
            BackorderEdge(node=show(row, today=asking.today), cursor=connection.encode(row.cursor))
            for row in page.items
        ],
        total_count=lambda: backorder_list.count(
            wanted=wanted, today=asking.today, using=asking.using
        ),
    )


def _is_open(row: BackorderRow) -> bool:
    return bool(row.waiting or row.allocated)


def payload(asking: Asking, key: int) -> BackorderPayload:
    """Answer a mutation with its backorder as it is now."""
    found = backorder_list.find(ids=[key], using=PRIMARY)[key]
    return BackorderPayload(backorder=show(found, today=asking.today), errors=[])
