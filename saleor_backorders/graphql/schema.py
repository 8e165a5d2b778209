"""The plugin's own API: what it offers, in the contract's words."""

from __future__ import annotations

from typing import Any

import graphene

from . import (
    availability,
    back_in_stock,
    backorder_type,
    cancellations,
    checkout,
    connection,
    notifications,
    offers,
    policies,
    queue,
    ratings,
    refunds,
    settings,
    supply,
)
from .connection import arguments, list_of
from .scalars import Int


def _ids() -> graphene.List:
    return graphene.List(graphene.NonNull(graphene.ID), required=True)


def _whose() -> dict[str, Any]:
    return {"id": graphene.ID(), "token": graphene.String()}


class Query(graphene.ObjectType):
    backorder_availability = list_of(
        availability.BackorderAvailability,
        items=graphene.List(graphene.NonNull(availability.AvailabilityInput), required=True),
        channel=graphene.String(required=True),
        country_code=graphene.String(
            description="ISO 3166-1 alpha-2; where left out, the channel's default country."
        ),
        description="How each asked quantity can be bought now. Public. "
        "Order of the answer is the order of `items`.",
        resolver=availability.backorder_availability,
    )
    checkout_backorders = graphene.Field(
        checkout.CheckoutBackorders,
        checkout_id=graphene.ID(required=True),
        description="What of a checkout would wait, and until when. "
        "Public, as Saleor's `checkout(id:)` is.",
        resolver=checkout.checkout_backorders,
    )
    backorder = graphene.Field(
        backorder_type.Backorder,
        id=graphene.ID(),
        token=graphene.String(),
        description="One backorder: by `id` for its owner and for staff (MANAGE_ORDERS), "
        "by `token` for whoever holds the link.",
        resolver=queue.backorder,
    )
    order_backorders = list_of(
        backorder_type.Backorder,
        order_id=graphene.ID(required=True),
        description="The backorders of one order, for its owner and for staff (MANAGE_ORDERS).",
        resolver=queue.order_backorders,
    )
    my_backorders = graphene.Field(
        backorder_type.BackorderConnection,
        required=True,
        **arguments(),
        description="The signed-in customer's backorders, newest first.",
        resolver=queue.my_backorders,
    )
    backorders = graphene.Field(
        backorder_type.BackorderConnection,
        required=True,
        filter=queue.BackorderFilter(),
        sort_by=queue.BackorderSorter(),
        **arguments(),
        description="All backorders. Staff: MANAGE_ORDERS.",
        resolver=queue.backorders,
    )
    backorder_policy = graphene.Field(
        policies.EffectivePolicy,
        required=True,
        variant_id=graphene.ID(required=True),
        channel=graphene.String(required=True),
        description="The policies in force for a variant, most specific first, "
        "and the one that wins. Staff: MANAGE_PRODUCTS.",
        resolver=policies.backorder_policy,
    )
    incoming_shipments = graphene.Field(
        supply.IncomingShipmentConnection,
        required=True,
        filter=supply.IncomingShipmentFilter(),
        **arguments(),
        description="What is on its way. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipments,
    )
    open_refunds = list_of(
        refunds.Refund,
        first=Int(default_value=refunds.MAX_REFUNDS),
        description="Money that is owed and not paid back yet, oldest first. Staff: MANAGE_ORDERS.",
        resolver=refunds.open_refunds,
    )
    backorder_offers = graphene.Field(
        offers.BackorderOfferUptake,
        required=True,
        channel=graphene.String(description="All channels where left out."),
        period=connection.DateRangeInput(required=True),
        description="What became of the vouchers that were given for waiting, by the days on "
        "which they were issued. Staff: MANAGE_ORDERS.",
        resolver=offers.backorder_offers,
    )
    backorder_channel = graphene.Field(
        settings.ChannelRule,
        required=True,
        channel=graphene.String(required=True),
        description="How a channel counts days, deals with delays and speaks to people. "
        "Staff: MANAGE_PRODUCTS.",
        resolver=settings.backorder_channel,
    )
    backorder_messages = graphene.Field(
        notifications.BackorderMessageConnection,
        required=True,
        filter=notifications.BackorderMessageFilter(),
        **arguments(),
        description="What was sent to customers and staff, is to be, or could not be; newest "
        "first. Staff: MANAGE_ORDERS.",
        resolver=notifications.backorder_messages,
    )


