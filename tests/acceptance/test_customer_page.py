"""What a customer reads and decides behind the link in their mail, without signing in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.acceptance import documents
from tests.acceptance.guest import Guest, Page
from tests.acceptance.money import key_of
from tests.acceptance.shop import Placed, Shop


def guest_of(shop: Shop, order: Placed, days_ago: int = 0) -> Guest:
    """Return the customer of an order with one backorder."""
    backorder = shop.backorder(order)["id"]
    sent = shop.host.door("link", backorder=backorder, days_ago=days_ago)
    return Guest(shop.host, sent["token"])


def state(shop: Shop, order: Placed) -> tuple[int, int, int]:
    """Return what of an order waits, is allocated and was cancelled."""
    found = shop.backorder(order)
    return found["quantityWaiting"], found["quantityAllocated"], found["quantityCancelled"]


@pytest.fixture
def paid(plain_shop: Shop) -> Placed:
    """Return a paid order for three, of which two wait."""
    plain_shop.put(1)
    plain_shop.allow(limit=10).must()
    order = plain_shop.buy(3)
    plain_shop.host.seed("charge", order=order.id, amount="35.00")
    return order


def test_the_page_says_what_waits_and_keeps_the_link_to_its_holder(
    plain_shop: Shop, paid: Placed
) -> None:
    page = guest_of(plain_shop, paid).look()

    assert page.status == 200
    assert "Winter boots (Variant 0)" in page.text
    assert "Still on the way to us 2 Expected by" in page.text
    assert "Here and reserved for you 1" in page.text
    assert "About $20.00 comes back to you." in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    assert "set-cookie" not in page.headers
    assert "shopper@example.com" not in page.body.decode()


def test_looking_changes_nothing_and_asks_before_what_is_final(
    plain_shop: Shop, paid: Placed
) -> None:
    guest = guest_of(plain_shop, paid)
    before = plain_shop.backorder(paid)

    asked = guest.look("?ask=cancel")

    assert "Cancel the 2 that you wait for?" in asked.text
    assert plain_shop.backorder(paid) == before


def test_cancelling_what_waits_gives_its_money_back_once(plain_shop: Shop, paid: Placed) -> None:
    guest = guest_of(plain_shop, paid)
    form = guest.look("?ask=cancel").form("cancel")

    with ThreadPoolExecutor(8) as crowd:
        answers = [*crowd.map(guest.press, [form] * 8), guest.press(form)]

    assert {page.status for page in answers} == {200}
    assert "2 are cancelled. $20.00 is on its way back to you." in answers[0].text
    assert len({page.text for page in answers}) == 1
    assert state(plain_shop, paid) == (0, 0, 2)
    assert plain_shop.order(paid).split == (1, 0)
    rows = plain_shop.host.sql(
        "SELECT sum(amount), count(*) FROM saleor_backorders_refund WHERE order_id = "
        "(SELECT order_id FROM saleor_backorders_backorder WHERE order_line_id::text = %s)",
        key_of(paid.line),
    )
    assert [(float(amount), count) for amount, count in rows] == [(20.0, 1)]


def test_keeping_on_waiting_after_a_slip(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.put(0)
    shop.allow(limit=10).must()
    today = datetime.now(UTC).date()
    told, slipped = today + timedelta(days=10), today + timedelta(days=24)
    announced = {
        "reference": f"pallet {shop.name}",
        "warehouseId": shop.shelf.id,
        "expectedOn": told.isoformat(),
        "lines": [{"variantId": shop.variant.id, "quantity": 5}],
    }
    made = shop.tell_plugin(
        documents.INCOMING_SHIPMENT_CREATE, {"input": announced}, shop.staff
    ).must()
    guest = guest_of(shop, shop.buy(2))
    page = guest.look()
    assert f"Expected by {said(told)}" in page.text
    assert "Keep waiting" not in page.text

    late = {"id": made["incomingShipment"]["id"], "input": {"expectedOn": slipped.isoformat()}}
    shop.tell_plugin(documents.INCOMING_SHIPMENT_UPDATE, late, shop.staff).must()
    page = guest.look()
    assert "We are sorry: this takes longer than we told you." in page.text
    assert f"You were told {said(told)}." in page.text
    assert f"Expected by {said(slipped)}" in page.text

    answers = [guest.press(page.form("keep")) for _ in range(2)]
    assert {(each.status, each.headers["location"]) for each in answers} == {(303, "?done=keep")}
    page = guest.look("?done=keep")
    assert "Thank you. Your place in the queue is kept." in page.text
    assert f"Expected by {said(slipped)}" in page.text
    assert "We are sorry" not in page.text


def said(day: date) -> str:
    """Return a day as the page writes it."""
    return f"{day.day} {day:%B %Y}"


def test_taking_something_else(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.variant, other = shop.add_variants(2)
    shop.put(0)
    shop.put(5, variant=other)
    shop.host.seed("price", variant=other.pk, channel=shop.channel.pk, amount="8.00")
    shop.allow(limit=10).must()
    order = shop.buy(3)
    shop.host.seed("charge", order=order.id, amount="35.00")
    guest = guest_of(shop, order)

    page = guest.look()
    assert "Winter boots (Variant 1) About $6.00 comes back to you." in page.text
    asked = guest.look(next(link for link in page.links if "switch" in link))
    done = guest.press(asked.form("switch"))

    assert done.status == 200
    assert "Winter boots (Variant 1) is yours instead, under the order number" in done.text
    assert "$6.00 is on its way back to you." in done.text
    assert state(shop, order) == (0, 0, 3)


def test_sending_what_is_here_is_asked_for_once(plain_shop: Shop, paid: Placed) -> None:
    guest = guest_of(plain_shop, paid)
    form = guest.look().form("send")

    answers = [guest.press(form) for _ in range(2)]

    assert {(page.status, page.headers["location"]) for page in answers} == {(303, "?done=send")}
    assert "You asked us to send it." in guest.look("?done=send").text
    assert state(plain_shop, paid) == (2, 0, 0)


def test_a_page_out_of_date_decides_nothing(plain_shop: Shop, paid: Placed) -> None:
    guest = guest_of(plain_shop, paid)
    form = guest.look("?ask=cancel").form("cancel")

    plain_shop.set_stock(2).must()
    page = guest.press(form)

    assert page.status == 409
    assert "This has changed in the meantime. Please look again." in page.text
    assert state(plain_shop, paid) == (1, 1, 0)


def test_a_link_for_one_line_cannot_read_or_change_another(plain_shop: Shop, paid: Placed) -> None:
    other = plain_shop.buy(4)
    mine, theirs = guest_of(plain_shop, paid), guest_of(plain_shop, other)
    swapped = theirs.token.partition(".")[0] + "." + mine.token.partition(".")[2]

    assert mine.look(token=swapped).status == 404
    assert mine.press({"do": "cancel", "seen": "4-0"}, token=swapped).status == 404
    assert mine.press({"do": "cancel", "seen": "4-0"}).status == 409
    assert state(plain_shop, paid) == (2, 0, 0)
    assert state(plain_shop, other) == (4, 0, 0)


def test_a_changed_byte_an_old_link_and_a_cancelled_order_answer_the_same(
    plain_shop: Shop, paid: Placed
) -> None:
    cancelled = plain_shop.buy(2)
    gone = guest_of(plain_shop, cancelled)
    assert gone.look().status == 200
    plain_shop.cancel(cancelled).must()
    guest = guest_of(plain_shop, paid)
    last = "A" if guest.token[-1] != "A" else "B"

    answers = [
        guest.look(token=guest.token[:-1] + last),
        guest.look(token="nonsense"),
        guest.look(token=guest_of(plain_shop, paid, days_ago=61).token),
        gone.look(),
        gone.press({"do": "cancel", "seen": "2-0"}),
    ]

    assert {page.status for page in answers} == {404}
    assert len({_plain(page) for page in answers}) == 1
    assert "This link leads nowhere" in answers[0].text
    assert guest.look(token=guest_of(plain_shop, paid, days_ago=59).token).status == 200


def _plain(page: Page) -> tuple[bytes, str]:
    """Return all of an answer but when it was given."""
    headers = {name: value for name, value in page.headers.items() if name != "date"}
    return page.body, str(sorted(headers.items()))


def test_two_hundred_guesses_are_slowed_down_and_a_good_link_is_served(
    plain_shop: Shop, paid: Placed
) -> None:
    guest = guest_of(plain_shop, paid)

    answers = [guest.look(token=f"{number}.{guest.token}") for number in range(200)]

    slowed = [page for page in answers if page.status == 429]
    # A minute may end in between, and another twenty pass.
    assert len(slowed) >= 140
    assert {page.status for page in answers} == {404, 429}
    assert all(1 <= int(page.headers["retry-after"]) <= 60 for page in slowed)
    assert guest.look().status == 200
    assert guest_of(plain_shop, paid).look(token="nonsense").status == 404


def _switch(shop: Shop, *, on: bool) -> None:
    variables = {"id": "saleor.backorders", "input": {"active": on}}
    shop.tell(documents.PLUGIN_UPDATE, variables, shop.staff).must()


def test_the_page_is_gone_while_the_plugin_is_switched_off(plain_shop: Shop, paid: Placed) -> None:
    guest = guest_of(plain_shop, paid)
    _switch(plain_shop, on=False)
    try:
        assert guest.look().status == 404
    finally:
        _switch(plain_shop, on=True)
    assert guest.look().status == 200
