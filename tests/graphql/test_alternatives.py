"""What can be had instead, in the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.graphql.conftest import Ask, gid
from tests.services.front import Front

ALTERNATIVES = "alternatives { variantId name quantityAvailable }"
AVAILABILITY = (
    "query($items: [AvailabilityInput!]!, $channel: String!) {"
    f"  backorderAvailability(items: $items, channel: $channel) {{ {ALTERNATIVES} }} }}"
)
FIRST = """
query($items: [AvailabilityInput!]!, $channel: String!, $first: Int) {
  backorderAvailability(items: $items, channel: $channel) {
    some: alternatives(first: $first) { variantId }
    many: alternatives(first: 20) { variantId }
  }
}"""
PAGE = f"{{ backorders(first: 100) {{ edges {{ node {{ {ALTERNATIVES} }} }} }} }}"


def item(variant: Any) -> dict[str, str]:
    return {"variantId": gid("ProductVariant", variant.pk)}


def test_availability__offers_what_is_on_a_shelf(front: Front, ask: Ask) -> None:
    wanted, sibling = front.sold(0, limit=10), front.sold(3)
    found = ask(AVAILABILITY, items=[item(wanted)], channel=front.main.slug)
    assert found["data"]["backorderAvailability"] == [
        {"alternatives": [{**item(sibling), "name": "Lamp (Red)", "quantityAvailable": 3}]}
    ]


def test_backorder__offers_what_is_on_a_shelf(front: Front, ask: Ask, orders_staff: Any) -> None:
    front.wait(front.sold(0, limit=10))
    sibling = front.sold(3)
    found = ask(PAGE, orders_staff)
    assert found["data"]["backorders"]["edges"] == [
        {
            "node": {
                "alternatives": [{**item(sibling), "name": "Lamp (Red)", "quantityAvailable": 3}]
            }
        }
    ]


@pytest.mark.parametrize(("first", "expected"), [(0, 0), (2, 2), (None, 4)])
def test_alternatives__as_many_as_asked_and_four_unless_asked(
    front: Front, ask: Ask, first: int | None, expected: int
) -> None:
    variants = [front.sold(1) for _ in range(6)]
    found = ask(FIRST, items=[item(variants[0])], channel=front.main.slug, first=first)
    (answer,) = found["data"]["backorderAvailability"]
    assert answer["some"] == [item(each) for each in variants[1:]][:expected]
    assert answer["many"] == [item(each) for each in variants[1:]]


@pytest.mark.parametrize("first", [-1, 21])
def test_alternatives__refuses_more_than_is_looked_for(front: Front, ask: Ask, first: int) -> None:
    answer = ask(FIRST, items=[item(front.sold(1))], channel=front.main.slug, first=first)
    assert answer["errors"][0]["message"] == f"{first} is out of range: at least 0, at most 20."


def test_alternatives__a_page_costs_one_statement_whatever_the_fields_ask(
    front: Front, ask: Ask
) -> None:
    items = [item(front.sold(1)) for _ in range(100)]
    with CaptureQueriesContext(connection) as seen:
        found = ask(FIRST, items=items, channel=front.main.slug, first=2)
    assert [len(each["some"]) for each in found["data"]["backorderAvailability"]] == [2] * 100
    assert len([query for query in seen if "metadata" in query["sql"]]) == 1
    assert len(seen) == 3