class Mutation(graphene.ObjectType):
    backorder_policy_update = graphene.Field(
        policies.BackorderPolicyUpdate,
        required=True,
        scope=policies.PolicyScopeInput(required=True),
        input=policies.PolicyInput(required=True),
        description="Allow, limit or forbid backorders. The scope is one of variants, products, "
        "categories or the whole channel. Staff: MANAGE_PRODUCTS.",
        resolver=policies.backorder_policy_update,
    )
    checkout_backorders_acknowledge = graphene.Field(
        checkout.CheckoutBackordersAcknowledge,
        required=True,
        checkout_id=graphene.ID(required=True),
        description="The shopper agrees to wait. Public, as Saleor's checkout mutations are.",
        resolver=checkout.checkout_backorders_acknowledge,
    )
    backorder_priority_update = graphene.Field(
        backorder_type.BackordersPayload,
        required=True,
        ids=_ids(),
        priority=Int(required=True),
        description="Staff: MANAGE_ORDERS.",
        resolver=queue.backorder_priority_update,
    )
    backorders_allocate = graphene.Field(
        backorder_type.BackordersPayload,
        required=True,
        variant_ids=_ids(),
        description="Allocate now, for shops that do it by hand. Staff: MANAGE_ORDERS.",
        resolver=queue.backorders_allocate,
    )
    incoming_shipment_create = graphene.Field(
        supply.IncomingShipmentPayload,
        required=True,
        input=supply.IncomingShipmentInput(required=True),
        description="Register supply that is on its way. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipment_create,
    )
    incoming_shipment_update = graphene.Field(
        supply.IncomingShipmentPayload,
        required=True,
        id=graphene.ID(required=True),
        input=supply.IncomingShipmentInput(required=True),
        description="Change dates or quantities; every promise that this moves is recomputed and "
        "its customer told. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipment_update,
    )
    incoming_shipment_receive = graphene.Field(
        supply.IncomingShipmentPayload,
        required=True,
        id=graphene.ID(required=True),
        lines=graphene.List(graphene.NonNull(supply.ReceivedLineInput)),
        idempotency_key=graphene.String(required=True),
        description="Book what arrived into the warehouse's stock; waiting customers get it "
        "first. Idempotent by `idempotencyKey`. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipment_receive,
    )
    incoming_shipment_cancel = graphene.Field(
        supply.IncomingShipmentPayload,
        required=True,
        id=graphene.ID(required=True),
        description="Call off what has not arrived. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipment_cancel,
    )
    incoming_shipment_import = graphene.Field(
        supply.IncomingShipmentImport,
        required=True,
        csv=graphene.String(required=True),
        description="CSV with the columns sku, warehouse, quantity, expected_on, reference. "
        "All or nothing; errors name the row. Staff: MANAGE_PRODUCTS.",
        resolver=supply.incoming_shipment_import,
    )
    backorder_cancel = graphene.Field(
        backorder_type.BackorderPayload,
        required=True,
        **_whose(),
        quantity=Int(description="All that waits where left out."),
        reason=graphene.String(),
        idempotency_key=graphene.String(description="The same key cancels once."),
        description="Stop waiting: the open part is cancelled and refunded. Owner, holder of the "
        "token, or staff (MANAGE_ORDERS).",
        resolver=cancellations.backorder_cancel,
    )
    backorder_accept_delay = graphene.Field(
        backorder_type.BackorderPayload,
        required=True,
        **_whose(),
        description="Keep waiting after a delay.",
        resolver=cancellations.backorder_accept_delay,
    )
    backorder_switch = graphene.Field(
        backorder_type.BackorderPayload,
        required=True,
        **_whose(),
        variant_id=graphene.ID(required=True),
        description="Take an in-stock alternative instead of waiting.",
        resolver=cancellations.backorder_switch,
    )
    backorder_rate = graphene.Field(
        backorder_type.BackorderPayload,
        required=True,
        **_whose(),
        score=Int(required=True),
        comment=graphene.String(),
        description="Say how the wait was handled, 1 to 5.",
        resolver=ratings.backorder_rate,
    )
    backorder_take_available = graphene.Field(
        backorder_type.BackorderPayload,
        required=True,
        **_whose(),
        description="Ask staff to ship what has arrived; the rest goes on waiting.",
        resolver=cancellations.backorder_take_available,
    )
    order_backorders_cancel = graphene.Field(
        backorder_type.BackordersPayload,
        required=True,
        order_id=graphene.ID(required=True),
        reason=graphene.String(),
        description="Stop waiting for anything of an order. Owner, or staff (MANAGE_ORDERS).",
        resolver=cancellations.order_backorders_cancel,
    )
    backorder_refund_retry = graphene.Field(
        refunds.RefundsPayload,
        required=True,
        ids=_ids(),
        description="Ask again for refunds that failed. Staff: MANAGE_ORDERS.",
        resolver=refunds.backorder_refund_retry,
    )
    backorder_refund_paid_by_hand = graphene.Field(
        refunds.RefundsPayload,
        required=True,
        ids=_ids(),
        description="Record that money was sent back outside of the shop, or had gone. "
        "Staff: MANAGE_ORDERS.",
        resolver=refunds.backorder_refund_paid_by_hand,
    )
    backorder_channel_update = graphene.Field(
        settings.BackorderChannelUpdate,
        required=True,
        channel=graphene.String(required=True),
        input=settings.ChannelRuleInput(required=True),
        description="Change how a channel counts days, deals with delays and speaks to people. "
        "Staff: MANAGE_PRODUCTS.",
        resolver=settings.backorder_channel_update,
    )
    backorder_messages_send = graphene.Field(
        notifications.BackorderMessagesPayload,
        required=True,
        ids=_ids(),
        description="Send messages again that were given up, or of which nobody knows whether "
        "they were sent. Staff: MANAGE_ORDERS.",
        resolver=notifications.backorder_messages_send,
    )
    back_in_stock_subscribe = graphene.Field(
        back_in_stock.BackInStockPayload,
        required=True,
        variant_id=graphene.ID(required=True),
        channel=graphene.String(required=True),
        email=graphene.String(required=True),
        description="Tell me when it is back. Public; the same answer whether or not the address "
        "is known.",
        resolver=back_in_stock.back_in_stock_subscribe,
    )
    back_in_stock_confirm = graphene.Field(
        back_in_stock.BackInStockPayload,
        required=True,
        token=graphene.String(required=True),
        description="Confirm a sign-up with the token of the link that was mailed.",
        resolver=back_in_stock.back_in_stock_confirm,
    )
    back_in_stock_unsubscribe = graphene.Field(
        back_in_stock.BackInStockPayload,
        required=True,
        token=graphene.String(required=True),
        resolver=back_in_stock.back_in_stock_unsubscribe,
    )


schema = graphene.Schema(query=Query, mutation=Mutation)
