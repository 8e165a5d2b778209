"""What of a checkout would wait, in the contract's words."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_backorders.checkout import acknowledgement

from . import availability, connection, ids
from .availability import BackorderAvailability
from .context import Asking, mutation, query
from .errors import BackorderError


class CheckoutBackorderLine(graphene.ObjectType):
    line_id = graphene.ID(required=True)
    availability = graphene.Field(BackorderAvailability, required=True)


class CheckoutBackorders(graphene.ObjectType):
    checkout_id = graphene.ID(required=True)
    acknowledgement_required = graphene.Boolean(required=True)
    acknowledged = graphene.Boolean(required=True)
    lines = connection.list_of(CheckoutBackorderLine)


class CheckoutBackordersAcknowledge(graphene.ObjectType):
    checkout_backorders = graphene.Field(CheckoutBackorders)
    errors = connection.list_of(BackorderError)


def _show(state: acknowledgement.CheckoutState, *, asking: Asking) -> CheckoutBackorders:
    """Show what of a checkout would wait."""
    return CheckoutBackorders(
        checkout_id=ids.encode("Checkout", state.checkout_id),
        acknowledgement_required=state.required,
        acknowledged=state.agreed,
        lines=[
            CheckoutBackorderLine(
                line_id=ids.encode("CheckoutLine", line_id),
                availability=availability.availability_of(answer, asking=asking),
            )
            for line_id, answer in state.lines
        ],
    )


@query
def checkout_backorders(asking: Asking, *, checkout_id: str) -> Any:
    """Say what of a checkout would wait."""
    state = acknowledgement.checkout_backorders(
        checkout_id=ids.uuid(checkout_id, kind="Checkout", field="checkoutId"),
        settings=asking.host.shop.settings(),
        now=asking.now,
        today=asking.today,
        using=asking.using,
    )
    return _show(state, asking=asking) if state else None


@mutation(CheckoutBackordersAcknowledge)
def checkout_backorders_acknowledge(asking: Asking, *, checkout_id: str) -> Any:
    """Note that the shopper agreed to wait."""
    state = acknowledgement.acknowledge(
        checkout_id=ids.uuid(checkout_id, kind="Checkout", field="checkoutId"),
        settings=asking.host.shop.settings(),
        now=asking.now,
        today=asking.today,
    )
    return CheckoutBackordersAcknowledge(checkout_backorders=_show(state, asking=asking), errors=[])
