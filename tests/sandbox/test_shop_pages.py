from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from sandbox.serve import Listener
from sandbox.shop import fixtures, payment_app
from sandbox.shop.api import Api, in_process
from tests.sandbox.browser import Browser

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not apps.is_installed("saleor_backorders"), reason="the plugin is not installed"
    ),
]


@pytest.fixture
def base() -> Iterator[str]:
    """Serve the shop with its fixtures over HTTP."""
    fixtures.load()
    fixtures.allow_all(fixtures.sign_in(Api(in_process), fixtures.STAFF))
    server = Listener(0)
    payment_app.install(server.base)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield server.base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        connections.close_all()
        cache.delete(payment_app.REFUSING)


@pytest.fixture
def ada(base: str) -> Browser:
    return Browser(base)


def order_five(browser: Browser) -> Browser:
    browser.go("/?sku=BOOTS&quantity=5").press("Add 5 to the cart")
    return browser.press("I agree to wait").press("Place the order")


def test_product_page_says_what_ships_now_and_what_comes_later(ada: Browser) -> None:
    ada.go("/").press("Ask", quantity="5")

    assert ada.status == 200
    assert "Winter boots 89.00 USD How many? Ask 2 ship now, 3 by " in ada.text
    assert ada.buttons[:2] == ["Ask", "Add 5 to the cart"]


def test_product_page_offers_no_button_for_more_than_can_be_had(ada: Browser) -> None:
    ada.go("/?sku=BOOTS&quantity=13")

    assert "Not available for this many: 2 now, 10 may wait" in ada.text
    assert ada.buttons[:2] == ["Ask", "Ask"]


@pytest.mark.parametrize("quantity", ["0", "-1", "x", "", "99999999999"])
def test_product_page_reads_an_odd_quantity_as_one(ada: Browser, quantity: str) -> None:
    ada.go(f"/?sku=SCARF&quantity={quantity}")

    assert ada.status == 200
    assert "Add 1 to the cart" in ada.buttons


def test_order_is_placed_only_after_the_shopper_agreed(ada: Browser) -> None:
    ada.go("/?sku=BOOTS&quantity=5").press("Add 5 to the cart")

    refused = ada.press("Place the order")
    assert refused.status == 409
    assert "Please agree to wait first: Winter boots: 2 ship now, 3 by " in refused.text

    refused.press("I agree to wait").press("Place the order")
    assert ada.status == 200
    assert " unfulfilled 5 × Winter boots 3 wait, expected by " in ada.text
    assert "2 here for you Place 1 in the queue" in ada.text


def test_cart_is_refused_in_the_apis_words(ada: Browser, base: str) -> None:
    ada.go("/?sku=BOOTS&quantity=12").press("Add 12 to the cart").press("I agree to wait")
    grace = Browser(base)
    grace.go("/").press("Change", email=fixtures.SHOPPERS[1])
    order_five(grace)

    ada.press("Place the order")

    assert ada.status == 409
    assert "Winter boots: 0 now, 7 may wait" in ada.text


def test_orders_of_others_are_not_shown(ada: Browser, base: str) -> None:
    order_five(ada)
    grace = Browser(base)

    grace.go("/").press("Change", email=fixtures.SHOPPERS[1]).go("/orders/")

    assert "None yet." in grace.text


def test_stock_that_staff_book_goes_to_who_waits(ada: Browser, base: str) -> None:
    order_five(ada)
    staff = Browser(base)

    staff.go("/staff/").press("Set", quantity="4")

    assert "Winter boots Main warehouse 4 4 0" in staff.text
    assert "1 waits, expected by " in ada.go("/orders/").text
    assert "4 here for you" in ada.text


def test_staff_ship_what_is_here_and_the_rest_waits_on(ada: Browser, base: str) -> None:
    order_five(ada)
    staff = Browser(base)

    staff.go("/staff/").press("Ship 2")

    assert staff.status == 200
    assert "partially fulfilled 0 3" in staff.text
    assert "5 × Winter boots, 2 shipped 3 wait" in ada.go("/orders/").text


def test_staff_forbid_backorders_and_the_page_follows(ada: Browser, base: str) -> None:
    staff = Browser(base).go("/staff/")
    (policy,) = [form for form in staff.forms if form.fields.get("limit") == "10"]
    del policy.fields["allow"]

    staff.press("Save")

    ada.go("/?sku=BOOTS&quantity=5")
    assert "Not available for this many: 2 now, none may wait" in ada.text


@pytest.fixture
def staff(base: str) -> Browser:
    return Browser(base)


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def written(day: date) -> str:
    return f"{day.day} {day:%B}"


def announce(staff: Browser, units: int, day: date) -> Browser:
    """Announce a pallet of boots."""
    staff.go("/staff/")
    boots = staff.forms[0].fields["variant"]
    return staff.press(
        "Announce",
        reference="PALLET-1",
        variant=boots,
        quantity=str(units),
        expected_on=day.isoformat(),
    )


def link_of(page: Browser) -> str:
    """Return where the first customer's page is."""
    return next(address for address in page.links if "/w/" in address)


