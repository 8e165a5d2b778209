"""Every operation of the API, asked for in a shop in which whoever may do it succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.utils import timezone

from saleor_backorders import outbox
from saleor_backorders.common import links
from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS
from saleor_backorders.models import (
    BackInStockSubscription,
    Backorder,
    Cancellation,
    Decision,
    IncomingShipment,
    Message,
    MessageKind,
    Refund,
)
from saleor_backorders.supply import shipments
from saleor_backorders.supply.shipments import Announced
from tests.graphql.conftest import gid
from tests.services.front import Front, run_triggers
from tests.services.test_rate import sent
from tests.sql.world import model

DOCUMENTS = {
    "backorder": "query($backorder: ID) { backorder(id: $backorder) { id } }",
    "orderBackorders": "query($order: ID!) { orderBackorders(orderId: $order) { id } }",
    "myBackorders": "{ myBackorders { edges { node { id } } } }",
    "backorders": "{ backorders { edges { node { id } } } }",
    "backorderPolicy": """query($variant: ID!, $channel: String!) {
      backorderPolicy(variantId: $variant, channel: $channel) { allow } }""",
    "backorderAvailability": """query($variant: ID!, $channel: String!) {
      backorderAvailability(items: [{variantId: $variant}], channel: $channel) { status } }""",
    "checkoutBackorders": """query($checkout: ID!) {
      checkoutBackorders(checkoutId: $checkout) { checkoutId } }""",
    "incomingShipments": "{ incomingShipments { edges { node { reference } } } }",
    "openRefunds": "{ openRefunds { id } }",
    "backorderOffers": "{ backorderOffers(period: {}) { issued } }",
    "backorderChannel": """query($channel: String!) {
      backorderChannel(channel: $channel) { staffEmails } }""",
    "backorderMessages": "{ backorderMessages { edges { node { recipient } } } }",
    "backorderPolicyUpdate": """mutation($variant: ID!, $channel: String!) {
      backorderPolicyUpdate(
        scope: {channel: $channel, variantIds: [$variant]}, input: {allow: true, limit: 3}
      ) { policy { limit } errors { field code } } }""",
    "checkoutBackordersAcknowledge": """mutation($checkout: ID!) {
      checkoutBackordersAcknowledge(checkoutId: $checkout) {
        checkoutBackorders { acknowledged } errors { code } } }""",
    "backorderPriorityUpdate": """mutation($backorder: ID!) {
      backorderPriorityUpdate(ids: [$backorder], priority: 7) {
        backorders { priority } errors { code } } }""",
    "backordersAllocate": """mutation($variant: ID!) {
      backordersAllocate(variantIds: [$variant]) { backorders { id } errors { code } } }""",
    "incomingShipmentCreate": """mutation($variant: ID!, $warehouse: ID!, $day: Date!) {
      incomingShipmentCreate(input: {
        reference: "PO-2", warehouseId: $warehouse, expectedOn: $day,
        lines: [{variantId: $variant, quantity: 5}]
      }) { incomingShipment { id } errors { code } } }""",
    "incomingShipmentUpdate": """mutation($shipment: ID!, $day: Date!) {
      incomingShipmentUpdate(id: $shipment, input: {expectedOn: $day}) {
        incomingShipment { id } errors { code } } }""",
    "incomingShipmentReceive": """mutation($shipment: ID!) {
      incomingShipmentReceive(id: $shipment, idempotencyKey: "note") {
        incomingShipment { id } errors { code } } }""",
    "incomingShipmentCancel": """mutation($shipment: ID!) {
      incomingShipmentCancel(id: $shipment) { incomingShipment { id } errors { code } } }""",
    "incomingShipmentImport": """mutation($csv: String!) {
      incomingShipmentImport(csv: $csv) {
        incomingShipments { id } errors { field message code row } } }""",
    "backorderCancel": """mutation($backorder: ID) {
      backorderCancel(id: $backorder) { backorder { id } errors { code } } }""",
    "backorderAcceptDelay": """mutation($backorder: ID) {
      backorderAcceptDelay(id: $backorder) { backorder { id } errors { code } } }""",
    "backorderSwitch": """mutation($backorder: ID, $other: ID!) {
      backorderSwitch(id: $backorder, variantId: $other) { backorder { id } errors { code } } }""",
    "backorderRate": """mutation($left: ID) {
      backorderRate(id: $left, score: 3) { backorder { rating } errors { code } } }""",
    "backorderTakeAvailable": """mutation($backorder: ID) {
      backorderTakeAvailable(id: $backorder) { backorder { id } errors { code } } }""",
    "orderBackordersCancel": """mutation($order: ID!) {
      orderBackordersCancel(orderId: $order) { backorders { id } errors { code } } }""",
    "backorderRefundRetry": """mutation($refund: ID!) {
      backorderRefundRetry(ids: [$refund]) { refunds { id } errors { code } } }""",
    "backorderRefundPaidByHand": """mutation($refund: ID!) {
      backorderRefundPaidByHand(ids: [$refund]) { refunds { id } errors { code } } }""",
    "backorderChannelUpdate": """mutation($channel: String!) {
      backorderChannelUpdate(channel: $channel, input: {senderName: "Shoes"}) {
        rule { senderName } errors { code } } }""",
    "backorderMessagesSend": """mutation($message: ID!) {
      backorderMessagesSend(ids: [$message]) { messages { id } errors { code } } }""",
    "backInStockSubscribe": """mutation($variant: ID!, $channel: String!) {
      backInStockSubscribe(variantId: $variant, channel: $channel, email: "ada@example.com") {
        subscribed errors { code } } }""",
    "backInStockConfirm": """mutation($confirm: String!) {
      backInStockConfirm(token: $confirm) { subscribed errors { code } } }""",
    "backInStockUnsubscribe": """mutation($out: String!) {
      backInStockUnsubscribe(token: $out) { subscribed errors { code } } }""",
}


class World(NamedTuple):
    people: dict[str, Any]
    names: dict[str, str]
    """What the variables of the documents stand for."""
    row: Backorder
    """Of two units one has come and one waits, and its customer was asked."""


def world(front: Front) -> World:
    """Return a shop with one of everything, and everybody who may want something of it."""
    owner = front.user()
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 2, user_id=owner.pk)
    front.restock(variant, 1)
    names = _names(front, row, variant, owner)
    # Last: whatever moves the dates withdraws the question.
    _ask_customer(row)
    return World(people=_people(front, owner), names=names, row=row)


def _people(front: Front, owner: Any) -> dict[str, Any]:
    return {
        "nobody": None,
        "owner": owner,
        "stranger": front.user(),
        "staff without": front.user(is_staff=True),
        "orders staff": front.user(MANAGE_ORDERS),
        "products staff": front.user(MANAGE_PRODUCTS),
    }


def _names(front: Front, row: Backorder, variant: Any, owner: Any) -> dict[str, str]:
    day = (timezone.now().date() + timedelta(days=5)).isoformat()
    return {
        "backorder": gid("Backorder", row.pk),
        "order": gid("Order", row.order_id),
        "left": gid("Backorder", _left(front, owner).pk),
        "variant": gid("ProductVariant", variant.pk),
        "other": gid("ProductVariant", _cheaper(front).pk),
        "channel": front.main.slug,
        "warehouse": gid("Warehouse", front.shelves.pk),
        "day": day,
        "csv": "sku,warehouse,quantity,expected_on,reference\n"
        f"{variant.sku},{front.shelves.slug},4,{day},PO-3\n",
        "checkout": gid("Checkout", front.checkout((variant, 1)).pk),
        "shipment": gid("IncomingShipment", _shipment(front, variant).pk),
        "refund": gid("Refund", _refund(row).pk),
        "message": gid("BackorderMessage", _lost_message(row.order_id).pk),
        **_sign_up(front, variant),
    }


def _ask_customer(row: Backorder) -> None:
    row.refresh_from_db()
    assert row.expected_on is not None
    Decision.objects.create(
        backorder_id=row.pk, variant_id=row.variant_id, previous_on=row.expected_on,
        previous_first_on=row.expected_on, new_on=row.expected_on, slip_days=9,
        opened_at=timezone.now(),
    )  # fmt: skip


def _left(front: Front, owner: Any) -> Backorder:
    """Return a backorder of which something was sent."""
    row = sent(front)
    model("order", "Order").objects.filter(pk=row.order_id).update(user_id=owner.pk)
    return row


def _cheaper(front: Front) -> Any:
    variant = front.sold(5)
    variant.channel_listings.update(price_amount=2)
    return variant


def _shipment(front: Front, variant: Any) -> IncomingShipment:
    made = shipments.create(
        reference="PO-1", warehouse_id=front.shelves.pk, expected_on=timezone.now().date(),
        lines=[Announced(variant.pk, 1)], now=timezone.now(),
    )  # fmt: skip
    run_triggers()
    return made


def _refund(row: Backorder) -> Refund:
    """Return money that a gateway refused to send back."""
    payment = model("payment", "Payment").objects.create(
        order_id=row.order_id, gateway="mirumee.payments.dummy", charge_status="fully-charged",
        total=10, captured_amount=10, currency="USD",
    )  # fmt: skip
    payment.transactions.create(kind="capture", is_success=True, amount=10, currency="USD")
    given_up = Cancellation.objects.create(
        backorder_id=row.pk, order_id=row.order_id, order_line_id=row.order_line_id, quantity=1,
        value=1, currency="USD", by="customer", created_at=timezone.now(),
    )  # fmt: skip
    return Refund.objects.create(
        cancellation=given_up, order_id=row.order_id, amount=1, currency="USD", key=uuid4(),
        payment_id=payment.pk, state="failed", created_at=timezone.now(),
    )  # fmt: skip


def _lost_message(order_id: UUID) -> Message:
    message = Message.objects.filter(order_id=order_id).earliest("pk")
    Message.objects.filter(pk=message.pk).update(state="given_up")
    return message


def _sign_up(front: Front, variant: Any) -> dict[str, str]:
    row = BackInStockSubscription.objects.create(
        variant_id=variant.pk, channel_id=front.main.pk, email="grace@example.com", language="en",
        created_at=timezone.now(),
    )  # fmt: skip
    asked = outbox.new(MessageKind.CONFIRM, "confirm", front.main.pk, about_ids=[row.pk])
    asked.save()
    return {
        "confirm": links.issue_for(links.CONFIRM, row.pk),
        "out": links.issue_for(links.OUT, asked.pk),
    }
