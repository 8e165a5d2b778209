"""The types of the contract; ``present.py`` fills them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from saleor_backorders import models
from saleor_backorders.errors import BackordersError
from saleor_backorders.services import alternatives
from saleor_backorders.services.alternatives import Asked
from saleor_backorders.services.eta import Part

from . import asking, ids
from .connection import PageInfo
from .enums import AvailabilityStatus, BackorderStatus, EtaSource, RefundState
from .errors import BackorderError, as_exception
from .scalars import Int


def list_of(kind: Any, **options: Any) -> Any:
    """Return a field with a list that is never null and never holds null."""
    return graphene.Field(graphene.List(graphene.NonNull(kind)), required=True, **options)


class Eta(graphene.ObjectType):
    date = graphene.Date(required=True)
    source = graphene.Field(EtaSource, required=True)


class EtaPart(graphene.ObjectType):
    quantity = Int(required=True)
    date = graphene.Date(required=True)
    source = graphene.Field(EtaSource, required=True)


def show_parts(found: Iterable[Part] | None) -> list[EtaPart]:
    """Show when units are expected, part by part."""
    return [
        EtaPart(quantity=part.quantity, date=part.eta.date, source=part.eta.source.value)
        for part in found or ()
    ]


class Alternative(graphene.ObjectType):
    variant_id = graphene.ID(required=True)
    name = graphene.String(required=True)
    quantity_available = Int(required=True)


ALTERNATIVES = 4


def _load_alternatives(root: Any, info: Any, first: int | None = ALTERNATIVES) -> Any:
    # A variable that holds null overrides the schema's default.
    wanted = ALTERNATIVES if first is None else first
    try:
        alternatives.check_first(wanted)
    except BackordersError as exc:
        raise as_exception(exc) from exc
    return asking.of(info).loaders.alternatives.load((root.asked, wanted)).then(_alternatives)


def _alternatives(found: list[alternatives.Alternative]) -> list[Alternative]:
    return [
        Alternative(
            variant_id=ids.encode("ProductVariant", each.variant_id),
            name=each.name,
            quantity_available=each.quantity_available,
        )
        for each in found
    ]


class BackorderAvailability(graphene.ObjectType):
    variant_id = graphene.ID(required=True)
    channel = graphene.String(required=True)
    quantity = Int(required=True)
    status = graphene.Field(AvailabilityStatus, required=True)
    quantity_in_stock = Int(required=True, description="Of `quantity`, how many would ship now.")
    quantity_backordered = Int(required=True, description="Of `quantity`, how many would wait.")
    remaining_backorders = Int(
        description="How many more the policy admits; null where there is no limit, "
        "0 where backorders are not allowed."
    )
    eta = graphene.Field(
        Eta,
        description="When the last unit of `quantity` is expected to ship; "
        "null where nothing would wait.",
    )
    eta_parts = list_of(EtaPart, description="The units that would wait by day, earliest first.")
    message = graphene.String(
        required=True, description="One sentence for the shopper in the request's language."
    )
    alternatives = list_of(
        Alternative,
        first=Int(default_value=ALTERNATIVES),
        description="In-stock variants to offer instead, best first.",
        resolver=_load_alternatives,
    )
    offer = graphene.Field(
        # By name: these types build on this module's.
        "saleor_backorders.graphql.offers.OfferPreview",
        description="What the shopper gets for waiting; null where nothing is offered.",
    )

    # The variant and where its units would go, for what is read only if somebody asks.
    asked: Asked


class CheckoutBackorderLine(graphene.ObjectType):
    line_id = graphene.ID(required=True)
    availability = graphene.Field(BackorderAvailability, required=True)


class CheckoutBackorders(graphene.ObjectType):
    checkout_id = graphene.ID(required=True)
    acknowledgement_required = graphene.Boolean(required=True)
    acknowledged = graphene.Boolean(required=True)
    lines = list_of(CheckoutBackorderLine)


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


class MoneyAmount(graphene.ObjectType):
    currency = graphene.String(required=True)
    amount = graphene.Float(required=True)


class Refund(graphene.ObjectType):
    class Meta:
        description = "Money that is owed for units given up."

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    amount = graphene.Field(MoneyAmount, required=True)
    state = graphene.Field(RefundState, required=True)
    message = graphene.String(required=True)
    attempts = Int(required=True)
    created_at = graphene.DateTime(required=True)
    settled_at = graphene.DateTime()


def show_refund(row: models.Refund) -> Refund:
    """Show money that is owed."""
    return Refund(
        id=ids.encode("Refund", row.pk),
        order_id=ids.encode("Order", row.order_id),
        amount=MoneyAmount(currency=row.currency, amount=row.amount),
        state=row.state,
        message=row.message,
        attempts=row.attempts,
        created_at=row.created_at,
        settled_at=row.settled_at,
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
    eta_parts = list_of(EtaPart, description="The waiting units by day, earliest first.")
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
        "saleor_backorders.graphql.offers.Offer",
        description="The last voucher that the order's customer was given; "
        "null where there is none, or it was withdrawn.",
    )
    alternatives = list_of(
        Alternative, first=Int(default_value=ALTERNATIVES), resolver=_load_alternatives
    )
    events = list_of(BackorderEvent)
    decision = graphene.Field(Decision, description="Null while nobody is asked.")
    refunds = list_of(Refund)
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
        return asking.of(info).loaders.position.load(root.key)

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
        return _load(info, "parts", root.key).then(show_parts)

    @staticmethod
    def resolve_decision(root: Backorder, info: Any) -> Any:
        return _load(info, "decision", root.key).then(_show_decision)

    @staticmethod
    def resolve_refunds(root: Backorder, info: Any) -> Any:
        return _load(info, "refunds", root.key).then(
            lambda rows: [show_refund(row) for row in rows or []]
        )


def _load(info: Any, what: str, key: int) -> Any:
    return getattr(asking.of(info).loaders, what).load(key)


class BackorderEdge(graphene.ObjectType):
    node = graphene.Field(Backorder, required=True)
    cursor = graphene.String(required=True)


class BackorderConnection(graphene.ObjectType):
    page_info = graphene.Field(PageInfo, required=True)
    edges = list_of(BackorderEdge)
    total_count = Int()

    @staticmethod
    def resolve_total_count(root: Any, _info: Any) -> int:
        return int(root.total_count())


class EffectivePolicy(graphene.ObjectType):
    allow = graphene.Boolean(required=True)
    limit = Int()
    lead_time_days = Int(required=True)
    discount_percent = Int(required=True)
    priority = Int(required=True)
    until = graphene.Date()
    low_stock = Int(
        required=True, description="Staff are told when so few are free; 0 where they are not."
    )
    scope = graphene.String(required=True, description="VARIANT, PRODUCT, CATEGORY or CHANNEL.")


class BackorderPolicyUpdate(graphene.ObjectType):
    policy = graphene.Field(EffectivePolicy)
    variants_affected = Int(required=True, description="How many variants the change reaches.")
    errors = list_of(BackorderError)


class CheckoutBackordersAcknowledge(graphene.ObjectType):
    checkout_backorders = graphene.Field(CheckoutBackorders)
    errors = list_of(BackorderError)


class BackordersPayload(graphene.ObjectType):
    backorders = list_of(Backorder)
    errors = list_of(BackorderError)


class BackorderPayload(graphene.ObjectType):
    backorder = graphene.Field(Backorder)
    replacement_order_id = graphene.ID(description="The order made instead, after a switch.")
    errors = list_of(BackorderError)


class RefundsPayload(graphene.ObjectType):
    refunds = list_of(Refund)
    errors = list_of(BackorderError)
