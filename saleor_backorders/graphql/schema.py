"""The plugin's own API: what it offers, in the contract's words."""

from __future__ import annotations

import graphene

from . import inputs, mutations, resolvers, types
from .connection import arguments
from .scalars import Int
from .types import list_of


def _ids() -> graphene.List:
    return graphene.List(graphene.NonNull(graphene.ID), required=True)


class Query(graphene.ObjectType):
    backorder_availability = list_of(
        types.BackorderAvailability,
        items=graphene.List(graphene.NonNull(inputs.AvailabilityInput), required=True),
        channel=graphene.String(required=True),
        country_code=graphene.String(
            description="ISO 3166-1 alpha-2; where left out, the channel's default country."
        ),
        description="How each asked quantity can be bought now. Public. "
        "Order of the answer is the order of `items`.",
        resolver=resolvers.backorder_availability,
    )
    checkout_backorders = graphene.Field(
        types.CheckoutBackorders,
        checkout_id=graphene.ID(required=True),
        description="What of a checkout would wait, and until when. "
        "Public, as Saleor's `checkout(id:)` is.",
        resolver=resolvers.checkout_backorders,
    )
    backorder = graphene.Field(
        types.Backorder,
        id=graphene.ID(),
        description="One backorder, for its owner and for staff (MANAGE_ORDERS).",
        resolver=resolvers.backorder,
    )
    order_backorders = list_of(
        types.Backorder,
        order_id=graphene.ID(required=True),
        description="The backorders of one order, for its owner and for staff (MANAGE_ORDERS).",
        resolver=resolvers.order_backorders,
    )
    my_backorders = graphene.Field(
        types.BackorderConnection,
        required=True,
        **arguments(),
        description="The signed-in customer's backorders, newest first.",
        resolver=resolvers.my_backorders,
    )
    backorders = graphene.Field(
        types.BackorderConnection,
        required=True,
        filter=inputs.BackorderFilter(),
        sort_by=inputs.BackorderSorter(),
        **arguments(),
        description="All backorders. Staff: MANAGE_ORDERS.",
        resolver=resolvers.backorders,
    )
    backorder_policy = graphene.Field(
        types.EffectivePolicy,
        required=True,
        variant_id=graphene.ID(required=True),
        channel=graphene.String(required=True),
        description="The policies in force for a variant, most specific first, "
        "and the one that wins. Staff: MANAGE_PRODUCTS.",
        resolver=resolvers.backorder_policy,
    )


class Mutation(graphene.ObjectType):
    backorder_policy_update = graphene.Field(
        types.BackorderPolicyUpdate,
        required=True,
        scope=inputs.PolicyScopeInput(required=True),
        input=inputs.PolicyInput(required=True),
        description="Allow, limit or forbid backorders. The scope is one of variants, products, "
        "categories or the whole channel. Staff: MANAGE_PRODUCTS.",
        resolver=mutations.backorder_policy_update,
    )
    checkout_backorders_acknowledge = graphene.Field(
        types.CheckoutBackordersAcknowledge,
        required=True,
        checkout_id=graphene.ID(required=True),
        description="The shopper agrees to wait. Public, as Saleor's checkout mutations are.",
        resolver=mutations.checkout_backorders_acknowledge,
    )
    backorder_priority_update = graphene.Field(
        types.BackordersPayload,
        required=True,
        ids=_ids(),
        priority=Int(required=True),
        description="Staff: MANAGE_ORDERS.",
        resolver=mutations.backorder_priority_update,
    )
    backorders_allocate = graphene.Field(
        types.BackordersPayload,
        required=True,
        variant_ids=_ids(),
        description="Allocate now, for shops that do it by hand. Staff: MANAGE_ORDERS.",
        resolver=mutations.backorders_allocate,
    )


schema = graphene.Schema(query=Query, mutation=Mutation)
