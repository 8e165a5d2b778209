"""How a quantity can be bought, in the contract's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene
from django.utils import translation

from saleor_backorders import errors
from saleor_backorders.availability import alternatives, availability, eta, wording
from saleor_backorders.availability.alternatives import Asked
from saleor_backorders.availability.eta import Part
from saleor_backorders.errors import BackordersError

from . import connection, context, ids, offers
from .context import Asking, query
from .enums import AvailabilityStatus, EtaSource
from .errors import as_exception
from .scalars import Int


class AvailabilityInput(graphene.InputObjectType):
    variant_id = graphene.ID(required=True)
    quantity = Int(default_value=1)


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


def load_alternatives(root: Any, info: Any, first: int | None = ALTERNATIVES) -> Any:
    """Load what can be had at once instead."""
    # A variable that holds null overrides the schema's default.
    wanted = ALTERNATIVES if first is None else first
    try:
        alternatives.check_first(wanted)
    except BackordersError as exc:
        raise as_exception(exc) from exc
    return context.of(info).loaders.alternatives.load((root.asked, wanted)).then(_show_alternatives)


def _show_alternatives(found: list[alternatives.Alternative]) -> list[Alternative]:
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
    eta_parts = connection.list_of(
        EtaPart, description="The units that would wait by day, earliest first."
    )
    message = graphene.String(
        required=True, description="One sentence for the shopper in the request's language."
    )
    alternatives = connection.list_of(
        Alternative,
        first=Int(default_value=ALTERNATIVES),
        description="In-stock variants to offer instead, best first.",
        resolver=load_alternatives,
    )
    offer = graphene.Field(
        offers.OfferPreview,
        description="What the shopper gets for waiting; null where nothing is offered.",
    )

    # The variant and where its units would go, for what is read only if somebody asks.
    asked: Asked


def availability_of(answer: availability.Availability, *, asking: Asking) -> BackorderAvailability:
    """Show how a quantity can be bought."""
    with translation.override(asking.language):
        message = wording.sentence(answer, today=asking.today)
        offer = offers.preview(answer)
    shown = BackorderAvailability(
        variant_id=ids.encode("ProductVariant", answer.variant_id),
        channel=answer.channel,
        quantity=answer.quantity,
        status=answer.status.value,
        quantity_in_stock=answer.in_stock,
        quantity_backordered=answer.backordered,
        remaining_backorders=answer.remaining,
        eta=show_eta(answer.eta),
        eta_parts=show_parts(answer.parts),
        message=message,
        offer=offer,
    )
    shown.asked = alternatives.Asked(answer.variant_id, answer.destination)
    return shown


def show_eta(found: eta.Eta | None) -> Eta | None:
    """Show a date."""
    return Eta(date=found.date, source=found.source.value) if found else None


@query
def backorder_availability(
    asking: Asking, *, items: list[Any], channel: str, country_code: str | None = None
) -> Any:
    """Say how each quantity can be bought now."""
    if len(items) > availability.MAX_ITEMS:
        raise errors.TooMany(asked=len(items), most=availability.MAX_ITEMS, field="items")
    demands = [
        availability.Demand(
            ids.integer(item["variant_id"], kind="ProductVariant", field="variantId"),
            _quantity(item.get("quantity")),
        )
        for item in items
    ]
    destination = availability.find_destination(
        channel=channel, country=country_code, using=asking.using
    )
    answers = availability.ask(
        demands=demands,
        destination=destination,
        now=asking.now,
        today=asking.today,
        using=asking.using,
    )
    return [availability_of(answer, asking=asking) for answer in answers]


def _quantity(given: int | None) -> int:
    # A variable that holds null overrides the schema's default.
    return 1 if given is None else given
