"""A voucher for waiting, and a credit for a delay, spent at the host's own checkout."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.dock import day
from tests.acceptance.patience import ADA, Patience, refusals
from tests.acceptance.shop import Placed, Shop

NOT_APPLICABLE = "VOUCHER_NOT_APPLICABLE"


@pytest.fixture
def patient(plain_shop: Shop) -> Patience:
    """Open a shop that gives ten percent for waiting."""
    return Patience(plain_shop, percent=10)


@pytest.fixture
def waited(patient: Patience) -> Placed:
    """Let Ada wait, and be given her voucher."""
    order = patient.wait(3)
    patient.deliver()
    return order


def credit(shop: Shop, **rule: Any) -> Patience:
    """Open a shop that gives five for each started week of a delay."""
    return Patience(shop, creditPerWeek=5, **rule)


# for waiting


def test_a_voucher_for_waiting_is_shown_before_and_given_after_the_order(
    patient: Patience,
) -> None:
    shown = patient.preview(2)
    assert shown == {"percent": 10, "message": "10% off your next order for waiting"}
    order = patient.wait(2)
    assert patient.shown(order) is None
    patient.deliver()
    offer = patient.shown(order)
    assert offer is not None
    assert (offer["kind"], offer["percent"], offer["amount"]) == ("WAITING", 10, None)
    assert (offer["code"], offer["usedAt"]) == (patient.code(order), None)
    assert offer["validFrom"][:10] == day(0)
    assert offer["validUntil"][:10] == day(90)


def test_nothing_is_shown_or_given_where_nothing_waits(patient: Patience) -> None:
    patient.shop.set_stock(5).must()
    assert patient.preview(5) is None
    order = patient.wait(5)
    patient.deliver()
    assert patient.given(order) == []


def test_a_voucher_works_once(patient: Patience, waited: Placed) -> None:
    code = patient.code(waited)
    cart = patient.cart_with(code)
    bought = patient.shop.complete(cart)
    assert patient.total(bought) == Decimal("23.00")

    again = patient.enter(patient.cart(), code)
    assert refusals(again) == [("promoCode", "INVALID")]
    (given,) = patient.given(waited)
    assert (given.is_used, given.is_withdrawn) == (True, False)
    assert given.used_order is not None
    offer = patient.shown(waited)
    assert offer is not None
    assert offer["usedAt"] is not None


def test_a_voucher_works_once_for_two_checkouts_at_the_same_moment(
    patient: Patience, waited: Placed
) -> None:
    others = [patient.wait() for _ in range(3)]
    patient.deliver()
    for order in (waited, *others):
        carts = [patient.cart_with(patient.code(order)) for _ in range(6)]
        before = patient.orders()
        with ThreadPoolExecutor(len(carts)) as shoppers:
            answers = list(shoppers.map(patient.shop.complete, carts))

        (sold,) = (answer for answer in answers if answer.ok)
        assert patient.total(sold) == Decimal("23.00")
        refused = [answer for answer in answers if not answer.ok]
        assert {tuple(refusals(answer)) for answer in refused} == {
            (("voucherCode", NOT_APPLICABLE),)
        }
        assert patient.orders() == before + 1


def test_a_voucher_is_for_its_customer_only(patient: Patience, waited: Placed) -> None:
    code = patient.code(waited)
    before = patient.orders()
    stolen = patient.shop.complete(patient.cart_with(code, email="eve@example.com"))
    assert refusals(stolen) == [("promoCode", NOT_APPLICABLE)]
    assert stolen.message == "This voucher was given to another e-mail address."
    assert patient.orders() == before
    assert patient.codes_that_hold(code) == [True]

    own = patient.shop.complete(patient.cart_with(code, email=ADA.upper()))
    assert patient.total(own) == Decimal("23.00")


def test_a_stranger_who_pays_in_the_older_way_does_not_use_it_up(
    patient: Patience, waited: Placed
) -> None:
    if patient.shop.host.name == "sandbox":
        pytest.skip("the sandbox's checkouts are paid by transactions")
    patient.want_payment()
    code = patient.code(waited)
    cart = patient.cart_with(code, email="eve@example.com")
    patient.pay(cart, "23.00")
    # Here Saleor switches the code off before it asks its plugins.
    assert refusals(patient.shop.complete(cart)) == [("promoCode", NOT_APPLICABLE)]
    assert patient.codes_that_hold(code) == [True]
    assert patient.given(waited)[0].is_used is False

    own = patient.cart_with(code)
    patient.pay(own, "23.00")
    assert patient.total(patient.shop.complete(own)) == Decimal("23.00")
    assert patient.codes_that_hold(code) == [False]
    assert patient.given(waited)[0].used_order is not None


def test_a_signed_in_customer_may_use_it_for_an_order_to_somebody_else(patient: Patience) -> None:
    customer = patient.shop.add_customer()
    order = patient.wait(1, email=customer["email"], token=customer["token"])
    patient.deliver()
    code = patient.code(order)
    cart = patient.cart_with(code, email="friend@example.com", token=customer["token"])
    assert patient.total(patient.shop.complete(cart, customer["token"])) == Decimal("23.00")
    assert patient.codes_that_hold(code) == [False]


def test_a_voucher_works_until_its_day(patient: Patience, waited: Placed) -> None:
    code = patient.code(waited)
    cart = patient.cart_with(code)
    patient.move(code, end_date="-1 second")

    assert refusals(patient.enter(patient.cart(), code)) == [("promoCode", "INVALID")]
    late = patient.shop.complete(cart)
    assert refusals(late) == [("voucherCode", NOT_APPLICABLE)]
    assert patient.given(waited)[0].is_used is False
    patient.move(code, end_date="1 minute")
    assert patient.total(patient.shop.complete(cart)) == Decimal("23.00")


def test_a_voucher_works_from_its_day(plain_shop: Shop) -> None:
    patient = Patience(plain_shop, percent=10, offerStartDays=3, offerValidDays=4)
    order = patient.wait()
    patient.deliver()
    code, offer = patient.code(order), patient.shown(order)
    assert offer is not None
    assert (offer["validFrom"][:10], offer["validUntil"][:10]) == (day(3), day(7))

    assert refusals(patient.enter(patient.cart(), code)) == [("promoCode", "INVALID")]
    patient.move(code, start_date="-1 second")
    assert patient.total(patient.shop.complete(patient.cart_with(code))) == Decimal("23.00")


def test_a_voucher_wants_its_minimum(plain_shop: Shop) -> None:
    patient = Patience(plain_shop, percent=10, offerMinimum=30)
    order = patient.wait()
    patient.deliver()
    code = patient.code(order)

    small = patient.enter(patient.cart(2), code)
    assert refusals(small) == [("promoCode", NOT_APPLICABLE)]
    cart = patient.cart_with(code, units=3)
    # Too small again: the host drops the code.
    assert patient.change(cart, 2) == Decimal("25.0")
    assert patient.change(cart, 3) == Decimal("35.0")
    patient.enter(cart, code).must()
    assert patient.total(patient.shop.complete(cart)) == Decimal("32.00")


def test_a_voucher_is_given_once_by_workers_at_the_same_moment(patient: Patience) -> None:
    orders = [patient.wait() for _ in range(12)]
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(lambda _: patient.deliver(), range(12)))

    assert [len(patient.given(order)) for order in orders] == [1] * len(orders)
    codes = [patient.code(order) for order in orders]
    ((vouchers, count),) = patient.shop.host.sql(
        "SELECT count(DISTINCT voucher_id), count(*) FROM discount_vouchercode"
        " WHERE code = ANY (%s)",
        codes,
    )
    assert (vouchers, count) == (1, len(orders))
    ((messages,),) = patient.shop.host.sql(
        "SELECT count(*) FROM saleor_backorders_message WHERE kind = 'offer' AND channel_id = %s",
        patient.shop.channel.pk,
    )
    assert messages == len(orders)


# for a delay


def test_a_credit_grows_by_the_difference_with_each_slip(plain_shop: Shop) -> None:
    patient = credit(plain_shop)
    pallet, (order,) = patient.late(5, 2)
    patient.deliver()
    patient.deliver()
    assert [each.worth for each in patient.given(order)] == [("slip", 1, 0, Decimal(5))]

    patient.dock.slip(pallet, 10 + 15)
    patient.deliver()
    first, second = patient.given(order)
    assert second.worth == ("slip", 3, 0, Decimal(10))
    offer = patient.shown(order)
    assert offer is not None
    assert offer["amount"] == {"amount": 10, "currency": "USD"}
    assert patient.total(patient.shop.complete(patient.cart_with(first.code))) == Decimal("20.00")
    assert patient.total(patient.shop.complete(patient.cart_with(second.code))) == Decimal("15.00")


def test_a_credit_is_no_more_than_the_goods_cost(plain_shop: Shop) -> None:
    patient = credit(plain_shop)
    _, (order,) = patient.late(30, 2)
    patient.deliver()
    (given,) = patient.given(order)
    assert given.amount == Decimal(25)
    assert patient.total(patient.shop.complete(patient.cart_with(given.code))) == Decimal("5.00")


def test_a_delay_within_the_tolerance_earns_nothing(plain_shop: Shop) -> None:
    patient = credit(plain_shop, toleranceDays=5)
    _, (order,) = patient.late(5, 2)
    patient.deliver()
    assert patient.given(order) == []


def test_a_credit_stops_at_its_ceiling(plain_shop: Shop) -> None:
    patient = credit(plain_shop, creditMost=12)
    pallet, (order,) = patient.late(14, 2)
    patient.deliver()
    patient.dock.slip(pallet, 10 + 50)
    patient.deliver()
    patient.dock.slip(pallet, 10 + 60)
    patient.deliver()
    assert [each.amount for each in patient.given(order)] == [Decimal(10), Decimal(2)]


def test_workers_at_the_same_moment_give_no_more_than_the_budget(plain_shop: Shop) -> None:
    patient = credit(plain_shop, creditBudget=22)
    _, orders = patient.late(5, *[1] * 10)
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(lambda _: patient.deliver(), range(12)))

    given = [patient.given(order) for order in orders]
    assert sorted(len(each) for each in given) == [0] * 6 + [1] * 4
    assert patient.uptake()["amountIssued"] == [{"amount": 20, "currency": "USD"}]


# taken back


def test_what_is_cancelled_unused_is_withdrawn(patient: Patience, waited: Placed) -> None:
    code = patient.code(waited)
    cart = patient.cart_with(code)
    patient.desk(waited).cancel().must()

    (given,) = patient.given(waited)
    assert (given.is_used, given.is_withdrawn) == (False, True)
    assert patient.codes_that_hold(code) == [False]
    assert patient.shown(waited) is None
    assert refusals(patient.enter(patient.cart(), code)) == [("promoCode", "INVALID")]
    assert refusals(patient.shop.complete(cart)) == [("voucherCode", NOT_APPLICABLE)]


def test_what_the_host_cancels_is_withdrawn_by_the_next_run(
    patient: Patience, waited: Placed
) -> None:
    other = patient.wait()
    patient.deliver()
    patient.shop.cancel(waited).must()
    patient.deliver()
    assert [patient.given(order)[0].is_withdrawn for order in (waited, other)] == [True, False]
    assert patient.codes_that_hold(patient.code(waited), patient.code(other)) == [False, True]


def test_a_part_that_is_cancelled_takes_nothing_back(patient: Patience, waited: Placed) -> None:
    patient.desk(waited).cancel(2).must()
    patient.deliver()
    assert patient.given(waited)[0].is_withdrawn is False
    assert patient.codes_that_hold(patient.code(waited)) == [True]


def test_a_credit_is_withdrawn_like_the_rest(plain_shop: Shop) -> None:
    patient = credit(plain_shop)
    _, (order,) = patient.late(5, 2)
    patient.deliver()
    patient.desk(order).cancel().must()
    assert patient.given(order)[0].is_withdrawn is True


def test_a_used_one_stays(patient: Patience, waited: Placed) -> None:
    code = patient.code(waited)
    patient.shop.complete(patient.cart_with(code)).must()
    patient.desk(waited).cancel().must()
    patient.deliver()
    (given,) = patient.given(waited)
    assert (given.is_used, given.is_withdrawn) == (True, False)


def test_who_was_too_late_for_the_last_unit_still_has_the_voucher(patient: Patience) -> None:
    shop = patient.shop
    last = shop.add_product()
    shop.put(0, variant=last)
    shop.allow(limit=1, variant=last).must()
    people = [f"shopper-{number}@example.com" for number in range(6)]
    orders = [patient.wait(email=email) for email in people]
    patient.deliver()
    codes = [patient.code(order) for order in orders]
    carts = [
        shop.fill_cart(1, variant=last, email=email).must()["checkout"]["id"] for email in people
    ]
    for cart, code in zip(carts, codes, strict=True):
        patient.enter(cart, code).must()
    with ThreadPoolExecutor(len(carts)) as shoppers:
        answers = list(shoppers.map(shop.complete, carts))
    assert sorted(tuple(answer.codes) for answer in answers) == [
        (), *[("INSUFFICIENT_STOCK",)] * 5,
    ]  # fmt: skip

    # Saleor takes the release of a code back together with the order that failed.
    shop.host.sql(
        "UPDATE saleor_backorders_offer SET used_at = used_at - interval '11 minutes'"
        " WHERE code = ANY (%s)",
        codes,
    )
    patient.deliver(look_back=True)
    assert patient.codes_that_hold(*codes) == [not answer.ok for answer in answers]

    shop.allow(limit=10, variant=last).must()
    (cart, code) = next(
        (cart, code) for cart, code, answer in zip(carts, codes, answers, strict=True)
        if not answer.ok
    )  # fmt: skip
    assert patient.total(shop.complete(cart)) == Decimal("14.00")
    assert patient.codes_that_hold(code) == [False]


# what became of them


def test_uptake_counts_what_became_of_the_channels_vouchers(plain_shop: Shop) -> None:
    patient = credit(plain_shop)
    _, orders = patient.late(5, 1, 1, 1, 1)
    patient.deliver()
    used, gone, old, _ = orders
    patient.shop.complete(patient.cart_with(patient.code(used))).must()
    patient.desk(gone).cancel().must()
    patient.shop.host.sql(
        "UPDATE saleor_backorders_offer SET valid_until = now() - interval '1 day' WHERE code = %s",
        patient.code(old),
    )
    everything = {
        "issued": 4, "used": 1, "withdrawn": 1, "expired": 1, "open": 1,
        "amountIssued": [{"amount": 20, "currency": "USD"}],
        "amountUsed": [{"amount": 5, "currency": "USD"}],
    }  # fmt: skip
    assert patient.uptake() == everything
    assert patient.uptake(gte=day(0), lte=day(0)) == everything
    assert patient.uptake(lte=day(-1))["issued"] == 0
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    patient.shop.host.sql(
        "UPDATE saleor_backorders_offer SET issued_at = %s::timestamptz WHERE code = %s",
        yesterday, patient.code(old),
    )  # fmt: skip
    assert patient.uptake(gte=day(0))["issued"] == 3
