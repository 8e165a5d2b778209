"""Who may read and write what; a refusal changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from saleor_backorders import engine
from saleor_backorders.graphql.schema import schema
from saleor_backorders.models import Cancellation, Decision
from tests.graphql.conftest import Ask, codes, gid
from tests.graphql.operations import DOCUMENTS, World, world
from tests.services.front import Front, run_triggers
from tests.sql.world import model

EVERYBODY = {"nobody", "owner", "stranger", "staff without", "orders staff", "products staff"}
OWNER_AND_STAFF = {"owner", "orders staff"}
ADMITTED = {
    "backorder": OWNER_AND_STAFF,
    "orderBackorders": OWNER_AND_STAFF,
    "myBackorders": EVERYBODY - {"nobody"},
    "backorders": {"orders staff"},
    "backorderPolicy": {"products staff"},
    "backorderAvailability": EVERYBODY,
    "checkoutBackorders": EVERYBODY,
    "incomingShipments": {"products staff"},
    "openRefunds": {"orders staff"},
    "backorderOffers": {"orders staff"},
    "backorderChannel": {"products staff"},
    "backorderMessages": {"orders staff"},
    "backorderPolicyUpdate": {"products staff"},
    "checkoutBackordersAcknowledge": EVERYBODY,
    "backorderPriorityUpdate": {"orders staff"},
    "backordersAllocate": {"orders staff"},
    "incomingShipmentCreate": {"products staff"},
    "incomingShipmentUpdate": {"products staff"},
    "incomingShipmentReceive": {"products staff"},
    "incomingShipmentCancel": {"products staff"},
    "incomingShipmentImport": {"products staff"},
    "backorderCancel": OWNER_AND_STAFF,
    "backorderAcceptDelay": OWNER_AND_STAFF,
    "backorderSwitch": OWNER_AND_STAFF,
    "backorderRate": OWNER_AND_STAFF,
    "backorderTakeAvailable": OWNER_AND_STAFF,
    "orderBackordersCancel": OWNER_AND_STAFF,
    "backorderRefundRetry": {"orders staff"},
    "backorderRefundPaidByHand": {"orders staff"},
    "backorderChannelUpdate": {"products staff"},
    "backorderMessagesSend": {"orders staff"},
    "backInStockSubscribe": EVERYBODY,
    "backInStockConfirm": EVERYBODY,
    "backInStockUnsubscribe": EVERYBODY,
}


def fields(kind: Any) -> set[str]:
    return set(kind.fields) - {"_service", "_entities"}


QUERIES, MUTATIONS = fields(schema.get_query_type()), fields(schema.get_mutation_type())


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    """Forget the sign-ups of other tests."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Open one shop for all cases; each works behind a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world(Front())
        transaction.set_rollback(True)


@pytest.fixture
def shop(shared: World, db: None) -> Iterator[World]:
    """Return the shop; afterwards no invariant may be broken."""
    yield shared
    run_triggers()
    assert engine.broken_invariants() == []


def send(shop: World, ask: Ask, operation: str, who: str) -> dict[str, Any]:
    document = DOCUMENTS[operation]
    wanted = set(re.findall(r"\$(\w+)", document))
    named = {name: value for name, value in shop.names.items() if name in wanted}
    return ask(document, shop.people[who], **named)


def everything() -> list[str]:
    """Return all that the plugin keeps, and what of the shop an operation could change."""
    ours = apps.get_app_config("saleor_backorders").get_models()
    shops = [("order", "Order"), ("order", "OrderLine"), ("order", "OrderEvent"),
             ("warehouse", "Stock"), ("warehouse", "Allocation")]  # fmt: skip
    tables = [*ours, *(model(*name) for name in shops)]
    return [serializers.serialize("json", table.objects.order_by("pk")) for table in tables]


def test_every_operation_of_the_schema_is_tried() -> None:
    assert set(ADMITTED) == QUERIES | MUTATIONS
    assert set(DOCUMENTS) == QUERIES | MUTATIONS
    assert len(ADMITTED) == 34


