"""Who may read and write what; a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core import serializers
from django.db import transaction
from pytest_django import DjangoDbBlocker

from saleor_backorders import engine
from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS
from saleor_backorders.models import (
    Acknowledgement,
    Backorder,
    BackorderPolicy,
    ChannelRule,
    Message,
    Movement,
    Rating,
    VirtualStock,
)
from tests.graphql.conftest import Ask, codes, gid
from tests.services.front import Front, settle
from tests.services.test_rate import sent
from tests.sql.world import model

WRITTEN = [
    Acknowledgement,
    Backorder,
    BackorderPolicy,
    ChannelRule,
    Message,
    Movement,
    Rating,
    VirtualStock,
]

BACKORDER = "query($id: ID) { backorder(id: $id) { id } }"
OF_ORDER = "query($id: ID!) { orderBackorders(orderId: $id) { id } }"
MINE = "{ myBackorders { edges { node { id } } } }"
ALL = "{ backorders { edges { node { id } } } }"
POLICY = """query($id: ID!, $channel: String!) {
  backorderPolicy(variantId: $id, channel: $channel) { allow } }"""
SET_POLICY = """mutation($id: ID!, $channel: String!) {
  backorderPolicyUpdate(
    scope: {channel: $channel, variantIds: [$id]}, input: {allow: true, limit: 3}
  ) { policy { limit } variantsAffected errors { field code } } }"""
PRIORITY = """mutation($id: ID!) {
  backorderPriorityUpdate(ids: [$id], priority: 7) { backorders { priority } errors { code } } }"""
ALLOCATE = """mutation($id: ID!) {
  backordersAllocate(variantIds: [$id]) { backorders { id } errors { code } } }"""
AVAILABILITY = """query($id: ID!, $channel: String!) {
  backorderAvailability(items: [{variantId: $id}], channel: $channel) { status } }"""
CHECKOUT = "query($id: ID!) { checkoutBackorders(checkoutId: $id) { checkoutId } }"
AGREE = """mutation($id: ID!) { checkoutBackordersAcknowledge(checkoutId: $id) {
  checkoutBackorders { acknowledged } errors { code } } }"""

RATE = """mutation($id: ID!) {
  backorderRate(id: $id, score: 3) { backorder { rating } errors { code } } }"""
MESSAGES = "{ backorderMessages { edges { node { recipient } } } }"
SEND = """mutation($id: ID!) {
  backorderMessagesSend(ids: [$id]) { messages { id } errors { code } } }"""
CHANNEL = "query($channel: String!) { backorderChannel(channel: $channel) { staffEmails } }"
SET_CHANNEL = """mutation($channel: String!) {
  backorderChannelUpdate(channel: $channel, input: {senderName: "Shoes"}) {
    rule { senderName } errors { code } } }"""

SIGN_UP = """mutation($id: ID!, $channel: String!) {
  backInStockSubscribe(variantId: $id, channel: $channel, email: "ada@example.com") {
    subscribed errors { code } } }"""


class World(NamedTuple):
    people: dict[str, Any]
    documents: dict[str, tuple[str, dict[str, str]]]


def populate(front: Front) -> World:
    owner = front.user()
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 2, user_id=owner.pk)
    checkout = front.checkout((variant, 1))
    left = sent(front)
    model("order", "Order").objects.filter(pk=left.order_id).update(user_id=owner.pk)
    message = Message.objects.filter(order_id=row.order_id).earliest("pk")
    Message.objects.filter(pk=message.pk).update(state="given_up")
    backorder, order = gid("Backorder", row.id), gid("Order", row.order_id)
    variant_id, channel = gid("ProductVariant", variant.pk), front.main.slug
    return World(
        people={
            "nobody": None,
            "owner": owner,
            "stranger": front.user(),
            "staff without": front.user(is_staff=True),
            "orders staff": front.user(MANAGE_ORDERS),
            "products staff": front.user(MANAGE_PRODUCTS),
        },
        documents={
            "backorder": (BACKORDER, {"id": backorder}),
            "orderBackorders": (OF_ORDER, {"id": order}),
            "myBackorders": (MINE, {}),
            "backorders": (ALL, {}),
            "backorderPolicy": (POLICY, {"id": variant_id, "channel": channel}),
            "backorderPolicyUpdate": (SET_POLICY, {"id": variant_id, "channel": channel}),
            "backorderPriorityUpdate": (PRIORITY, {"id": backorder}),
            "backordersAllocate": (ALLOCATE, {"id": variant_id}),
            "backorderAvailability": (AVAILABILITY, {"id": variant_id, "channel": channel}),
            "checkoutBackorders": (CHECKOUT, {"id": gid("Checkout", checkout.pk)}),
            "checkoutBackordersAcknowledge": (AGREE, {"id": gid("Checkout", checkout.pk)}),
            "backInStockSubscribe": (SIGN_UP, {"id": variant_id, "channel": channel}),
            "backorderRate": (RATE, {"id": gid("Backorder", left.pk)}),
            "backorderMessages": (MESSAGES, {}),
            "backorderMessagesSend": (SEND, {"id": gid("BackorderMessage", message.pk)}),
            "backorderChannel": (CHANNEL, {"channel": channel}),
            "backorderChannelUpdate": (SET_CHANNEL, {"channel": channel}),
        },
    )


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Open one shop for all cases; each works behind a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield populate(Front())
        transaction.set_rollback(True)


@pytest.fixture
def world(shared: World, db: None) -> Iterator[World]:
    """Return the shop; afterwards no invariant may be broken."""
    yield shared
    settle()
    assert engine.broken_invariants() == []


EVERYBODY = {"nobody", "owner", "stranger", "staff without", "orders staff", "products staff"}
ADMITTED = {
    "backorder": {"owner", "orders staff"},
    "orderBackorders": {"owner", "orders staff"},
    "myBackorders": EVERYBODY - {"nobody"},
    "backorders": {"orders staff"},
    "backorderPolicy": {"products staff"},
    "backorderPolicyUpdate": {"products staff"},
    "backorderPriorityUpdate": {"orders staff"},
    "backordersAllocate": {"orders staff"},
    "backorderAvailability": EVERYBODY,
    "checkoutBackorders": EVERYBODY,
    "checkoutBackordersAcknowledge": EVERYBODY,
    "backInStockSubscribe": EVERYBODY,
    "backorderRate": {"owner", "orders staff"},
    "backorderMessages": {"orders staff"},
    "backorderMessagesSend": {"orders staff"},
    "backorderChannel": {"products staff"},
    "backorderChannelUpdate": {"products staff"},
}
MUTATIONS = {
    "backorderPolicyUpdate",
    "backorderPriorityUpdate",
    "backordersAllocate",
    "checkoutBackordersAcknowledge",
    "backorderRate",
    "backorderMessagesSend",
    "backorderChannelUpdate",
    "backInStockSubscribe",
}


def everything() -> list[str]:
    tables = [*WRITTEN, model("warehouse", "Stock"), model("warehouse", "Allocation")]
    return [serializers.serialize("json", table.objects.order_by("pk")) for table in tables]


def cases() -> list[Any]:
    return [
        pytest.param(operation, who, who in admitted, id=f"{operation}-{who}")
        for operation, admitted in ADMITTED.items()
        for who in sorted(EVERYBODY)
    ]


@pytest.mark.parametrize(("operation", "who", "admitted"), cases())
def test_authorization(world: World, ask: Ask, operation: str, who: str, admitted: bool) -> None:
    document, variables = world.documents[operation]
    before = everything()
    answer = ask(document, world.people[who], **variables)
    if admitted:
        assert "errors" not in answer
        if operation in MUTATIONS:
            assert answer["data"][operation]["errors"] == []
        return
    if operation in MUTATIONS:
        assert "errors" not in answer
        assert [e["code"] for e in answer["data"][operation]["errors"]] == ["PERMISSION_DENIED"]
    else:
        assert codes(answer) == ["PermissionDenied"]
        assert not (answer["data"] or {}).get(operation)
    assert everything() == before


def test_a_stranger_cannot_tell_what_exists(world: World, ask: Ask) -> None:
    stranger = world.people["stranger"]
    for operation, kind in [("backorder", "Backorder"), ("orderBackorders", "Order")]:
        document, variables = world.documents[operation]
        key = 10**9 if kind == "Backorder" else "00000000-0000-4000-8000-000000000000"
        real = ask(document, stranger, **variables)
        made_up = ask(document, stranger, id=gid(kind, key))
        assert real == made_up


def test_my_backorders__only_mine_newest_first(front: Front, ask: Ask) -> None:
    me, other = front.user(), front.user()
    variant = front.sold(0, limit=10)
    first = front.wait(variant, 1, user_id=me.pk)
    front.wait(variant, 1, user_id=other.pk)
    front.wait(variant, 1)
    second = front.wait(variant, 1, user_id=me.pk)
    found = ask(MINE, me)["data"]["myBackorders"]["edges"]
    assert [edge["node"]["id"] for edge in found] == [
        gid("Backorder", second.id),
        gid("Backorder", first.id),
    ]
    assert ask(MINE, front.user())["data"]["myBackorders"]["edges"] == []
