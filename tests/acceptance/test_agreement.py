"""Where the shop asks for it, nobody waits who did not agree to this very wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance import documents
from tests.acceptance.shop import Answer, Shop
from tests.hosts.base import Json


@pytest.fixture
def asking_shop(plain_shop: Shop) -> Iterator[Shop]:
    """Open a shop that asks shoppers to agree, with two units on the shelf."""
    plain_shop.put(2)
    plain_shop.allow(limit=10).must()
    plain_shop.configure(agreement_required="true").must()
    try:
        yield plain_shop
    finally:
        plain_shop.configure(agreement_required="false").must()


def agree(shop: Shop, cart: str) -> Answer:
    """Agree to wait for what the checkout shows."""
    return shop.tell_plugin(documents.CHECKOUT_BACKORDERS_ACKNOWLEDGE, {"checkoutId": cart})


def shown(shop: Shop, cart: str) -> Json:
    """Read what of a checkout would wait."""
    found: Json = shop.ask_plugin(documents.CHECKOUT_BACKORDERS, {"checkoutId": cart})
    return found


def set_lines(shop: Shop, cart: str, quantity: int) -> None:
    """Change how many the cart holds."""
    line = {"variantId": shop.variant.id, "quantity": quantity}
    shop.tell(documents.CHECKOUT_LINES_UPDATE, {"id": cart, "lines": [line]}).must()


def test_the_checkout_tells_what_would_wait(asking_shop: Shop) -> None:
    cart = asking_shop.fill_cart(5).must()["checkout"]["id"]

    found = shown(asking_shop, cart)

    assert (found["acknowledgementRequired"], found["acknowledged"]) == (True, False)
    (line,) = found["lines"]
    assert line["availability"]["quantityInStock"] == 2
    assert line["availability"]["quantityBackordered"] == 3
    assert line["availability"]["eta"]["source"] == "LEAD_TIME"


def test_without_agreement_the_order_is_refused_in_words(asking_shop: Shop) -> None:
    cart = asking_shop.fill_cart(5).must()["checkout"]["id"]

    refused = asking_shop.complete(cart)

    assert refused.codes == ["REQUIRED"]
    assert "Winter boots" in refused.message
    agree(asking_shop, cart).must()
    asking_shop.complete(cart).must()


def test_agreeing_to_fewer_does_not_count_for_more(asking_shop: Shop) -> None:
    cart = asking_shop.fill_cart(5).must()["checkout"]["id"]
    agree(asking_shop, cart).must()
    set_lines(asking_shop, cart, 6)

    assert shown(asking_shop, cart)["acknowledged"] is False
    assert asking_shop.complete(cart).codes == ["REQUIRED"]


def test_agreeing_to_a_shorter_wait_does_not_count_for_a_longer_one(asking_shop: Shop) -> None:
    asking_shop.allow(limit=10, leadTimeDays=5).must()
    cart = asking_shop.fill_cart(5).must()["checkout"]["id"]
    agree(asking_shop, cart).must()

    asking_shop.allow(limit=10, leadTimeDays=9).must()

    assert asking_shop.complete(cart).codes == ["REQUIRED"]
    asking_shop.allow(limit=10, leadTimeDays=3).must()
    asking_shop.complete(cart).must()


def test_what_is_on_the_shelf_needs_no_agreement(asking_shop: Shop) -> None:
    assert asking_shop.buy(2).split == (2, 0)


def test_units_sold_meanwhile_need_a_new_agreement(asking_shop: Shop) -> None:
    cart = asking_shop.fill_cart(5).must()["checkout"]["id"]
    agree(asking_shop, cart).must()

    asking_shop.buy(1)

    assert asking_shop.complete(cart).codes == ["REQUIRED"]


def test_wrong_settings_are_refused_field_by_field(plain_shop: Shop) -> None:
    refused = plain_shop.configure(limit="many", lead_time_days="-1", channels="nowhere")

    assert {error["field"] for error in refused.errors} == {"limit", "leadTimeDays", "channels"}
