"""Who gives up what waits gets back what was paid for it: to the cent, and once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.acceptance import payment_app
from tests.acceptance.desk import Desk, buy_lines, priced, set_price
from tests.acceptance.dock import Dock
from tests.acceptance.payment_app import TRANSACTION_EVENT_REPORT, PaymentApp
from tests.acceptance.shop import Shop
from tests.acceptance.test_shipping import assert_clean

THIRTY = Decimal("30.00")
FULL_REFUND = Decimal("55.00")


@pytest.fixture
def shop(plain_shop: Shop) -> Shop:
    """Open a shop with two pairs on the shelf."""
    plain_shop.put(2)
    plain_shop.allow(limit=100).must()
    return plain_shop


@pytest.fixture
def desk(shop: Shop, till: PaymentApp) -> Desk:
    """Sell five at 10.00 and 5.00 for the transport, paid by card; three of them wait."""
    return paid(shop, till, 5)


def paid(shop: Shop, till: PaymentApp, units: int) -> Desk:
    """Sell units that are paid through a payment app."""
    desk = Desk(shop, shop.buy(units))
    desk.charge(str(desk.money().total), till.install(shop.host))
    return desk


def empty(shop: Shop) -> Shop:
    """Take everything off the shelf."""
    shop.set_stock(0).must()
    return shop


# Which units


def test_three_that_wait_are_given_up_and_two_were_shipped(desk: Desk, till: PaymentApp) -> None:
    desk.shop.fulfil(desk.order, 2).must()

    answer = desk.cancel(reason="Too late").must()["backorder"]

    assert (answer["status"], answer["quantityWaiting"], answer["quantityCancelled"]) == (
        "CANCELLED", 0, 3,
    )  # fmt: skip
    (refund,) = answer["refunds"]
    assert (refund["state"], refund["attempts"], refund["message"]) == ("REFUNDED", 1, "")
    money = desk.money()
    assert money.status == "PARTIALLY_FULFILLED"
    assert money.fulfillments == [("FULFILLED", None, 2), ("REFUNDED", THIRTY, 3)]
    assert [event["amount"] for event in money.events("FULFILLMENT_REFUNDED")] == [30.0]
    assert money.granted == [(THIRTY, "SUCCESS")]
    (granted,) = money.raw["grantedRefunds"]
    assert (granted["reason"], granted["shippingCostsIncluded"]) == ("Too late", False)
    assert granted["lines"] == [{"quantity": 3, "orderLine": {"id": desk.order.line}}]
    assert money.transactions == [(Decimal("25.00"), THIRTY, Decimal("0.00"))]
    assert (money.total, money.charged, money.charge_status) == (
        FULL_REFUND, Decimal("25.00"), "FULL",
    )  # fmt: skip
    assert (len(till.keys), till.total()) == (1, 30)
    assert desk.open_refunds() == []
    assert_clean(desk.shop)


def test_what_lies_on_the_shelf_for_the_customer_stays_theirs(shop: Shop, till: PaymentApp) -> None:
    desk = paid(shop, till, 5)
    ahead = shop.buy(4)
    shop.prioritise(ahead, 10).must()

    desk.cancel().must()

    assert shop.order(desk.order).split == (2, 0)
    assert shop.order(ahead).split == (0, 4)
    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert_clean(shop)


def test_a_part_of_what_waits_is_given_up(desk: Desk, till: PaymentApp) -> None:
    answer = desk.cancel(1).must()["backorder"]

    assert (answer["quantityWaiting"], answer["quantityCancelled"]) == (2, 1)
    assert desk.shop.order(desk.order).split == (2, 2)
    assert till.total() == 10
    assert desk.money().fulfillments == [("REFUNDED", Decimal("10.00"), 1)]


def test_the_last_units_of_an_order_cancel_it_and_its_transport(
    shop: Shop, till: PaymentApp
) -> None:
    desk = paid(empty(shop), till, 5)
    desk.cancel(2).must()
    assert desk.money().status != "CANCELED"

    desk.cancel(3).must()

    money = desk.money()
    assert (money.status, money.charged) == ("CANCELED", Decimal("0.00"))
    assert len(money.events("CANCELED")) == 1
    assert desk.refunds() == [("REFUNDED", Decimal("20.00")), ("REFUNDED", Decimal("35.00"))]
    assert [each["shippingCostsIncluded"] for each in money.raw["grantedRefunds"]] == [False, True]
    assert till.total() == 55
    assert shop.order(desk.order).split == (0, 0)
    assert_clean(shop)


def test_a_whole_line_goes_and_the_other_stays(shop: Shop, till: PaymentApp) -> None:
    there = priced(shop, "8.00")
    order = buy_lines(empty(shop), [(shop.variant, 3), (there, 1)])
    shop.confirm(order).must()
    desk = Desk(shop, order)
    desk.charge("43.00", till.install(shop.host))

    desk.cancel().must()

    money = desk.money()
    assert (money.status, till.total(), money.charged) == ("UNFULFILLED", 30, Decimal("13.00"))
    assert [line["quantityToFulfill"] for line in money.raw["lines"]] == [0, 1]


def test_a_whole_order_is_cancelled_at_once(shop: Shop, till: PaymentApp) -> None:
    other = priced(shop, "8.00", free_stock=0)
    shop.allow(limit=100, variant=other).must()
    desk = Desk(shop, buy_lines(empty(shop), [(shop.variant, 3), (other, 2)]))
    desk.charge("51.00", till.install(shop.host))

    answer = desk.cancel_all(reason="Had enough").must()

    assert [row["status"] for row in answer["backorders"]] == ["CANCELLED", "CANCELLED"]
    money = desk.money()
    assert (money.status, money.charged) == ("CANCELED", Decimal("0.00"))
    assert len(money.events("CANCELED")) == 1
    assert desk.refunds(0) == [("REFUNDED", Decimal("35.00"))]
    assert desk.refunds(1) == [("REFUNDED", Decimal("16.00"))]
    assert till.total() == 51
    assert desk.cancel_all().codes == ["NOT_FOUND"]
    assert_clean(shop)


def test_of_an_order_that_is_partly_here_only_what_waits_is_cancelled(
    desk: Desk, till: PaymentApp
) -> None:
    desk.shop.confirm(desk.order).must()

    desk.cancel_all().must()

    assert (desk.money().status, till.total()) == ("UNFULFILLED", 30)
    assert desk.shop.order(desk.order).split == (2, 0)


# Who


def test_the_owner_gives_up(shop: Shop, till: PaymentApp) -> None:
    customer = shop.add_customer()
    desk = Desk(shop, shop.buy(5, token=customer["token"]))
    desk.charge("55.00", till.install(shop.host))

    desk.cancel(1, by=customer["token"]).must()
    desk.cancel_all(by=customer["token"]).must()

    assert desk.cancelled_by() == [("customer", 1), ("customer", 2)]
    assert till.total() == 30


def test_whoever_holds_the_link_gives_up(desk: Desk, till: PaymentApp) -> None:
    desk.cancel(token=desk.link()).must()

    assert desk.cancelled_by() == [("customer", 3)]
    assert till.total() == 30


def test_staff_give_up_for_the_customer(desk: Desk, till: PaymentApp) -> None:
    desk.cancel().must()

    assert desk.cancelled_by() == [("staff", 3)]
    assert till.total() == 30


def slipped(shop: Shop, till: PaymentApp) -> Desk:
    """Let a date slip so that the customer is asked, and silence cancels after a week."""
    dock = Dock(empty(shop))
    dock.rule(silenceDays=7).must()
    pallet = dock.pallet(5, 3)
    desk = paid(shop, till, 5)
    dock.slip(pallet, 20)
    return desk


def silence(desk: Desk, days_ago: int) -> None:
    """Move the day on which silence is an answer, and let the task look."""
    desk.shop.host.sql(
        "UPDATE saleor_backorders_decision d SET silence_on = current_date - %s"
        " FROM saleor_backorders_backorder b"
        " WHERE b.id = d.backorder_id AND b.order_id = %s",
        days_ago,
        desk.key,
    )
    desk.settle(due=False)


def test_silence_cancels_where_the_channel_says_so(shop: Shop, till: PaymentApp) -> None:
    desk = slipped(shop, till)
    desk.settle(due=False)
    silence(desk, -1)
    assert desk.cancelled_by() == []

    silence(desk, 1)

    assert desk.cancelled_by() == [("silence", 5)]
    assert desk.refunds() == [("REFUNDED", FULL_REFUND)]
    assert (desk.money().status, till.total()) == ("CANCELED", 55)
    assert desk.backorder()["decision"] is None
    desk.settle()
    assert till.total() == 55


def test_silence_is_no_answer_from_who_keeps_waiting(shop: Shop, till: PaymentApp) -> None:
    desk = slipped(shop, till)
    desk.accept(token=desk.link()).must()

    silence(desk, 1)

    assert (desk.cancelled_by(), till.total()) == ([], 0)
    assert shop.order(desk.order).split == (0, 5)


# How much

# What 1, 2, 3 and the last of 7 x 9.99 come to, the last one with 5.00 for the transport.
PLAIN = ("9.99", "19.98", "29.97", "14.99")
TENTH_OFF = ("8.99", "17.98", "26.98", "13.99")
FIVE_OFF = ("9.28", "18.55", "27.82", "14.28")
AMOUNTS = [
    (None, None, PLAIN),
    (("percentage", "10"), None, TENTH_OFF),
    (("fixed", "5"), None, FIVE_OFF),
    (None, True, PLAIN),
    (("percentage", "10"), True, TENTH_OFF),
    (("fixed", "5"), True, FIVE_OFF),
    # With 23 % on top of everything.
    (None, False, ("12.29", "24.57", "36.86", "18.44")),
    (("percentage", "10"), False, ("11.06", "22.12", "33.18", "17.21")),
    (("fixed", "5"), False, ("11.41", "22.82", "34.22", "17.56")),
]


def sell(shop: Shop, voucher: tuple[str, str] | None, with_tax: bool | None) -> Desk:
    """Sell 7 at 9.99, none of which is here, with what makes prices uneven."""
    set_price(empty(shop), shop.variant, "9.99")
    code = ""
    if voucher:
        code = f"code-{uuid.uuid4().hex[:8]}"
        unit, value = voucher
        shop.host.seed("voucher", code=code, channel=shop.channel.pk, unit=unit, value=value)
    if with_tax is not None:
        shop.host.seed(
            "taxes",
            channel=shop.channel.pk,
            percent="23",
            prices_entered_with_tax=with_tax,
            variants=[shop.variant.pk],
            method=shop.method.pk,
        )
    return Desk(shop, buy_lines(shop, [(shop.variant, 7)], code))


@pytest.mark.parametrize(("voucher", "with_tax", "amounts"), AMOUNTS, ids=str)
def test_the_parts_add_up_to_the_whole(
    shop: Shop,
    till: PaymentApp,
    voucher: tuple[str, str] | None,
    with_tax: bool | None,
    amounts: tuple[str, ...],
) -> None:
    desk = sell(shop, voucher, with_tax)
    total = desk.money().total
    desk.charge(str(total), till.install(shop.host))

    for units in (1, 2, 3, 1):
        desk.cancel(units).must()

    assert desk.refunds() == [("REFUNDED", Decimal(amount)) for amount in amounts]
    assert sum(map(Decimal, amounts)) == total == till.total()
    money = desk.money()
    assert (money.status, money.charged, money.total) == ("CANCELED", 0, total)
    assert_clean(shop)


def test_a_voucher_over_two_lines_goes_back_to_the_cent(shop: Shop, till: PaymentApp) -> None:
    other = priced(empty(shop), "3.33", free_stock=0)
    shop.allow(limit=100, variant=other).must()
    set_price(shop, shop.variant, "9.99")
    code = f"code-{uuid.uuid4().hex[:8]}"
    shop.host.seed("voucher", code=code, channel=shop.channel.pk, unit="fixed", value="5")
    desk = Desk(shop, buy_lines(shop, [(shop.variant, 3), (other, 2)], code))
    total = desk.money().total
    assert total == Decimal("36.63")
    desk.charge(str(total), till.install(shop.host))

    desk.cancel(2, place=0).must()
    desk.cancel(1, place=1).must()
    desk.cancel_all().must()

    assert (desk.money().charged, till.total()) == (0, total)


def test_an_unpaid_order_is_owed_nothing(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))

    desk.cancel().must()

    money = desk.money()
    assert (desk.refunds(), money.granted, money.charged) == ([], [], 0)
    assert money.charge_status == "NONE"
    assert money.fulfillments == [("REFUNDED", Decimal("0.00"), 3)]


def test_an_unpaid_order_is_cancelled_whole(shop: Shop) -> None:
    desk = Desk(empty(shop), shop.buy(5))

    desk.cancel().must()

    money = desk.money()
    assert (money.status, money.granted, desk.refunds()) == ("CANCELED", [], [])


@pytest.mark.parametrize("legacy", [False, True], ids=["transactions", "legacy"])
def test_a_deposit_is_set_against_what_remains(shop: Shop, till: PaymentApp, legacy: bool) -> None:
    desk = Desk(empty(shop), shop.buy(5))
    if legacy:
        desk.pay_legacy("20.00")
    else:
        desk.charge("20.00", till.install(shop.host))

    # 25.00 remain to be paid, more than the deposit; then 15.00; then nothing.
    charged = []
    for units in (3, 1, 1):
        desk.cancel(units).must()
        charged.append(desk.money().charged)

    assert charged == [20, 15, 0]
    assert desk.refunds() == [("REFUNDED", Decimal("5.00")), ("REFUNDED", Decimal("15.00"))]
    assert (desk.money().status, till.total()) == ("CANCELED", 0 if legacy else 20)


def test_money_that_staff_granted_is_not_owed_again(shop: Shop, till: PaymentApp) -> None:
    desk = paid(empty(shop), till, 5)
    shop.host.door(
        "host",
        method="refunds.grant",
        arguments={
            "grant": {
                "order_id": desk.key, "amount": "50.00", "lines": [], "with_shipping": False,
                "reason": "Sorry",
            },
            "actor": {},
        },
    )  # fmt: skip

    desk.cancel().must()

    assert desk.refunds() == [("REFUNDED", Decimal("5.00"))]
    assert till.total() == 5


# Payments of the older kind


def test_a_gateway_gives_back_what_waited(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))
    desk.pay_legacy("55.00")

    desk.cancel().must()

    money = desk.money()
    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert (money.charged, money.charge_status, money.granted) == (Decimal("25.00"), "PARTIAL", [])
    assert money.fulfillments == [("REFUNDED", THIRTY, 3)]
    assert [event["amount"] for event in money.events("PAYMENT_REFUNDED")] == [30.0]


def test_a_gateway_that_refuses_leaves_the_money_owed(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))
    desk.pay_legacy("55.00", refuses=True)

    desk.cancel().must()

    assert desk.refunds() == [("FAILED", THIRTY)]
    (seen,) = desk.open_refunds()
    assert seen["message"]
    assert desk.retry(seen["id"]).codes == ["REFUND_FAILED"]
    desk.settle()
    (seen,) = desk.open_refunds()
    assert (seen["state"], seen["attempts"]) == ("FAILED", 3)
    assert desk.money().charged == FULL_REFUND


def test_a_whole_order_is_given_back_by_its_gateway(shop: Shop) -> None:
    other = priced(shop, "8.00", free_stock=0)
    shop.allow(limit=100, variant=other).must()
    desk = Desk(shop, buy_lines(empty(shop), [(shop.variant, 3), (other, 2)]))
    desk.pay_legacy("51.00")

    desk.cancel_all().must()

    money = desk.money()
    assert (money.status, money.charged) == ("CANCELED", Decimal("0.00"))
    assert sorted(event["amount"] for event in money.events("PAYMENT_REFUNDED")) == [16.0, 35.0]


# Payment apps that do not simply pay


def test_money_that_was_refused_stays_owed_and_is_asked_for_again(
    desk: Desk, till: PaymentApp
) -> None:
    till.mode = payment_app.REFUSE
    answer = desk.cancel().must()["backorder"]

    assert answer["status"] == "CANCELLED"
    assert desk.refunds() == [("FAILED", THIRTY)]
    (seen,) = desk.open_refunds()
    assert (seen["message"], seen["attempts"]) == (payment_app.REFUSAL, 1)
    money = desk.money()
    assert (money.charged, money.granted) == (FULL_REFUND, [(THIRTY, "FAILURE")])

    till.mode = payment_app.ACCEPT
    desk.settle(due=False)
    assert desk.refunds() == [("FAILED", THIRTY)]
    desk.settle()
    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert (len(till.keys), till.total(), desk.open_refunds()) == (2, 30, [])
    assert desk.money().granted == [(THIRTY, "SUCCESS")]


def test_staff_ask_again_for_what_was_refused(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.REFUSE
    desk.cancel().must()
    (seen,) = desk.open_refunds()

    refused = desk.retry(seen["id"])
    assert (refused.codes, refused.message) == (["REFUND_FAILED"], payment_app.REFUSAL)
    assert desk.refunds() == [("FAILED", THIRTY)]
    assert (desk.money().charged, till.total()) == (FULL_REFUND, 0)

    till.mode = payment_app.ACCEPT
    assert [row["state"] for row in desk.retry(seen["id"]).must()["refunds"]] == ["REFUNDED"]
    assert (till.total(), desk.open_refunds()) == (30, [])
    assert desk.retry(seen["id"]).codes == ["INVALID"]
    assert till.total() == 30


def test_an_app_that_needs_time_is_not_asked_twice(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.PENDING
    desk.cancel().must()
    assert desk.refunds() == [("REQUESTED", THIRTY)]
    (seen,) = desk.open_refunds()
    assert desk.retry(seen["id"]).codes == ["INVALID"]
    desk.settle()
    assert len(till.keys) == 1

    till.settle()
    desk.settle()

    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert (len(till.keys), till.total()) == (1, 30)
    assert desk.money().transactions == [(Decimal("25.00"), THIRTY, Decimal("0.00"))]


def test_an_app_may_need_longer_than_we_would_ask_again(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.PENDING
    desk.cancel().must()
    for _ in range(10):
        desk.settle()
    assert desk.refunds() == [("REQUESTED", THIRTY)]
    till.settle()
    ((due,),) = desk.shop.host.sql(
        "SELECT next_attempt_at > now() FROM saleor_backorders_refund WHERE order_id = %s", desk.key
    )
    assert due is True


@pytest.mark.parametrize("arrived", [False, True], ids=["on its way", "paid"])
def test_money_on_its_way_takes_nothing_from_what_is_owed_next(
    shop: Shop, till: PaymentApp, arrived: bool
) -> None:
    desk = paid(empty(shop), till, 5)
    till.mode = payment_app.PENDING
    desk.cancel(3).must()
    if arrived:
        till.settle()

    desk.cancel(2).must()
    till.settle()
    desk.settle()

    assert desk.refunds() == [("REFUNDED", THIRTY), ("REFUNDED", Decimal("25.00"))]
    assert (till.total(), desk.money().charged) == (55, 0)


def test_an_app_that_paid_and_hung_up_pays_once(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.TIMEOUT
    desk.cancel().must()
    assert desk.refunds() == [("UNKNOWN", THIRTY)]
    assert len(desk.open_refunds()) == 1

    till.mode = payment_app.ACCEPT
    desk.settle()

    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert len(set(till.keys)) == 1
    assert till.total() == 30
    assert desk.money().transactions == [(Decimal("25.00"), THIRTY, Decimal("0.00"))]


def test_an_app_that_answers_twice_pays_once(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.EARLY
    desk.cancel().must()
    till.repeat()
    desk.settle()

    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert (len(till.keys), till.total()) == (1, 30)
    assert desk.money().transactions == [(Decimal("25.00"), THIRTY, Decimal("0.00"))]


def test_money_taken_by_hand_is_shown_to_staff_and_never_asked_for(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))
    desk.charge("55.00")

    desk.cancel().must()
    desk.settle()

    (seen,) = desk.open_refunds()
    assert (seen["state"], seen["attempts"]) == ("OWED", 0)
    assert "by hand" in seen["message"]
    assert desk.retry(seen["id"]).codes == ["INVALID"]


def test_what_staff_paid_back_by_hand_takes_nothing_from_what_is_owed_next(shop: Shop) -> None:
    desk = Desk(empty(shop), shop.buy(5))
    till = desk.charge("55.00")
    desk.cancel(3).must()
    reported = {"token": till["token"], "type": "REFUND_SUCCESS", "amount": 30, "psp": "by hand"}
    shop.tell(TRANSACTION_EVENT_REPORT, reported, shop.staff).must()
    assert desk.money().charged == Decimal("25.00")

    desk.cancel(2).must()

    assert desk.refunds() == [("OWED", THIRTY), ("OWED", Decimal("25.00"))]


# Twice


@pytest.mark.parametrize("quantity", [None, 1, 3])
def test_eight_clicks_with_one_key_are_one_cancellation(
    desk: Desk, till: PaymentApp, quantity: int | None
) -> None:
    found = desk.backorder()["id"]
    key = uuid.uuid4().hex

    with ThreadPoolExecutor(8) as hands:
        answers = list(
            hands.map(lambda _: desk.cancel(quantity, id=found, key=key), range(8))
        )  # fmt: skip

    gone = quantity or 3
    assert {answer.must()["backorder"]["quantityCancelled"] for answer in answers} == {gone}
    assert desk.cancelled_by() == [("staff", gone)]
    assert desk.refunds() == [("REFUNDED", Decimal(10 * gone))]
    assert (len(set(till.keys)), till.total()) == (1, 10 * gone)
    assert_clean(desk.shop)


def test_eight_clicks_without_a_key_refund_once(desk: Desk, till: PaymentApp) -> None:
    found = desk.backorder()["id"]

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: desk.cancel(id=found), range(8)))

    codes = sorted(str(answer.codes) for answer in answers)
    assert codes == ["['INVALID']"] * 7 + ["[]"]
    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert till.total() == 30
    assert_clean(desk.shop)


def test_the_second_click_is_answered_like_the_first_after_the_rest_was_shipped(
    shop: Shop, till: PaymentApp
) -> None:
    desk = paid(empty(shop), till, 5)
    shop.set_stock(2).must()
    shop.fulfil(desk.order, 2).must()
    first = desk.cancel(3, key="once" + desk.key).must()["backorder"]

    again = desk.cancel(3, key="once" + desk.key).must()["backorder"]

    assert (first["status"], first["quantityCancelled"]) == ("FULFILLED", 3)
    assert again == first
    assert (desk.refunds(), till.total()) == ([("REFUNDED", THIRTY)], 30)


def test_a_key_gives_up_no_second_order(desk: Desk, till: PaymentApp) -> None:
    other = Desk(desk.shop, desk.shop.buy(2))
    key = uuid.uuid4().hex
    desk.cancel(1, key=key).must()

    assert other.cancel(1, key=key).codes == ["INVALID"]

    assert other.cancelled_by() == []


def test_a_key_used_for_two_orders_at_once_gives_up_one(desk: Desk, till: PaymentApp) -> None:
    desks = [desk, *(Desk(desk.shop, desk.shop.buy(1)) for _ in range(3))]
    found = [each.backorder()["id"] for each in desks]
    key = uuid.uuid4().hex

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda row: desk.cancel(1, id=row, key=key), found * 3))

    assert sorted(str(answer.codes) for answer in answers) == ["['INVALID']"] * 9 + ["[]"] * 3
    assert sum(len(each.cancelled_by()) for each in desks) == 1


def test_two_workers_settle_the_same_money_once(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.REFUSE
    desk.cancel().must()
    till.mode = payment_app.ACCEPT
    (seen,) = desk.open_refunds()
    desk.shop.host.sql(
        "UPDATE saleor_backorders_refund SET next_attempt_at = now() WHERE order_id = %s", desk.key
    )

    def act(number: int) -> None:
        if number % 2:
            desk.retry(seen["id"])
        else:
            desk.settle(due=False)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(act, range(4)))

    desk.settle()
    assert desk.refunds() == [("REFUNDED", THIRTY)]
    assert till.total() == 30
