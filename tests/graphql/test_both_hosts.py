"""The API over HTTP, the same on real Saleor and in the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance import documents
from tests.acceptance.shop import Answer, Shop
from tests.graphql.conftest import gid
from tests.hosts.base import Host

BACKORDER = "query($id: ID) { backorder(id: $id) { id eta { date } isLate } }"
PRIORITY = """mutation($ids: [ID!]!, $priority: Int!) {
  backorderPriorityUpdate(ids: $ids, priority: $priority) {
    backorders { id priority } errors { field code message } } }"""


@pytest.fixture
def shop(host: Host) -> Shop:
    """Open a shop with two units on the shelf and ten that may wait."""
    shop = Shop(host)
    shop.put(2)
    shop.allow(limit=10, leadTimeDays=30).must()
    return shop


def ask_for(shop: Shop, **item: Any) -> Answer:
    items = [{"variantId": shop.variant.id, **item}]
    variables = {"items": items, "channel": shop.channel.slug, "country": "US"}
    return shop.tell_plugin(documents.BACKORDER_AVAILABILITY, variables)


def sign_in(shop: Shop) -> str:
    token: str = shop.add_customer()["token"]
    return token


def require_agreement(shop: Shop, required: bool) -> None:
    shop.tell(
        documents.PLUGIN_UPDATE,
        {
            "id": "saleor.backorders",
            "input": {
                "active": True,
                "configuration": [{"name": "agreement_required", "value": str(required).lower()}],
            },
        },
        shop.staff,
    ).must()


def test_the_badge(shop: Shop) -> None:
    payload: Any = ask_for(shop, quantity=5).payload
    (found,) = payload
    assert found["status"] == "PARTIALLY_BACKORDERED"
    assert found["message"].startswith("2 ship now, 3 by ")
    assert found["eta"]["source"] == "LEAD_TIME"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"quantity": 0}, "INVALID"),
        ({"quantity": -1}, "INVALID"),
        ({"quantity": 2**31}, "INVALID"),
        ({"variantId": gid("ProductVariant", 2**31 - 1)}, "NOT_FOUND"),
        ({"variantId": "nonsense"}, "GRAPHQL_ERROR"),
    ],
)
def test_a_query_refuses_in_words(shop: Shop, wrong: dict[str, Any], code: str) -> None:
    refused = ask_for(shop, **wrong)
    assert refused.codes == [code]
    assert "Internal" not in refused.message


def test_only_the_owner_and_staff_read_a_backorder(shop: Shop) -> None:
    waiting = shop.backorder(shop.buy(5))
    variables = {"id": waiting["id"]}
    assert shop.ask_plugin(BACKORDER, variables, shop.staff)["isLate"] is False
    for token in (None, sign_in(shop)):
        refused = shop.tell_plugin(BACKORDER, variables, token)
        assert refused.codes == ["PERMISSION_DENIED"]
        assert "Internal" not in refused.message


def test_a_customer_may_not_change_the_queue(shop: Shop) -> None:
    waiting = shop.backorder(shop.buy(5))
    variables = {"ids": [waiting["id"]], "priority": 3}
    for token in (None, sign_in(shop)):
        assert shop.tell_plugin(PRIORITY, variables, token).codes == ["PERMISSION_DENIED"]
    assert shop.tell_plugin(PRIORITY, {**variables, "priority": 2**40}, shop.staff).codes == [
        "INVALID"
    ]
    assert shop.backorder(shop.order(_order_of(waiting)))["priority"] == 0
    done = shop.tell_plugin(PRIORITY, variables, shop.staff).must()
    assert done["backorders"] == [{"id": waiting["id"], "priority": 3}]


def test_the_shopper_agrees_before_the_order(shop: Shop) -> None:
    require_agreement(shop, True)
    try:
        cart = shop.fill_cart(5).must()["checkout"]["id"]
        variables = {"checkoutId": cart}
        refused = shop.complete(cart)
        assert refused.codes == ["REQUIRED"]
        assert "2 ship now, 3 by " in refused.message
        assert shop.ask_plugin(documents.CHECKOUT_BACKORDERS, variables)["acknowledged"] is False
        shop.tell_plugin(documents.CHECKOUT_BACKORDERS_ACKNOWLEDGE, variables).must()
        assert shop.ask_plugin(documents.CHECKOUT_BACKORDERS, variables)["acknowledged"] is True
        assert shop.complete(cart).must()["order"]["id"]
    finally:
        require_agreement(shop, False)


def _order_of(waiting: dict[str, Any]) -> str:
    order_id: str = waiting["orderId"]
    return order_id
