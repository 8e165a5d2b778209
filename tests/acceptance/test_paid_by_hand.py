"""Money that nobody can be asked for stays owed until staff say that they sent it back."""

from __future__ import annotations

from tests.acceptance import documents
from tests.acceptance.money import money_of
from tests.acceptance.shop import Shop
from tests.hosts.base import Json


def open_refunds(shop: Shop, order: str) -> list[Json]:
    """Return the money that is owed for an order."""
    found = shop.ask_plugin(documents.OPEN_REFUNDS, {"first": 100}, shop.staff)
    return [refund for refund in found if refund["orderId"] == order]


def test_staff_who_paid_by_hand_say_so_once(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.put(1)
    shop.allow(limit=10).must()
    order = shop.buy(3)
    shop.host.seed("charge", order=order.id, amount="35.00")
    cancelled = {"id": shop.backorder(order)["id"]}
    shop.tell_plugin(documents.BACKORDER_CANCEL, cancelled, shop.staff).must()

    (owed,) = open_refunds(shop, order.id)
    assert (owed["state"], owed["amount"]) == ("OWED", {"currency": "USD", "amount": 20.0})
    assert "by hand" in owed["message"]
    retried = shop.tell_plugin(documents.BACKORDER_REFUND_RETRY, {"ids": [owed["id"]]}, shop.staff)
    assert retried.codes == ["INVALID"]

    say = documents.BACKORDER_REFUND_PAID_BY_HAND
    clerk = shop.host.clerk_token()
    assert shop.tell_plugin(say, {"ids": [owed["id"]]}, clerk).codes == ["PERMISSION_DENIED"]
    (paid,) = shop.tell_plugin(say, {"ids": [owed["id"]]}, shop.staff).must()["refunds"]
    assert (paid["state"], paid["message"]) == ("REFUNDED", "20.00 USD were paid back by hand.")
    assert open_refunds(shop, order.id) == []
    notes = money_of(shop, order.id).events("NOTE_ADDED")
    assert [note["message"] for note in notes][-1] == "20.00 USD were paid back by hand."

    assert shop.tell_plugin(say, {"ids": [owed["id"]]}, shop.staff).codes == ["INVALID"]
    assert shop.tell_plugin(say, {"ids": []}, shop.staff).codes == ["REQUIRED"]
