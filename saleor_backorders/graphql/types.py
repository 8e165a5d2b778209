"""The types of the contract; ``present.py`` fills them."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import translation
from django.utils.translation import gettext

from saleor_backorders.errors import BackordersError
from saleor_backorders.models import Movement, MovementKind
from saleor_backorders.services import alternatives
from saleor_backorders.services.alternatives import Asked

from . import asking, ids
from .connection import PageInfo
from .enums import AvailabilityStatus, BackorderStatus, EtaSource
from .errors import BackorderError, as_exception
from .scalars import Int


def list_of(kind: Any, **options: Any) -> Any:
    """Return a field with a list that is never null and never holds null."""
    return graphene.Field(graphene.List(graphene.NonNull(kind)), required=True, **options)


class Eta(graphene.ObjectType):
    date = graphene.Date(required=True)
    source = graphene.Field(EtaSource, required=True)


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
    message = graphene.String(
        required=True, description="One sentence for the shopper in the request's language."
    )
    alternatives = list_of(
        Alternative,
        first=Int(default_value=ALTERNATIVES),
        description="In-stock variants to offer instead, best first.",
        resolver=_load_alternatives,
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

    @staticmethod
    def resolve_type(root: Movement, _info: Any) -> str:
        return root.kind.upper()

    @staticmethod
    def resolve_message(root: Movement, info: Any) -> str:
        with translation.override(asking.of(info).language):
            what = MovementKind(root.kind).label
            return gettext("%(what)s: %(units)s") % {"what": what, "units": root.quantity}


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
    is_late = graphene.Boolean(required=True)
    placed_at = graphene.DateTime(required=True)
    allocated_at = graphene.DateTime()
    fulfilled_at = graphene.DateTime()
    cancelled_at = graphene.DateTime()
    customer_email = graphene.String()
    alternatives = list_of(
        Alternative, first=Int(default_value=ALTERNATIVES), resolver=_load_alternatives
    )
    events = list_of(BackorderEvent)

    # The row's own number, for what is read only if somebody asks.
    key: int
    asked: Asked

    @staticmethod
    def resolve_queue_position(root: Backorder, info: Any) -> Any:
        return asking.of(info).loaders.position.load(root.key)

    @staticmethod
    def resolve_events(root: Backorder, info: Any) -> Any:
        return asking.of(info).loaders.movements.load(root.key).then(lambda rows: rows or [])


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
