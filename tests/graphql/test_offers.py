"""What the API shows of vouchers, to whom, and at what cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders.common import links
from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.models import Backorder, Offer
from tests.days import today
from tests.graphql.conftest import Ask, gid
from tests.services.front import Front

PREVIEW = """query($items: [AvailabilityInput!]!, $channel: String!) {
  backorderAvailability(items: $items, channel: $channel) { offer { percent message } } }"""
OFFER = """query($id: ID, $token: String) { backorder(id: $id, token: $token) {
  offer { kind code percent amount { amount currency } minimum { amount } validFrom validUntil
    usedAt } } }"""
ALL = "{ backorders(first: 20) { edges { node { id offer { code } } } } }"
UPTAKE = """query($channel: String, $period: DateRangeInput!) {
  backorderOffers(channel: $channel, period: $period) {
    issued used withdrawn expired open amountIssued { amount currency } } }"""


def give(row: Backorder, **values: Any) -> Offer:
    worth = {} if "amount" in values else {"percent": 10}
    return Offer.objects.create(
        **{
            "kind": "waiting", "order_id": row.order_id, "channel_id": row.channel_id,
            "email": "ada@example.com", "currency": "USD", "code": f"CODE-{Offer.objects.count()}",
            "valid_from": timezone.now(), "issued_at": timezone.now(), **worth, **values,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "language", "offer"),
    [
        (2, "en", None),
        (3, "en", {"percent": 15, "message": "15% off your next order for waiting"}),
        (13, "en", None),
    ],
)
def test_preview__where_something_would_wait(
    front: Front, ask: Ask, asked: int, language: str, offer: Any
) -> None:
    variant = front.sold(2, limit=10, discount_percent=15)
    items = [{"variantId": gid("ProductVariant", variant.pk), "quantity": asked}]
    found = ask(PREVIEW, language=language, items=items, channel=front.main.slug)
    assert found["data"]["backorderAvailability"] == [{"offer": offer}]


def test_preview__none_where_the_policy_gives_nothing(front: Front, ask: Ask) -> None:
    variant = front.sold(0, limit=10)
    items = [{"variantId": gid("ProductVariant", variant.pk), "quantity": 1}]
    found = ask(PREVIEW, items=items, channel=front.main.slug)
    assert found["data"]["backorderAvailability"] == [{"offer": None}]


def test_preview__costs_no_statement(front: Front, ask: Ask) -> None:
    variants = [front.sold(0, limit=10, discount_percent=5) for _ in range(5)]
    items = [{"variantId": gid("ProductVariant", each.pk), "quantity": 1} for each in variants]
    with CaptureQueriesContext(connection) as asked:
        ask(PREVIEW, items=items, channel=front.main.slug)
    assert len(asked) == 3


def test_offer__the_last_that_was_not_withdrawn_for_whoever_may_read(
    front: Front, ask: Ask
) -> None:
    owner, now = front.user(), timezone.now()
    row = front.wait(front.sold(0, limit=10), user_id=owner.pk)
    give(row)
    late = now + timedelta(days=3)
    give(
        row, kind="slip", step=1, amount=Decimal("7.50"), minimum=Decimal(20), valid_until=late,
        used_at=now, valid_from=now,
    )  # fmt: skip
    give(row, kind="slip", step=2, amount=Decimal(5), withdrawn_at=now)
    shown = {
        "kind": "SLIP", "code": "CODE-1", "percent": 0,
        "amount": {"amount": 7.5, "currency": "USD"}, "minimum": {"amount": 20.0},
        "validFrom": now.isoformat(), "validUntil": late.isoformat(), "usedAt": now.isoformat(),
    }  # fmt: skip
    by_id = {"id": gid("Backorder", row.pk)}
    by_token = {"token": links.issue(row.pk)}
    for who, how in ((owner, by_id), (front.user(MANAGE_ORDERS), by_id), (None, by_token)):
        assert ask(OFFER, who, **how)["data"]["backorder"] == {"offer": shown}
    for stranger in (None, front.user(), front.user(is_staff=True)):
        found = ask(OFFER, stranger, **by_id)
        assert found["data"]["backorder"] is None
        assert found["errors"]


def test_offer__two_statements_for_a_whole_page(front: Front, ask: Ask, orders_staff: Any) -> None:
    variant = front.sold(0, limit=100)
    codes = [give(front.wait(variant)).code for _ in range(5)]
    with CaptureQueriesContext(connection) as asked:
        found = ask(ALL, orders_staff)
    edges = found["data"]["backorders"]["edges"]
    assert [edge["node"]["offer"]["code"] for edge in edges] == codes[::-1]
    with CaptureQueriesContext(connection) as without:
        ask(ALL.replace("offer { code }", ""), orders_staff)
    assert len(asked) - len(without) == 2


def test_uptake__for_staff_who_manage_orders(front: Front, ask: Ask, orders_staff: Any) -> None:
    row = front.wait(front.sold(0, limit=10))
    give(row)
    give(row, kind="slip", step=1, amount=Decimal(5), used_at=timezone.now())
    period = dict.fromkeys(("gte", "lte"), today().isoformat())
    found = ask(UPTAKE, orders_staff, channel=front.main.slug, period=period)
    assert found["data"]["backorderOffers"] == {
        "issued": 2, "used": 1, "withdrawn": 0, "expired": 0, "open": 1,
        "amountIssued": [{"amount": 5.0, "currency": "USD"}],
    }  # fmt: skip
    assert ask(UPTAKE, orders_staff, period={})["data"]["backorderOffers"]["issued"] == 2
    unknown = ask(UPTAKE, orders_staff, channel="nowhere", period={})
    assert unknown["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    for stranger in (None, front.user(), front.user(is_staff=True)):
        refused = ask(UPTAKE, stranger, period={})
        assert refused["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
