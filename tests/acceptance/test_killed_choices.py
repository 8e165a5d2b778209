"""Killed between any two steps, a choice is made or it is not; and money moves once."""

from __future__ import annotations

import http.client
import threading
import uuid
from decimal import Decimal
from typing import Any
from urllib.error import URLError

import pytest

from tests.acceptance import payment_app
from tests.acceptance.desk import Desk, priced
from tests.acceptance.killing import kill_at
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Answer, Shop, Thing
from tests.acceptance.test_shipping import assert_clean
from tests.acceptance.traffic import wait_until_idle

STEPS = {
    "before the order is held": "SELECT 1 FROM order_order WHERE id = %(order)s FOR UPDATE",
    "once the order is held": (
        "SELECT 1 FROM warehouse_allocation WHERE order_line_id = %(line)s"
        " ORDER BY stock_id FOR UPDATE"
    ),
    "once the line is held": (
        "SELECT 1 FROM warehouse_stock WHERE product_variant_id = %(variant)s"
        " ORDER BY id FOR UPDATE"
    ),
    "once units and money are written": "SELECT pg_advisory_xact_lock(5456463, %(variant)s %% 512)",
}
SWITCH_STEPS = {
    **STEPS,
    "before the other's units are held": (
        "SELECT 1 FROM warehouse_stock WHERE product_variant_id = %(other)s ORDER BY id FOR UPDATE"
    ),
}
AFTERWARDS = "SELECT 1 FROM payment_transactionitem WHERE order_id = %(order)s FOR NO KEY UPDATE"
"""Nobody can be asked for the money; that it is owed may be written."""
BY_GATEWAY = "SELECT 1 FROM payment_payment WHERE order_id = %(order)s FOR NO KEY UPDATE"


@pytest.fixture
def shop(sure_shop: Shop) -> Shop:
    """Open the shop that confirms what it sells."""
    return sure_shop


def values(desk: Desk, other: Thing | None = None) -> dict[str, Any]:
    """Return the keys of what the steps lock."""
    ((line,),) = desk.shop.host.sql("SELECT id FROM order_orderline WHERE order_id = %s", desk.key)
    keys: dict[str, Any] = {"order": desk.key, "line": line, "variant": desk.shop.variant.pk}
    return {**keys, "other": other and other.pk}


def through(desk: Desk, shop: Shop) -> Desk:
    """Return the same order as another process serves it."""
    return Desk(shop, desk.order)


@pytest.mark.parametrize("step", STEPS)
def test_cancelling_is_done_whole_or_not_at_all(desk: Desk, till: PaymentApp, step: str) -> None:
    found, key = desk.backorder()["id"], uuid.uuid4().hex
    before = desk.picture()

    def act(shop: Shop) -> Answer:
        return through(desk, shop).cancel(id=found, key=key, by=desk.shop.staff)

    kill_at(desk.shop, act, STEPS[step], values(desk))

    assert desk.picture() == before
    assert till.keys == []
    act(desk.shop).must()
    assert desk.refunds() == [("REFUNDED", Decimal("30.00"))]
    assert (till.total(), desk.shop.order(desk.order).split) == (30, (2, 0))
    assert_clean(desk.shop)


@pytest.mark.parametrize("step", SWITCH_STEPS)
def test_switching_is_done_whole_or_not_at_all(desk: Desk, till: PaymentApp, step: str) -> None:
    other = priced(desk.shop, "8.00")
    found = desk.backorder()["id"]
    before = desk.picture()

    def act(shop: Shop) -> Answer:
        return through(desk, shop).switch(other, id=found, by=desk.shop.staff)

    kill_at(desk.shop, act, SWITCH_STEPS[step], values(desk, other))

    assert desk.picture() == before
    assert till.keys == []
    act(desk.shop).must()
    assert desk.refunds() == [("REFUNDED", Decimal("6.00"))]
    assert (till.total(), desk.shop.order(desk.order).split) == (6, (2, 0))
    assert_clean(desk.shop)


def owed_after_a_crash(desk: Desk) -> list[tuple[str, Decimal]]:
    """Return what is owed, once it is seen that units and order are as they would be."""
    assert desk.shop.order(desk.order).split == (2, 0)
    assert desk.money().charged == Decimal("55.00")
    assert_clean(desk.shop)
    assert len(desk.open_refunds()) == 1
    return desk.refunds()


@pytest.mark.parametrize("choice", ["cancel", "switch"])
def test_killed_before_the_money_is_asked_for_it_is_paid_by_the_task(
    desk: Desk, till: PaymentApp, choice: str
) -> None:
    other = priced(desk.shop, "8.00")
    found = desk.backorder()["id"]
    amount = Decimal("30.00") if choice == "cancel" else Decimal("6.00")

    def act(shop: Shop) -> Answer:
        doomed = through(desk, shop)
        if choice == "cancel":
            return doomed.cancel(id=found, by=desk.shop.staff)
        return doomed.switch(other, id=found, by=desk.shop.staff)

    kill_at(desk.shop, act, AFTERWARDS, values(desk))

    assert owed_after_a_crash(desk) == [("REQUESTED", amount)]
    assert act(desk.shop).codes == ["INVALID"]
    assert till.keys == []
    desk.settle()
    desk.settle()
    assert desk.refunds() == [("REFUNDED", amount)]
    assert (len(till.keys), till.total()) == (1, amount)


def test_killed_before_a_gateway_is_asked_it_is_asked_by_the_task(shop: Shop) -> None:
    desk = Desk(shop, shop.buy(5))
    desk.pay_legacy("55.00")
    found = desk.backorder()["id"]

    kill_at(
        shop,
        lambda doomed: through(desk, doomed).cancel(id=found, by=shop.staff),
        BY_GATEWAY,
        values(desk),
    )

    assert owed_after_a_crash(desk) == [("REQUESTED", Decimal("30.00"))]
    desk.settle()
    desk.settle()
    assert desk.refunds() == [("REFUNDED", Decimal("30.00"))]
    money = desk.money()
    assert money.charged == Decimal("25.00")
    assert len(money.events("PAYMENT_REFUNDED")) == 1


def test_killed_while_the_app_pays_it_is_paid_once(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.HANG
    found = desk.backorder()["id"]
    victim = desk.shop.host.spawn()
    doomed = through(desk, desk.shop.through(victim))

    def until_it_dies() -> None:
        try:
            doomed.cancel(id=found, by=desk.shop.staff)
        except (URLError, ConnectionError, http.client.HTTPException):
            return

    worker = threading.Thread(target=until_it_dies)
    worker.start()
    assert till.heard.wait(30)
    victim.kill()
    worker.join()
    wait_until_idle(desk.shop)
    till.let_go.set()

    assert owed_after_a_crash(desk) == [("REQUESTED", Decimal("30.00"))]
    assert till.total() == 30
    till.mode = payment_app.ACCEPT
    desk.settle()
    desk.settle()

    assert desk.refunds() == [("REFUNDED", Decimal("30.00"))]
    assert (len(set(till.keys)), till.total()) == (1, 30)
    assert desk.money().transactions == [(Decimal("25.00"), Decimal("30.00"), Decimal("0.00"))]
