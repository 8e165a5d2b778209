"""What the plugin asks of its host with orders and money, the same on every host."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.acceptance import payment_app
from tests.acceptance.money import CHECKOUT_ADD_PROMO_CODE, NOBODY, Office, key_of, money_of
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Shop, Thing

FIFTY = Decimal("50.00")


@pytest.fixture
def shop(plain_shop: Shop) -> Shop:
    """Open a shop with two pairs on the shelf, of which more may be ordered."""
    plain_shop.put(2)
    plain_shop.allow(limit=20).must()
    return plain_shop


@pytest.fixture
def office(shop: Shop) -> Office:
    """Sell five at 10.00 and 5.00 for the transport; three of them wait."""
    return Office(shop, shop.buy(5))


@pytest.fixture
def paid(office: Office, till: PaymentApp) -> Office:
    """Have the order paid through the payment app."""
    office.charge("55.00", till.install(office.shop.host))
    return office


def id_of(order_key: str) -> str:
    """Return the global id of an order."""
    return base64.b64encode(f"Order:{order_key}".encode()).decode()


def priced(shop: Shop, amount: str, free_stock: int = 10) -> Thing:
    """Make a variant that costs this much."""
    variant = shop.add_product()
    shop.put(free_stock, variant=variant)
    shop.host.seed("price", variant=variant.pk, channel=shop.channel.pk, amount=amount)
    return variant


# Units


def test_units_that_wait_come_off_a_line_whose_others_were_shipped(office: Office) -> None:
    office.shop.fulfil(office.order, 2).must()

    office.release(3, "30.00")

    money = office.money()
    assert money.status == "PARTIALLY_FULFILLED"
    assert money.fulfillments == [("FULFILLED", None, 2), ("REFUNDED", Decimal("30.00"), 3)]
    assert [event["amount"] for event in money.events("FULFILLMENT_REFUNDED")] == [30.0]
    assert money.total == Decimal("55.00")
    assert money.raw["lines"][0]["quantityToFulfill"] == 0
    assert office.shop.order(office.order).split == (0, 0)


def test_units_come_off_without_money_where_none_was_paid(office: Office) -> None:
    office.release(1, "0")

    money = office.money()
    assert money.fulfillments == [("REFUNDED", Decimal("0.00"), 1)]
    assert money.charge_status == "NONE"
    assert money.charged == 0
    assert sum(office.shop.order(office.order).split) == 4


def test_no_more_units_come_off_than_are_undispatched(office: Office) -> None:
    office.shop.fulfil(office.order, 2).must()
    before = office.money()

    assert office.release(4, "40.00")["refused"] == "InvalidValue"

    assert office.money() == before


def test_an_order_is_cancelled_and_its_money_stays(office: Office) -> None:
    office.charge("55.00")

    office.call("orders.cancel", order_id=key_of(office.order.id), actor=NOBODY)

    money = office.money()
    assert (money.status, money.charge_status, money.charged) == (
        "CANCELED", "FULL", Decimal("55.00"),
    )  # fmt: skip
    assert len(money.events("CANCELED")) == 1
    assert office.shop.order(office.order).split == (0, 0)


def test_a_partly_shipped_order_is_not_cancelled(office: Office) -> None:
    office.shop.fulfil(office.order, 1).must()
    before = office.money()

    refused = office.call("orders.cancel", order_id=key_of(office.order.id), actor=NOBODY)

    assert refused["refused"] == "InvalidValue"
    assert office.money() == before


def test_a_note_is_left_in_the_history(office: Office) -> None:
    office.call(
        "orders.add_note",
        order_id=key_of(office.order.id),
        message="They keep waiting.",
        actor=NOBODY,
    )

    assert [e["message"] for e in office.money().events("NOTE_ADDED")] == ["They keep waiting."]


# Replacement


def test_a_cheaper_variant_takes_the_place_of_units_that_wait(office: Office) -> None:
    office.shop.fulfil(office.order, 2).must()
    cheaper = priced(office.shop, "8.00")

    made = office.replace(cheaper, 3, "30.00")

    assert Decimal(made["total"]) == Decimal("24.00")
    old = office.money()
    assert old.status == "FULFILLED"
    assert old.fulfillments == [("FULFILLED", None, 2), ("REPLACED", None, 3)]
    assert len(old.events("ORDER_REPLACEMENT_CREATED")) == 1
    new = money_of(office.shop, id_of(made["order_id"]))
    assert new.raw["number"] == made["order_number"]
    assert (new.status, new.charge_status) == ("UNCONFIRMED", "FULL")
    assert (new.total, new.charged) == (Decimal("24.00"), Decimal("24.00"))
    assert new.raw["shippingPrice"]["gross"]["amount"] == 0
    (line,) = new.raw["lines"]
    assert (line["variant"]["id"], line["quantity"]) == (cheaper.id, 3)
    assert [allocation["quantity"] for allocation in line["allocations"]] == [3]
    assert len(new.events("PLACED_FROM_DRAFT")) == 1
    assert len(new.events("ORDER_MARKED_AS_PAID")) == 1
    assert new.events("ORDER_FULLY_PAID") == []


def test_a_shop_that_confirms_every_order_confirms_the_new_one(plain_shop: Shop) -> None:
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(2)
    shop.allow(limit=20).must()
    office = Office(shop, shop.buy(5))
    shop.confirm(office.order).must()

    made = office.replace(priced(shop, "10.00"), 5, "50.00")

    assert (office.money().status, office.money().total) == ("UNFULFILLED", Decimal("55.00"))
    new = money_of(shop, id_of(made["order_id"]))
    assert (new.status, new.charge_status, new.total) == ("UNFULFILLED", "FULL", Decimal("50.00"))
    assert len(new.events("CONFIRMED")) == 1


def test_a_dearer_variant_is_refused_and_nothing_changes(office: Office) -> None:
    dearer = priced(office.shop, "10.01")
    before = office.money()
    orders = office.shop.host.sql("SELECT count(*) FROM order_order")

    assert office.replace(dearer, 3, "30.00")["refused"] == "DearerThanAllowed"

    assert office.money() == before
    assert office.shop.host.sql("SELECT count(*) FROM order_order") == orders


@pytest.mark.parametrize("entered_with_tax", [True, False])
@pytest.mark.parametrize("most", ["30.00", "29.99", "20.00", "0.01"])
def test_a_dearer_variant_costs_the_same_to_the_cent_where_the_shop_allows_it(
    shop: Shop, entered_with_tax: bool, most: str
) -> None:
    dearer = priced(shop, "17.77")
    shop.host.seed(
        "taxes",
        channel=shop.channel.pk,
        percent="23",
        prices_entered_with_tax=entered_with_tax,
        variants=[dearer.pk, shop.variant.pk],
        method=shop.method.pk,
    )
    office = Office(shop, shop.buy(5))

    made = office.replace(dearer, 3, most, dearer=True)

    new = money_of(shop, id_of(made["order_id"]))
    net = (Decimal(most) / Decimal("1.23")).quantize(Decimal("0.01"))
    assert Decimal(made["total"]) == Decimal(most) == new.total == new.charged
    assert Decimal(str(new.raw["lines"][0]["totalPrice"]["gross"]["amount"])) == Decimal(most)
    assert Decimal(str(new.raw["total"]["net"]["amount"])).quantize(net) == net
    assert new.charge_status == "FULL"


def test_taxes_are_on_top_of_prices_entered_without(shop: Shop) -> None:
    cheaper = priced(shop, "8.00")
    shop.host.seed(
        "taxes",
        channel=shop.channel.pk,
        percent="23",
        prices_entered_with_tax=False,
        variants=[cheaper.pk, shop.variant.pk],
        method=shop.method.pk,
    )
    office = Office(shop, shop.buy(5))
    assert office.money().total == Decimal("67.65")

    made = office.replace(cheaper, 3, "36.90")

    assert Decimal(made["total"]) == Decimal("29.52")


@pytest.mark.parametrize(("unit", "value"), [("percentage", "10"), ("fixed", "5")])
def test_a_voucher_of_the_old_order_is_not_used_again(shop: Shop, unit: str, value: str) -> None:
    code = f"code-{shop.name}-{unit}"
    shop.host.seed("voucher", code=code, channel=shop.channel.pk, unit=unit, value=value)
    cart = shop.fill_cart(5).must()["checkout"]["id"]
    shop.tell(CHECKOUT_ADD_PROMO_CODE, {"id": cart, "code": code}).must()
    office = Office(shop, shop.order(shop.complete(cart).must()["order"]["id"]))
    assert office.money().total == Decimal("50.00")

    made = office.replace(priced(shop, "8.00"), 3, "27.00")

    assert Decimal(made["total"]) == Decimal("24.00")


def test_nothing_is_replaced_by_what_is_not_there(office: Office) -> None:
    gone = priced(office.shop, "8.00", free_stock=2)
    before = office.money()

    assert office.replace(gone, 3, "30.00")["refused"] == "NotEnoughStock"

    assert office.money() == before


def test_a_channel_gives_nothing_in_place_that_it_does_not_sell(office: Office) -> None:
    elsewhere = office.shop.branch()
    other = elsewhere.add_product(elsewhere.channel)

    assert office.replace(other, 1, "10.00")["refused"] == "InvalidValue"


# What is owed


def test_a_grant_names_its_units_and_the_transaction_that_holds_the_money(paid: Office) -> None:
    (part,) = paid.grant("30.00", units=3, shipping=True)

    assert (Decimal(part["amount"]), part["currency"]) == (Decimal("30.00"), "USD")
    assert part["transaction_id"]
    assert part["granted_refund_id"]
    money = paid.money()
    assert money.granted == [(Decimal("30.00"), "NONE")]
    (granted,) = money.raw["grantedRefunds"]
    assert (granted["reason"], granted["shippingCostsIncluded"]) == ("Too late", True)
    assert granted["lines"] == [{"quantity": 3, "orderLine": {"id": paid.order.line}}]
    assert money.charge_status == "OVERCHARGED"
    assert paid.outcome(part) == "owed"


def test_a_grant_is_divided_where_no_transaction_holds_enough(
    office: Office, till: PaymentApp
) -> None:
    app = till.install(office.shop.host)
    office.charge("20.00", app)
    office.charge("35.00", app)

    first = office.grant("40.00", units=3)
    second = office.grant("15.00", units=2)

    assert [Decimal(part["amount"]) for part in first + second] == [20, 20, 15]
    assert len({part["transaction_id"] for part in first}) == 2
    assert second[0]["transaction_id"] == first[1]["transaction_id"]
    granted = office.money().raw["grantedRefunds"]
    assert [len(each["lines"]) for each in granted] == [1, 0, 1]


@pytest.mark.parametrize("gateway", [None, "manual"])
def test_money_taken_by_hand_is_given_back_by_hand(office: Office, gateway: str | None) -> None:
    if gateway:
        office.pay_legacy("55.00", gateway=gateway)
    else:
        office.charge("55.00")

    (part,) = office.grant("30.00", units=3)

    assert (part["transaction_id"], part["payment_id"]) == (None, None)
    assert part["granted_refund_id"]
    assert office.ask(part)[0] == "owed"
    assert office.money().granted == [(Decimal("30.00"), "NONE")]


# Asking a payment app


def test_an_app_that_accepts_pays_once_however_often_it_is_asked(
    paid: Office, till: PaymentApp
) -> None:
    (part,) = paid.grant("30.00", units=3)

    assert paid.ask(part) == ("refunded", "")
    assert paid.ask(part) == ("refunded", "")

    assert (till.keys, till.total()) == ([paid.key], 30)
    money = paid.money()
    assert money.granted == [(Decimal("30.00"), "SUCCESS")]
    assert money.transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]
    assert (money.charged, money.charge_status) == (Decimal("25.00"), "FULL")
    assert len(money.events("TRANSACTION_REFUND_REQUESTED")) == 1


def test_an_app_that_refused_is_asked_anew(paid: Office, till: PaymentApp) -> None:
    (part,) = paid.grant("30.00")
    till.mode = payment_app.REFUSE

    assert paid.ask(part) == ("failed", payment_app.REFUSAL)
    assert paid.outcome(part) == "failed"
    assert paid.money().granted == [(Decimal("30.00"), "FAILURE")]
    till.mode = payment_app.ACCEPT
    assert paid.ask(part) == ("refunded", "")

    assert (till.keys, till.total()) == ([paid.key, f"{paid.key}-2"], 30)
    assert paid.money().charged == Decimal("25.00")


def test_an_app_that_needs_time_is_waited_for(paid: Office, till: PaymentApp) -> None:
    (part,) = paid.grant("30.00")
    till.mode = payment_app.PENDING

    assert paid.ask(part)[0] == "requested"
    assert paid.ask(part)[0] == "requested"
    assert (len(till.keys), till.total()) == (1, 0)
    assert paid.money().transactions == [(Decimal("25.00"), Decimal("0.00"), Decimal("30.00"))]
    till.settle()

    assert paid.outcome(part) == "refunded"
    assert paid.money().transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]


def test_an_app_that_paid_and_hung_up_is_asked_the_same_again(
    paid: Office, till: PaymentApp
) -> None:
    (part,) = paid.grant("30.00")
    till.mode = payment_app.TIMEOUT

    assert paid.ask(part)[0] == "unknown"
    assert paid.outcome(part) == "unknown"
    till.mode = payment_app.ACCEPT
    assert paid.ask(part)[0] == "refunded"

    assert (till.keys, till.total()) == ([paid.key] * 2, 30)
    money = paid.money()
    assert money.granted == [(Decimal("30.00"), "SUCCESS")]
    assert money.transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]


def test_an_app_that_paid_all_and_says_so_later_is_counted_once(
    paid: Office, till: PaymentApp
) -> None:
    (part,) = paid.grant("55.00")
    till.mode = payment_app.TIMEOUT
    assert paid.ask(part)[0] == "unknown"

    assert [report["alreadyProcessed"] for report in till.repeat()] == [False]
    assert paid.money().charged == 0
    till.mode = payment_app.ACCEPT
    assert paid.ask(part)[0] == "refunded"

    assert (till.keys, till.total()) == ([paid.key] * 2, 55)
    assert paid.money().granted == [(Decimal("55.00"), "SUCCESS")]
    assert paid.money().transactions == [(Decimal("0.00"), Decimal("55.00"), Decimal("0.00"))]


def test_an_app_that_reports_twice_is_counted_once(paid: Office, till: PaymentApp) -> None:
    (part,) = paid.grant("30.00")
    paid.ask(part)

    assert [report["alreadyProcessed"] for report in till.repeat()] == [True]

    assert paid.outcome(part) == "refunded"
    assert paid.money().transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]


def test_an_app_that_reports_before_it_answers_is_counted_once(
    paid: Office, till: PaymentApp
) -> None:
    (part,) = paid.grant("30.00")
    till.mode = payment_app.EARLY

    assert paid.ask(part)[0] == "refunded"

    assert paid.outcome(part) == "refunded"
    assert till.total() == 30
    assert paid.money().granted == [(Decimal("30.00"), "SUCCESS")]
    assert paid.money().transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]


def test_two_who_ask_at_once_are_paid_once(paid: Office, till: PaymentApp) -> None:
    (part,) = paid.grant("30.00")

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(paid.ask, [part] * 4))

    assert "refunded" in [answer[0] for answer in answers]
    assert paid.outcome(part) == "refunded"
    assert (set(till.keys), till.total()) == ({paid.key}, 30)
    assert paid.money().transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]


def test_an_app_that_does_not_listen_cannot_refund(office: Office) -> None:
    office.charge("55.00", office.shop.host.seed("payment_app", url=None))
    (part,) = office.grant("30.00")

    outcome, message = office.ask(part)

    assert (outcome, office.outcome(part)) == ("failed", "failed")
    assert message
    assert office.money().granted == [(Decimal("30.00"), "FAILURE")]


def test_money_that_went_another_way_is_not_asked_for(paid: Office, till: PaymentApp) -> None:
    first, second = paid.grant("50.00"), paid.grant("5.00")
    (more,) = paid.grant("5.00")
    assert more["transaction_id"] is None

    assert paid.ask(first[0])[0] == "refunded"
    assert paid.ask({**second[0], "amount": "5.01"})[0] == "failed"

    assert till.total() == FIFTY


# Payments of the older kind


def test_a_gateway_pays_once_however_often_it_is_asked(office: Office) -> None:
    office.pay_legacy("55.00")
    (part,) = office.grant("30.00", units=3)
    assert part["payment_id"]
    assert office.money().granted == []

    assert office.ask(part) == ("refunded", "")
    assert office.ask(part) == ("refunded", "")

    assert office.outcome(part) == "refunded"
    money = office.money()
    assert (money.charged, money.charge_status) == (Decimal("25.00"), "PARTIAL")
    assert [event["amount"] for event in money.events("PAYMENT_REFUNDED")] == [30.0]


def test_a_gateway_that_refused_may_be_asked_again(office: Office) -> None:
    office.pay_legacy("55.00", refuses=True)
    (part,) = office.grant("30.00")

    first, second = office.ask(part), office.ask(part)

    assert first[0] == second[0] == office.outcome(part) == "failed"
    assert first[1]
    assert office.money().charged == Decimal("55.00")
    assert len(office.money().events("PAYMENT_FAILED")) == 2


def test_nobody_knows_what_a_gateway_did_that_broke_down(office: Office) -> None:
    office.pay_legacy("55.00", gateway="no.such.gateway")
    (part,) = office.grant("30.00")

    assert office.ask(part)[0] == "unknown"

    assert office.outcome(part) == "unknown"
    assert office.money().charged == Decimal("55.00")


def test_two_who_ask_a_gateway_at_once_are_paid_once(office: Office) -> None:
    office.pay_legacy("55.00")
    (part,) = office.grant("20.00")

    with ThreadPoolExecutor(4) as people:
        list(people.map(office.ask, [part] * 4))

    assert office.outcome(part) == "refunded"
    money = office.money()
    assert money.charged == Decimal("35.00")
    assert len(money.events("PAYMENT_REFUNDED")) == 1


def test_two_refunds_of_the_same_amount_are_two_payments(office: Office) -> None:
    office.pay_legacy("55.00")
    (part,) = office.grant("20.00")
    office.ask(part)

    office.key = "another"
    assert office.outcome(part) == "owed"
    assert office.ask(part)[0] == "refunded"

    assert office.money().charged == Decimal("15.00")
