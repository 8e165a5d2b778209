"""What the mutations do, and that a refusal does nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from saleor_backorders.models import Acknowledgement, Backorder, BackorderPolicy, VirtualStock
from tests.graphql.conftest import Ask, gid
from tests.services.front import Front

AGREE = """
mutation($id: ID!) {
  checkoutBackordersAcknowledge(checkoutId: $id) {
    checkoutBackorders { acknowledged lines { availability { quantityBackordered } } }
    errors { field message code }
  }
}"""
PRIORITY = """
mutation($ids: [ID!]!, $priority: Int!) {
  backorderPriorityUpdate(ids: $ids, priority: $priority) {
    backorders { id priority queuePosition } errors { field code }
  }
}"""
ALLOCATE = """
mutation($ids: [ID!]!) {
  backordersAllocate(variantIds: $ids) {
    backorders { id quantityAllocated status } errors { field code }
  }
}"""
POLICY = """
mutation($scope: PolicyScopeInput!, $input: PolicyInput!) {
  backorderPolicyUpdate(scope: $scope, input: $input) {
    policy { allow limit leadTimeDays priority until lowStock scope }
    variantsAffected
    errors { field code }
  }
}"""


def test_acknowledge(front: Front, ask: Ask) -> None:
    checkout = front.checkout((front.sold(2, limit=10), 5))
    assert ask(AGREE, id=gid("Checkout", checkout.pk))["data"]["checkoutBackordersAcknowledge"] == {
        "checkoutBackorders": {
            "acknowledged": True,
            "lines": [{"availability": {"quantityBackordered": 3}}],
        },
        "errors": [],
    }
    assert Acknowledgement.objects.get().checkout_id == checkout.pk


@pytest.mark.parametrize(
    ("checkout_id", "code"),
    [
        (gid("Checkout", uuid4()), "NOT_FOUND"),
        (gid("Checkout", 7), "GRAPHQL_ERROR"),
        (gid("Order", uuid4()), "GRAPHQL_ERROR"),
        ("nonsense", "GRAPHQL_ERROR"),
    ],
    ids=["nobody's", "no UUID", "an order", "nonsense"],
)
def test_acknowledge__refuses(front: Front, ask: Ask, checkout_id: str, code: str) -> None:
    found = ask(AGREE, id=checkout_id)["data"]["checkoutBackordersAcknowledge"]
    assert found["checkoutBackorders"] is None
    assert [(e["field"], e["code"]) for e in found["errors"]] == [("checkoutId", code)]
    assert not Acknowledgement.objects.exists()


def test_priority__shows_the_new_place(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(0, limit=10)
    front.wait(variant, 1)
    second = gid("Backorder", front.wait(variant, 1).id)
    found = ask(PRIORITY, orders_staff, ids=[second], priority=5)["data"]
    assert found["backorderPriorityUpdate"] == {
        "backorders": [{"id": second, "priority": 5, "queuePosition": 1}],
        "errors": [],
    }


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"priority": 2**40}, ("priority", "INVALID")),
        ({"ids": [gid("Backorder", 10**12)]}, ("ids", "NOT_FOUND")),
        ({"ids": [gid("Backorder", 10**30)]}, ("ids", "NOT_FOUND")),
        ({"ids": [gid("Order", 1)]}, ("ids", "GRAPHQL_ERROR")),
        ({"ids": [gid("Backorder", 1)] * 101}, ("ids", "INVALID")),
        ({"ids": []}, ("ids", "REQUIRED")),
    ],
)
def test_priority__refuses(
    front: Front, ask: Ask, orders_staff: Any, variables: Any, expected: tuple[str, str]
) -> None:
    row = front.wait(front.sold(0, limit=10), 1)
    variables = {"ids": [gid("Backorder", row.id)], "priority": 5, **variables}
    found = ask(PRIORITY, orders_staff, **variables)["data"]["backorderPriorityUpdate"]
    assert found["backorders"] == []
    assert [(e["field"], e["code"]) for e in found["errors"]] == [expected]
    assert Backorder.objects.get().priority == 0


def test_priority__refuses_what_was_served_and_gone(
    front: Front, ask: Ask, orders_staff: Any
) -> None:
    row = front.wait(front.sold(0, limit=10), 1)
    Backorder.objects.filter(pk=row.pk).update(waiting=0, fulfilled=1)
    ids = [gid("Backorder", row.id)]
    found = ask(PRIORITY, orders_staff, ids=ids, priority=5)["data"]["backorderPriorityUpdate"]
    assert found["errors"] == [{"field": "ids", "code": "ALREADY_FULFILLED"}]
    Backorder.objects.filter(pk=row.pk).update(waiting=1, fulfilled=0)


def test_allocate(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 3)
    front.wait(variant, 1)
    front.set_stock(variant, front.shelves, change=2)
    ids = [gid("ProductVariant", variant.pk)]
    assert ask(ALLOCATE, orders_staff, ids=ids)["data"]["backordersAllocate"] == {
        "backorders": [
            {
                "id": gid("Backorder", row.id),
                "quantityAllocated": 2,
                "status": "PARTIALLY_ALLOCATED",
            }
        ],
        "errors": [],
    }


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ([gid("ProductVariant", 2**31 - 1)], "NOT_FOUND"),
        ([gid("Backorder", 1)], "GRAPHQL_ERROR"),
        ([], "REQUIRED"),
    ],
)
def test_allocate__refuses(
    front: Front, ask: Ask, orders_staff: Any, ids: list[str], code: str
) -> None:
    found = ask(ALLOCATE, orders_staff, ids=ids)["data"]["backordersAllocate"]
    assert found == {"backorders": [], "errors": [{"field": "variantIds", "code": code}]}


def test_policy__allow_change_and_take_away(front: Front, ask: Ask, products_staff: Any) -> None:
    front.activate()
    variant = front.sold(0)
    scope = {"channel": front.main.slug, "variantIds": [gid("ProductVariant", variant.pk)]}

    def put(**rule: Any) -> Any:
        answer = ask(POLICY, products_staff, scope=scope, input=rule)
        return answer["data"]["backorderPolicyUpdate"]

    found = put(allow=True, limit=3, leadTimeDays=12, priority=4, until="2030-01-31", lowStock=2)
    assert found == {
        "policy": {
            "allow": True,
            "limit": 3,
            "leadTimeDays": 12,
            "priority": 4,
            "until": "2030-01-31",
            "lowStock": 2,
            "scope": "VARIANT",
        },
        "variantsAffected": 1,
        "errors": [],
    }
    row = VirtualStock.objects.get(variant_id=variant.pk)
    assert (row.limit_units, row.low_stock) == (3, 2)
    found = put(limit=None)
    assert (found["policy"]["allow"], found["policy"]["limit"]) == (True, None)
    assert put(lowStock=None)["policy"]["lowStock"] == 0
    found = put(allow=None)
    assert found["policy"]["allow"] is False
    assert not BackorderPolicy.objects.exists()


@pytest.mark.parametrize(
    ("scope", "rule", "expected"),
    [
        ({}, {"limit": -1}, ("limit", "INVALID")),
        ({}, {"limit": 2**40}, ("limit", "INVALID")),
        ({}, {"leadTimeDays": -1}, ("leadTimeDays", "INVALID")),
        ({}, {"discountPercent": 101}, ("discountPercent", "INVALID")),
        ({}, {"lowStock": -1}, ("lowStock", "INVALID")),
        ({}, {}, ("input", "REQUIRED")),
        ({"channel": "nowhere"}, {"allow": True}, ("channel", "NOT_FOUND")),
        ({"variantIds": []}, {"allow": True}, ("variantIds", "REQUIRED")),
        ({"productIds": [gid("Product", 10**8)]}, {"allow": True}, ("productIds", "NOT_FOUND")),
        ({"productIds": [gid("Category", 1)]}, {"allow": True}, ("productIds", "GRAPHQL_ERROR")),
        ({"productIds": [], "categoryIds": []}, {"allow": True}, ("scope", "INVALID")),
    ],
)
def test_policy__refuses(
    front: Front, ask: Ask, products_staff: Any, scope: Any, rule: Any, expected: tuple[str, str]
) -> None:
    scope = {"channel": front.main.slug, **scope}
    answer = ask(POLICY, products_staff, scope=scope, input=rule)
    found = answer["data"]["backorderPolicyUpdate"]
    assert (found["policy"], found["variantsAffected"]) == (None, 0)
    assert [(e["field"], e["code"]) for e in found["errors"]] == [expected]
    assert not BackorderPolicy.objects.exists()