@pytest.mark.parametrize("operation", ADMITTED)
def test_authorization__who_is_refused_changes_nothing(
    shop: World, ask: Ask, operation: str
) -> None:
    before = everything()
    refused = EVERYBODY - ADMITTED[operation]
    for who in sorted(refused):
        answer = send(shop, ask, operation, who)
        assert (who, told(answer, operation)) == (who, ["PERMISSION_DENIED"])
    assert everything() == before


@pytest.mark.parametrize("operation", ADMITTED)
def test_authorization__who_is_admitted_succeeds(shop: World, ask: Ask, operation: str) -> None:
    for who in sorted(ADMITTED[operation]):
        with transaction.atomic():
            answer = send(shop, ask, operation, who)
            transaction.set_rollback(True)
        assert (who, told(answer, operation)) == (who, [])
        assert answer["data"][operation] is not None


def told(answer: dict[str, Any], operation: str) -> list[str]:
    """Return the codes of what went wrong, in the API's own words."""
    if operation in QUERIES:
        return ["PERMISSION_DENIED" if code == "PermissionDenied" else code
                for code in codes(answer)]  # fmt: skip
    assert "errors" not in answer, answer
    return [error["code"] for error in answer["data"][operation]["errors"]]


@pytest.mark.parametrize(("who", "by"), [("owner", "customer"), ("orders staff", "staff")])
@pytest.mark.parametrize("operation", ["backorderCancel", "orderBackordersCancel"])
def test_in_whose_name__units_are_given_up(
    shop: World, ask: Ask, operation: str, who: str, by: str
) -> None:
    assert told(send(shop, ask, operation, who), operation) == []
    given_up = Cancellation.objects.latest("pk")
    assert (given_up.by, given_up.user_id) == (by, shop.people[who].pk)


@pytest.mark.parametrize("operation", ["backorderCancel", "orderBackordersCancel"])
def test_in_whose_name__staff_who_gave_up_their_own_order_did_so_as_customers(
    shop: World, ask: Ask, operation: str
) -> None:
    staff = shop.people["orders staff"]
    model("order", "Order").objects.filter(pk=shop.row.order_id).update(user_id=staff.pk)
    assert told(send(shop, ask, operation, "orders staff"), operation) == []
    assert Cancellation.objects.latest("pk").by == "customer"


@pytest.mark.parametrize(("who", "by"), [("owner", "customer"), ("orders staff", "staff")])
def test_in_whose_name__a_question_is_answered(shop: World, ask: Ask, who: str, by: str) -> None:
    assert told(send(shop, ask, "backorderAcceptDelay", who), "backorderAcceptDelay") == []
    assert Decision.objects.get().decided_by == by


def test_a_stranger_cannot_tell_what_exists(shop: World, ask: Ask) -> None:
    made_up = {
        "backorder": gid("Backorder", 10**9),
        "left": gid("Backorder", 10**9),
        "order": gid("Order", "00000000-0000-4000-8000-000000000000"),
    }
    nothing = shop._replace(names=shop.names | made_up)
    for operation in sorted(key for key, who in ADMITTED.items() if who is OWNER_AND_STAFF):
        real = send(shop, ask, operation, "stranger")
        assert real == send(nothing, ask, operation, "stranger"), operation


def test_my_backorders__only_mine_newest_first(front: Front, ask: Ask) -> None:
    me, other = front.user(), front.user()
    variant = front.sold(0, limit=10)
    first = front.wait(variant, 1, user_id=me.pk)
    front.wait(variant, 1, user_id=other.pk)
    front.wait(variant, 1)
    second = front.wait(variant, 1, user_id=me.pk)
    mine = DOCUMENTS["myBackorders"]
    found = ask(mine, me)["data"]["myBackorders"]["edges"]
    assert [edge["node"]["id"] for edge in found] == [
        gid("Backorder", second.id),
        gid("Backorder", first.id),
    ]
    assert ask(mine, front.user())["data"]["myBackorders"]["edges"] == []
