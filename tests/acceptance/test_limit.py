"""Sell what is not on the shelf, up to the limit and not one more."""

from __future__ import annotations

import re

from tests.acceptance import documents
from tests.acceptance.shop import Answer, Shop


def numbers_in(answer: Answer) -> set[int]:
    """Return the figures that a refusal names."""
    return {int(figure) for figure in re.findall(r"\b\d+\b", answer.message)}


def availability(shop: Shop, quantity: int) -> dict[str, object]:
    """Ask how a quantity could be bought now."""
    (found,) = shop.ask_plugin(
        documents.BACKORDER_AVAILABILITY,
        {
            "items": [{"variantId": shop.variant.id, "quantity": quantity}],
            "channel": shop.channel.slug,
            "country": "US",
        },
    )
    return {
        name: found[name]
        for name in ("status", "quantityInStock", "quantityBackordered", "remainingBackorders")
    }


def test_order_takes_the_shelf_and_the_rest_waits(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()

    order = shop.buy(5)

    assert order.split == (2, 3)
    waiting = shop.backorder(order)
    assert waiting["status"] == "WAITING"
    assert waiting["quantity"] == 3
    assert waiting["quantityWaiting"] == 3
    assert waiting["quantityAllocated"] == 0
    assert waiting["queuePosition"] == 1


def test_asking_beyond_the_limit_is_refused_and_nothing_changes(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()

    refused = shop.try_to_buy(13)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert availability(shop, 12) == {
        "status": "PARTIALLY_BACKORDERED",
        "quantityInStock": 2,
        "quantityBackordered": 10,
        "remainingBackorders": 10,
    }


def test_availability_tells_two_now_and_ten_may_wait(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()

    found = availability(shop, 13)

    assert found["status"] == "UNAVAILABLE"
    assert found["remainingBackorders"] == 10


def test_after_an_order_for_five_eight_are_refused_and_seven_accepted(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    shop.buy(5)

    refused = shop.try_to_buy(8)
    last = shop.buy(7)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert last.split == (0, 7)
    assert shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]


def test_a_cart_filled_before_is_refused_in_words_that_help(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    cart = shop.fill_cart(12).must()["checkout"]["id"]
    shop.buy(5)

    refused = shop.complete(cart)

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert "Winter boots" in refused.message
    assert numbers_in(refused) >= {0, 7}


def test_a_draft_order_counts_against_the_same_limit(shop: Shop) -> None:
    shop.put(2)
    shop.allow(limit=10).must()
    shop.buy(5)

    refused = draft(shop, 8)
    accepted = draft(shop, 7).must()["order"]

    assert refused.codes == ["INSUFFICIENT_STOCK"]
    assert shop.order(accepted["id"]).split == (0, 7)


def test_lowering_the_limit_drops_nobody_and_admits_nobody(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=10).must()
    order = shop.buy(6)

    shop.allow(limit=2).must()

    assert shop.order(order).split == (0, 6)
    assert shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]
    assert availability(shop, 1)["remainingBackorders"] == 0


def test_switching_off_keeps_those_who_wait(shop: Shop) -> None:
    shop.put(0)
    shop.allow(limit=10).must()
    order = shop.buy(4)

    shop.tell_plugin(
        documents.BACKORDER_POLICY_UPDATE,
        {
            "scope": {"channel": shop.channel.slug, "variantIds": [shop.variant.id]},
            "input": {"allow": False},
        },
        shop.staff,
    ).must()

    assert shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]
    shop.set_stock(3).must()
    assert shop.order(order).split == (3, 1)


def test_a_variant_without_the_rule_sells_only_its_shelf(shop: Shop) -> None:
    shop.allow(limit=10).must()
    other = shop.add_product()
    shop.put(2, variant=other)

    assert shop.try_to_buy(3, variant=other).codes == ["INSUFFICIENT_STOCK"]
    assert shop.buy(2, variant=other).split == (2, 0)


def draft(shop: Shop, quantity: int) -> Answer:
    """Place an order the way staff do on the phone."""
    made = shop.tell(
        documents.DRAFT_ORDER_CREATE,
        {
            "input": {
                "channelId": shop.channel.id,
                "userEmail": "phone@example.com",
                "lines": [{"variantId": shop.variant.id, "quantity": quantity}],
                "shippingAddress": shop.address,
                "billingAddress": shop.address,
                "shippingMethod": shop.method.id,
            }
        },
        shop.staff,
    ).must()
    return shop.tell(documents.DRAFT_ORDER_COMPLETE, {"id": made["order"]["id"]}, shop.staff)
