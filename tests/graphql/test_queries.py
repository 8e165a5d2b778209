"""What the queries answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone

from saleor_backorders.models import Backorder
from tests.graphql.conftest import Ask, codes, gid
from tests.services.front import Front

AVAILABILITY = """
query($items: [AvailabilityInput!]!, $channel: String!, $country: String) {
  backorderAvailability(items: $items, channel: $channel, countryCode: $country) {
    variantId channel quantity status quantityInStock quantityBackordered remainingBackorders
    eta { date source } message
  }
}"""
CHECKOUT = """
query($id: ID!) {
  checkoutBackorders(checkoutId: $id) {
    checkoutId acknowledgementRequired acknowledged
    lines { lineId availability { status quantityBackordered } }
  }
}"""
BACKORDER = """
query($id: ID) {
  backorder(id: $id) {
    id orderId orderNumber orderLineId variantId productName channel status quantity
    quantityWaiting quantityAllocated quantityFulfilled quantityCancelled priority queuePosition
    promisedEta { date source } eta { date source } isLate allocatedAt fulfilledAt cancelledAt
    customerEmail events { type message }
  }
}"""
OF_ORDER = "query($id: ID!) { orderBackorders(orderId: $id) { quantityWaiting } }"
PAGE = """
query($first: Int, $after: String, $last: Int, $before: String,
      $filter: BackorderFilter, $sortBy: BackorderSorter) {
  backorders(first: $first, after: $after, last: $last, before: $before,
             filter: $filter, sortBy: $sortBy) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id queuePosition eta { date } customerEmail events { type } } }
  }
}"""
POLICY = """
query($id: ID!, $channel: String!) {
  backorderPolicy(variantId: $id, channel: $channel) {
    allow limit leadTimeDays discountPercent priority until lowStock scope
  }
}"""


def in_days(days: int) -> str:
    return (timezone.now().date() + timedelta(days=days)).isoformat()


def long_day(days: int) -> str:
    return formats.date_format(timezone.now().date() + timedelta(days=days), "j F Y")


def nodes(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in answer["data"]["backorders"]["edges"]]


def test_backorder_availability(front: Front, ask: Ask) -> None:
    short, full = front.sold(2, limit=10), front.sold(9)
    items: list[dict[str, Any]] = [
        {"variantId": gid("ProductVariant", full.pk)},
        {"variantId": gid("ProductVariant", short.pk), "quantity": 5},
    ]
    found = ask(AVAILABILITY, items=items, channel=front.main.slug)
    day = timezone.now().date() + timedelta(days=30)
    assert found["data"]["backorderAvailability"] == [
        {
            "variantId": items[0]["variantId"],
            "channel": front.main.slug,
            "quantity": 1,
            "status": "IN_STOCK",
            "quantityInStock": 1,
            "quantityBackordered": 0,
            "remainingBackorders": 0,
            "eta": None,
            "message": "1 ships now",
        },
        {
            "variantId": items[1]["variantId"],
            "channel": front.main.slug,
            "quantity": 5,
            "status": "PARTIALLY_BACKORDERED",
            "quantityInStock": 2,
            "quantityBackordered": 3,
            "remainingBackorders": 10,
            "eta": {"date": day.isoformat(), "source": "LEAD_TIME"},
            "message": f"2 ship now, 3 by {day.day} {day:%B}",
        },
    ]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"quantity": 0}, "0 is out of range: at least 1, at most 2147483647."),
        ({"quantity": -1}, "-1 is out of range: at least 1, at most 2147483647."),
        ({"quantity": 2**31}, "2147483648 is out of range: at least 1, at most 2147483647."),
        ({"variantId": gid("ProductVariant", 10**9)}, "ProductVariant 1000000000 does not exist."),
        ({"variantId": gid("ProductVariant", 10**30)}, f"ProductVariant {10**30} does not exist."),
        ({"variantId": "???"}, "Invalid ID: ???. Expected: ProductVariant."),
        ({"variantId": gid("Product", 1)}, "Invalid ID: UHJvZHVjdDox. Expected: ProductVariant."),
        (
            {"variantId": gid("ProductVariant", "x")},
            "Invalid ID: UHJvZHVjdFZhcmlhbnQ6eA==. Expected: ProductVariant.",
        ),
        (
            {"variantId": gid("ProductVariant", "²")},
            "Invalid ID: UHJvZHVjdFZhcmlhbnQ6wrI=. Expected: ProductVariant.",
        ),
    ],
)  # fmt: skip
def test_backorder_availability__refuses(
    front: Front, ask: Ask, item: dict[str, Any], message: str
) -> None:
    items = [{"variantId": gid("ProductVariant", front.sold(9).pk), **item}]
    answer = ask(AVAILABILITY, items=items, channel=front.main.slug)
    assert codes(answer) == ["GraphQLError"]
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == message


def test_backorder_availability__refuses_an_unknown_channel(front: Front, ask: Ask) -> None:
    items = [{"variantId": gid("ProductVariant", front.sold(9).pk)}]
    answer = ask(AVAILABILITY, items=items, channel="nowhere")
    assert answer["errors"][0]["message"] == "Channel nowhere does not exist."


def test_backorder_availability__refuses_more_than_a_hundred(front: Front, ask: Ask) -> None:
    items = [{"variantId": gid("ProductVariant", front.sold(9).pk)}] * 101
    answer = ask(AVAILABILITY, items=items, channel=front.main.slug)
    assert answer["errors"][0]["message"] == "101 were asked; one request may hold 100."


def test_checkout_backorders(front: Front, ask: Ask) -> None:
    checkout = front.checkout((front.sold(2, limit=10), 5))
    line = checkout.lines.get()
    assert ask(CHECKOUT, id=gid("Checkout", checkout.pk))["data"]["checkoutBackorders"] == {
        "checkoutId": gid("Checkout", checkout.pk),
        "acknowledgementRequired": False,
        "acknowledged": False,
        "lines": [
            {
                "lineId": gid("CheckoutLine", line.pk),
                "availability": {"status": "PARTIALLY_BACKORDERED", "quantityBackordered": 3},
            }
        ],
    }


def test_checkout_backorders__asks_to_agree_where_the_shop_requires_it(
    front: Front, ask: Ask
) -> None:
    front.activate(agreement_required=True)
    checkout = front.checkout((front.sold(2, limit=10), 5))
    found = ask(CHECKOUT, id=gid("Checkout", checkout.pk))["data"]["checkoutBackorders"]
    assert (found["acknowledgementRequired"], found["acknowledged"]) == (True, False)


def test_checkout_backorders__unknown_is_null_and_malformed_an_error(
    front: Front, ask: Ask
) -> None:
    assert ask(CHECKOUT, id=gid("Checkout", uuid4())) == {"data": {"checkoutBackorders": None}}
    for wrong in (gid("Checkout", 1), gid("Order", uuid4()), "nonsense", ""):
        assert codes(ask(CHECKOUT, id=wrong)) == ["GraphQLError"]


def test_backorder__all_of_it(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(2, limit=10)
    front.wait(variant, 3)
    row = front.wait(variant, 4, user_email="mira@example.com")
    front.restock(variant, 2)
    found = ask(BACKORDER, orders_staff, id=gid("Backorder", row.id))["data"]["backorder"]
    assert found.pop("allocatedAt") is not None
    assert found == {
        "id": gid("Backorder", row.id),
        "orderId": gid("Order", row.order_id),
        "orderNumber": row.order_number,
        "orderLineId": gid("OrderLine", row.order_line_id),
        "variantId": gid("ProductVariant", variant.pk),
        "productName": row.product_name,
        "channel": front.main.slug,
        "status": "PARTIALLY_ALLOCATED",
        "quantity": 4,
        "quantityWaiting": 3,
        "quantityAllocated": 1,
        "quantityFulfilled": 0,
        "quantityCancelled": 0,
        "priority": 0,
        "queuePosition": 1,
        "promisedEta": {"date": in_days(30), "source": "LEAD_TIME"},
        "eta": {"date": in_days(30), "source": "LEAD_TIME"},
        "isLate": False,
        "fulfilledAt": None,
        "cancelledAt": None,
        "customerEmail": "mira@example.com",
        "events": [
            # All of it in one moment, since the test is one transaction: units first.
            {"type": "PLACED", "message": "Began to wait: 4"},
            {"type": "ALLOCATED", "message": "Given from a shelf: 1"},
            {"type": "PROMISED", "message": f"Promised for {long_day(30)}"},
        ],
    }


def test_backorder__late_and_then_served(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 1)
    Backorder.objects.filter(pk=row.pk).update(expected_on=in_days(31))
    found = ask(BACKORDER, orders_staff, id=gid("Backorder", row.id))["data"]["backorder"]
    assert (found["isLate"], found["eta"]["date"], found["queuePosition"]) == (True, in_days(31), 1)
    front.restock(variant, 1)
    found = ask(BACKORDER, orders_staff, id=gid("Backorder", row.id))["data"]["backorder"]
    assert (found["isLate"], found["eta"], found["queuePosition"]) == (False, None, None)
    assert (found["status"], found["promisedEta"]["date"]) == ("ALLOCATED", in_days(30))


def test_backorder__unknown_is_null_to_staff(front: Front, ask: Ask, orders_staff: Any) -> None:
    assert ask(BACKORDER, orders_staff, id=gid("Backorder", 10**12)) == {
        "data": {"backorder": None}
    }


def test_backorder__needs_an_id(front: Front, ask: Ask, orders_staff: Any) -> None:
    answer = ask(BACKORDER, orders_staff)
    assert answer["errors"][0]["message"] == "This value is required."


def test_order_backorders(front: Front, ask: Ask, orders_staff: Any) -> None:
    row = front.wait(front.sold(0, limit=10), 2)
    found = ask(OF_ORDER, orders_staff, id=gid("Order", row.order_id))
    assert found["data"] == {"orderBackorders": [{"quantityWaiting": 2}]}
    assert codes(ask(OF_ORDER, orders_staff, id=gid("Order", uuid4()))) == ["GraphQLError"]


def test_backorders__pages(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(0, limit=10)
    rows = [gid("Backorder", front.wait(variant, 1).id) for _ in range(5)]
    first = ask(PAGE, orders_staff, first=2)
    page = first["data"]["backorders"]
    assert (nodes(first), page["totalCount"]) == ([rows[4], rows[3]], 5)
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][1]["cursor"],
    }
    second = ask(PAGE, orders_staff, first=9, after=page["pageInfo"]["endCursor"])
    assert nodes(second) == [rows[2], rows[1], rows[0]]
    assert second["data"]["backorders"]["pageInfo"]["hasNextPage"] is False
    assert second["data"]["backorders"]["pageInfo"]["hasPreviousPage"] is True
    last = ask(PAGE, orders_staff, last=2)
    assert nodes(last) == [rows[1], rows[0]]
    assert last["data"]["backorders"]["pageInfo"]["hasPreviousPage"] is True


def test_backorders__twenty_where_no_size_is_given(
    front: Front, ask: Ask, orders_staff: Any
) -> None:
    variant = front.sold(0, limit=100)
    for _ in range(21):
        front.wait(variant, 1)
    assert len(nodes(ask(PAGE, orders_staff))) == 20


def test_backorders__filter_and_sort(front: Front, ask: Ask, orders_staff: Any) -> None:
    small, large = front.wait(front.sold(0, limit=10), 1), front.wait(front.sold(0, limit=10), 4)
    sort_by = {"field": "QUANTITY_WAITING", "direction": "ASC"}
    assert nodes(ask(PAGE, orders_staff, sortBy=sort_by)) == [
        gid("Backorder", small.id),
        gid("Backorder", large.id),
    ]
    chosen = {
        "statuses": ["WAITING"],
        "variantIds": [gid("ProductVariant", large.variant_id)],
        "orderIds": [gid("Order", large.order_id)],
        "channels": [front.main.slug],
        "late": False,
        "placed": {"gte": "2026-11-01", "lte": "2026-11-01"},
        "search": "lamp",
    }
    assert nodes(ask(PAGE, orders_staff, filter=chosen)) == [gid("Backorder", large.id)]
    assert nodes(ask(PAGE, orders_staff, filter={**chosen, "statuses": ["CANCELLED"]})) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 101},
        {"last": 101},
        {"first": -1},
        {"first": 2**40},
        {"first": 1, "last": 1},
        {"after": "nonsense"},
        {"after": gid("x", "y")},
        {"filter": {"variantIds": ["nonsense"]}},
        {"filter": {"orderIds": [gid("Order", 1)]}},
        {"filter": {"channels": ["x"] * 101}},
        {"filter": {"statuses": ["LOST"]}},
    ],
)
def test_backorders__refuses(
    front: Front, ask: Ask, orders_staff: Any, wrong: dict[str, Any]
) -> None:
    answer = ask(PAGE, orders_staff, **wrong)
    assert codes(answer) == ["GraphQLError"]
    assert not answer.get("data")


def test_backorders__statements_do_not_grow_with_the_page(
    front: Front, ask: Ask, orders_staff: Any
) -> None:
    for _ in range(6):
        front.wait(front.sold(0, limit=10), 1)
    counts = []
    for size in (1, 6):
        with CaptureQueriesContext(connection) as seen:
            assert len(nodes(ask(PAGE, orders_staff, first=size))) == size
        counts.append(len(seen))
    # Who asks, what they may do, the page, its count, the places, five tables of history.
    assert counts == [10, 10]


def test_backorder_policy(front: Front, ask: Ask, products_staff: Any) -> None:
    variant = gid("ProductVariant", front.sold(0).pk)
    found = ask(POLICY, products_staff, id=variant, channel=front.main.slug)
    policy = found["data"]["backorderPolicy"]
    assert (policy["allow"], policy["lowStock"]) == (False, 0)
    assert codes(ask(POLICY, products_staff, id=variant, channel="nowhere")) == ["GraphQLError"]
    missing = gid("ProductVariant", 2**31 - 1)
    answer = ask(POLICY, products_staff, id=missing, channel=front.main.slug)
    assert answer["errors"][0]["message"] == "ProductVariant 2147483647 does not exist."
