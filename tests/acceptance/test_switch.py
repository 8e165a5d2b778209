"""Something that is here instead of waiting; keep waiting; have what is here shipped."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance import payment_app
from tests.acceptance.desk import Desk, priced, set_price
from tests.acceptance.dock import Dock, day
from tests.acceptance.money import Money, money_of
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Shop
from tests.acceptance.test_shipping import assert_clean

GONE = base64.b64encode(b"ProductVariant:2147483647").decode()
NOTE = "NOTE_ADDED"


@pytest.fixture
def shop(sure_shop: Shop) -> Shop:
    """Open the shop that confirms what it sells."""
    return sure_shop


def replacement(shop: Shop, payload: Any) -> Money:
    """Read the order that was made instead."""
    return money_of(shop, payload["replacementOrderId"])


def decided(desk: Desk) -> list[tuple[str, str]]:
    """Return every decision about the order that was asked for: what, and by whom."""
    found: Any = desk.shop.host.sql(
        "SELECT d.state, d.decided_by FROM saleor_backorders_decision d"
        " JOIN saleor_backorders_backorder b ON b.id = d.backorder_id"
        " WHERE b.order_id = %s ORDER BY d.id",
        desk.key,
    )
    return list(found)


def test_an_equal_price_moves_no_money(desk: Desk, till: PaymentApp) -> None:
    other = priced(desk.shop, "10.00")

    done = desk.switch(other).must()

    assert (done["backorder"]["status"], done["backorder"]["quantityCancelled"]) == ("CANCELLED", 3)
    new = replacement(desk.shop, done)
    assert (new.status, new.charge_status) == ("UNFULFILLED", "FULL")
    assert (new.total, new.charged) == (Decimal("30.00"), Decimal("30.00"))
    (line,) = new.raw["lines"]
    assert (line["variant"]["id"], line["quantity"]) == (other.id, 3)
    assert [each["quantity"] for each in line["allocations"]] == [3]
    old = desk.money()
    assert old.fulfillments == [("REPLACED", None, 3)]
    assert len(old.events("ORDER_REPLACEMENT_CREATED")) == 1
    assert (old.granted, old.charged, till.total()) == ([], Decimal("55.00"), 0)
    assert desk.shop.order(desk.order).split == (2, 0)
    assert desk.refunds() == []
    assert_clean(desk.shop)


def test_a_cheaper_one_gives_back_the_difference(desk: Desk, till: PaymentApp) -> None:
    other = priced(desk.shop, "8.33")

    done = desk.switch(other).must()

    assert replacement(desk.shop, done).total == Decimal("24.99")
    assert desk.refunds() == [("REFUNDED", Decimal("5.01"))]
    money = desk.money()
    assert money.granted == [(Decimal("5.01"), "SUCCESS")]
    assert (money.charged, till.total()) == (Decimal("49.99"), Decimal("5.01"))
    assert len(till.keys) == 1


def test_the_difference_counts_what_the_line_really_cost(shop: Shop, till: PaymentApp) -> None:
    shop.set_stock(0).must()
    set_price(shop, shop.variant, "9.99")
    for variant in (shop.variant, other := priced(shop, "8.00")):
        shop.host.seed(
            "taxes",
            channel=shop.channel.pk,
            percent="23",
            prices_entered_with_tax=False,
            variants=[variant.pk],
            method=shop.method.pk,
        )
    desk = Desk(shop, shop.buy(7))
    total = desk.money().total
    desk.charge(str(total), till.install(shop.host))

    done = desk.switch(other).must()

    # 7 x 8.00 and 23 %; the old ones came to 86.01 or 86.02, as the host rounds.
    new = replacement(shop, done)
    assert new.total == Decimal("68.88")
    difference = total - Decimal("6.15") - new.total
    assert desk.refunds() == [("REFUNDED", difference)]
    assert till.total() == difference


def test_an_unpaid_order_is_owed_no_difference(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))

    desk.switch(priced(shop, "8.00")).must()

    assert (desk.refunds(), desk.money().granted) == ([], [])


def test_a_difference_that_is_refused_stays_owed(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.REFUSE
    desk.switch(priced(desk.shop, "8.00")).must()

    assert [row["state"] for row in desk.open_refunds()] == ["FAILED"]
    till.mode = payment_app.ACCEPT
    desk.settle()

    assert desk.refunds() == [("REFUNDED", Decimal("6.00"))]
    assert till.total() == 6


def test_a_dearer_one_is_given_only_where_the_shop_says_so(desk: Desk, till: PaymentApp) -> None:
    other = priced(desk.shop, "17.77")
    before = desk.picture()

    assert desk.switch(other).codes == ["INVALID"]
    assert desk.picture() == before

    Dock(desk.shop).rule(dearerAtSamePrice=True).must()
    done = desk.switch(other).must()

    new = replacement(desk.shop, done)
    assert (new.total, new.charge_status) == (Decimal("30.00"), "FULL")
    assert (desk.refunds(), till.total()) == ([], 0)


def test_what_cannot_be_had_is_not_given(desk: Desk) -> None:
    shop = desk.shop
    elsewhere = shop.branch()
    few = priced(shop, "8.00", free_stock=2)
    foreign = elsewhere.add_product(elsewhere.channel)
    shop.put(10, variant=foreign)
    before = desk.picture()

    for wanted, code in [
        (few.id, "INSUFFICIENT_STOCK"),
        (foreign.id, "NOT_FOUND"),
        (GONE, "NOT_FOUND"),
        (shop.variant.id, "INVALID"),
        (shop.channel.id, "GRAPHQL_ERROR"),
    ]:
        answer = desk.switch(wanted)
        assert answer.codes == [code], answer
        assert desk.picture() == before


def test_units_that_somebody_waits_for_are_not_taken(desk: Desk) -> None:
    shop = desk.shop
    other = priced(shop, "8.00", free_stock=3)
    shop.allow(limit=10, variant=other).must()
    ahead = shop.buy(5, variant=other)
    before = desk.picture()

    assert desk.switch(other).codes == ["INSUFFICIENT_STOCK"]
    assert desk.picture() == before
    assert shop.order(ahead).split == (3, 2)

    shop.set_stock(8, variant=other).must()
    desk.switch(other).must()
    assert shop.order(ahead).split == (5, 0)


def test_those_behind_move_forward(shop: Shop, till: PaymentApp) -> None:
    dock = Dock(shop)
    shop.set_stock(0).must()
    desk = Desk(shop, shop.buy(3))
    behind = shop.buy(3)
    dock.pallet(3, 4)
    dock.pallet(3, 9)
    assert dock.dates(behind)[1] == day(9)

    desk.switch(priced(shop, "10.00")).must()

    assert dock.dates(behind)[1] == day(4)
    assert dock.parts(behind) == [(3, day(4), "INCOMING_SHIPMENT")]
    assert_clean(shop)


def test_eight_clicks_make_one_order(desk: Desk, till: PaymentApp) -> None:
    other = priced(desk.shop, "8.00", free_stock=20)
    ((orders,),) = desk.shop.host.sql("SELECT count(*) FROM order_order")
    found = desk.backorder()["id"]

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: desk.switch(other, id=found), range(8)))

    assert sorted(str(answer.codes) for answer in answers) == ["['INVALID']"] * 7 + ["[]"]
    assert desk.shop.host.sql("SELECT count(*) FROM order_order") == [(orders + 1,)]
    assert (desk.refunds(), till.total()) == ([("REFUNDED", Decimal("6.00"))], 6)
    assert_clean(desk.shop)


# Answers to a delay


@pytest.fixture
def asked(shop: Shop, till: PaymentApp) -> Desk:
    """Let a date slip so that the customer is asked."""
    dock = Dock(shop)
    pallet = dock.pallet(3, 3)
    desk = Desk(shop, shop.buy(5))
    desk.charge("55.00", till.install(shop.host))
    dock.slip(pallet, 20)
    assert decided(desk) == [("open", "")]
    return desk


def test_taking_something_else_is_an_answer(asked: Desk) -> None:
    asked.switch(priced(asked.shop, "8.00"), token=asked.link()).must()

    assert decided(asked) == [("switched", "customer")]
    assert asked.cancelled_by() == [("customer", 3)]


def test_giving_up_is_an_answer_once_nothing_waits(asked: Desk) -> None:
    asked.cancel(1).must()
    assert decided(asked) == [("open", "")]

    asked.cancel().must()

    assert decided(asked) == [("cancelled", "staff")]


def test_keeping_waiting_is_an_answer_and_later_slips_count_from_the_new_date(
    asked: Desk,
) -> None:
    answer = asked.accept(token=asked.link()).must()
    assert answer["backorder"]["decision"] is None
    assert decided(asked) == [("kept_waiting", "customer")]
    assert asked.accept().codes == ["INVALID"]

    dock = Dock(asked.shop)
    (pallet,) = dock.pallets(variantIds=[asked.shop.variant.id])
    dock.slip(pallet["id"], 21)
    assert len(decided(asked)) == 1
    dock.slip(pallet["id"], 27)

    assert decided(asked)[1:] == [("open", "")]
    assert dock.slipped(asked.order) == [7]


# What is here


def test_what_is_here_is_asked_for_once(desk: Desk) -> None:
    desk.take(token=desk.link()).must()
    desk.take(token=desk.link()).must()
    desk.take().must()

    (note,) = desk.money().events(NOTE)
    assert note["message"].startswith("The customer asks to have 2 of ")
    assert desk.shop.order(desk.order).split == (2, 3)

    desk.shop.set_stock(3).must()
    desk.take().must()
    assert ["have 3 of" in note["message"] for note in desk.money().events(NOTE)] == [False, True]


def test_eight_who_ask_for_what_is_here_leave_one_note(desk: Desk) -> None:
    found = desk.backorder()["id"]

    with ThreadPoolExecutor(8) as hands:
        for answer in hands.map(lambda _: desk.take(id=found), range(8)):
            answer.must()

    assert len(desk.money().events(NOTE)) == 1


def test_where_nothing_is_here_nothing_is_asked_for(shop: Shop) -> None:
    shop.set_stock(0).must()
    desk = Desk(shop, shop.buy(5))
    before = desk.picture()

    assert desk.take().codes == ["INSUFFICIENT_STOCK"]

    assert desk.picture() == before