def test_shoppers_are_told_the_day_of_the_pallet(ada: Browser, staff: Browser) -> None:
    announce(staff, 4, in_days(5))

    assert "PALLET-1 expected 4 × Winter boots, 0 promised" in staff.text
    ada.go("/?sku=BOOTS&quantity=5")
    assert f"2 ship now, 3 by {written(in_days(5))}" in ada.text
    ada.go("/?sku=BOOTS&quantity=8")
    assert f"4 by {written(in_days(5))}, 2 by {written(in_days(11))}" in ada.text


def test_pallet_that_slips_asks_the_customer_who_may_keep_waiting(
    ada: Browser, staff: Browser
) -> None:
    announce(staff, 4, in_days(5))
    order_five(ada)
    assert "Keep waiting, cancel or take something else" in ada.text

    staff.go("/staff/").press("Move", expected_on=in_days(9).isoformat())

    assert "4 × Winter boots, 3 promised" in staff.text
    assert f"{written(in_days(9))} promised {written(in_days(5))}; asked" in staff.text
    ada.go("/orders/")
    assert f"You were promised {written(in_days(5))}. We are sorry." in ada.text
    assert "It takes longer: do you keep waiting?" in ada.text
    ada.go(link_of(ada)).press("Keep waiting")
    assert "Keep waiting, cancel or take something else" in ada.go("/orders/").text


def test_customer_cancels_behind_the_link_and_sees_the_money(ada: Browser) -> None:
    order_five(ada)

    ada.go(f"{link_of(ada)}?ask=cancel").press("Yes, cancel it")

    assert "$267.00 is on its way back to you." in ada.text
    assert "267.00 USD paid back" in ada.go("/orders/").text


def test_refund_that_the_till_refuses_is_owed_until_it_is_asked_again(
    ada: Browser, staff: Browser
) -> None:
    order_five(ada)
    address = link_of(ada)
    staff.go("/staff/").press("Refuse refunds")
    ada.go(f"{address}?ask=cancel").press("Yes, cancel it")
    assert "267.00 USD owed to you" in ada.go("/orders/").text

    staff.go("/staff/")
    assert "267.00 USD failed Refunds are refused." in staff.text
    staff.press("Ask again")
    assert staff.status == 409
    staff.press("Pay refunds out").press("Ask again")

    assert "No money is owed." in staff.text
    assert "267.00 USD paid back" in ada.go("/orders/").text


def test_delivery_note_that_is_sent_twice_is_booked_once(ada: Browser, staff: Browser) -> None:
    announce(staff, 4, in_days(5))
    order_five(ada)
    staff.go("/staff/")
    came = next(name for form in staff.forms for name in form.fields if name.startswith("came "))

    staff.press("Book what came", **{came: "1"})
    staff.back().press("Book what came", **{came: "1"})

    assert "PALLET-1 partially received 4 × Winter boots, 1 came, 0 promised" in staff.text
    assert "Winter boots Main warehouse 3 3 0" in staff.text
    assert f"2 wait, expected by {written(in_days(11))}" in ada.go("/orders/").text


def test_shipment_that_is_called_off_promises_nothing(ada: Browser, staff: Browser) -> None:
    announce(staff, 4, in_days(5))

    staff.press("Call off")

    assert "PALLET-1" not in staff.text
    assert f"3 by {written(in_days(11))}" in ada.go("/?sku=BOOTS&quantity=5").text


def test_reference_that_is_taken_is_refused_in_the_apis_words(staff: Browser) -> None:
    announce(staff, 4, in_days(5))

    announce(staff, 4, in_days(6))

    assert staff.status == 409
    assert "This reference is taken." in staff.text


def test_playground_answers_on_both_apis(ada: Browser) -> None:
    ada.go("/playground/")
    assert "type BackorderAvailability {" in ada.text
    assert "type ProductVariant implements Node {" in ada.text

    plugin = {"api": "plugin", "who": "nobody", "variables": "{}"}
    ada.press("Run", **plugin, query='{ __type(name: "Eta") { name } }')
    assert '"name": "Eta"' in ada.text
    ada.press("Run", **{**plugin, "api": "shop"}, query='{ channel(slug: "web-shop") { name } }')
    assert '"name": "Web shop"' in ada.text
    ada.press("Run", **{**plugin, "variables": "{"}, query="{ __typename }")
    assert "The variables are not JSON" in ada.text
    ada.press("Run", **{**plugin, "variables": "[1]"}, query="{ __typename }")
    assert "The variables have to be a JSON object." in ada.text


def test_form_from_elsewhere_is_refused(base: str) -> None:
    stranger = Browser(base).go("/staff/")
    for form in stranger.forms:
        form.fields.pop("csrfmiddlewaretoken", None)

    stranger.press("Set", quantity="99")

    assert stranger.status == 403


def test_shop_opens_again_as_it_was(ada: Browser) -> None:
    order_five(ada)

    fixtures.load()
    fixtures.allow_all(fixtures.sign_in(Api(in_process), fixtures.STAFF))

    assert "3 wait, expected by " in ada.go("/orders/").text
    call_command("backorders", "check")
