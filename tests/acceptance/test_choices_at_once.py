"""Customers choose while goods arrive, priorities move and rules change."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from tests.acceptance.desk import Desk, priced
from tests.acceptance.dock import Dock
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Answer, Shop
from tests.acceptance.test_shipping import assert_clean
from tests.acceptance.traffic import wait_until_idle

ORDERS = 6
HANDS = 6
DEEDS = 20
REFUSALS = {"INVALID", "ALREADY_FULFILLED", "INSUFFICIENT_STOCK", "NOT_FOUND"}


def test_nobody_breaks_down_and_every_cent_is_accounted_for(plain_shop: Shop) -> None:
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(2)
    shop.allow(limit=100).must()
    other = priced(shop, "8.00", free_stock=9)
    dock = Dock(shop)
    with PaymentApp() as till:
        app = till.install(shop.host)
        desks = [Desk(shop, shop.buy(5)) for _ in range(ORDERS)]
        for desk in desks:
            desk.charge("55.00", app)

        def deeds(seed: int) -> list[Callable[[], Answer]]:
            chance = random.Random(seed)  # noqa: S311
            desk = chance.choice(desks)
            found = {"id": desk.backorder()["id"]}
            return chance.sample(
                [
                    lambda: desk.cancel(1, **found),
                    lambda: desk.cancel(1, **found),
                    lambda: desk.take(**found),
                    lambda: desk.accept(**found),
                    lambda: desk.switch(other, **found),
                    lambda: desk.cancel_all(),
                    lambda: shop.prioritise(desk.order, chance.randint(0, 5)),
                    lambda: shop.allow(limit=chance.randint(0, 100)),
                    lambda: dock.book(dock.pallet(1, 3)),
                    lambda: shop.try_to_buy(1),
                ],
                k=DEEDS // HANDS,
            )

        def act(seed: int) -> list[Answer]:
            return [deed() for deed in deeds(seed)]

        with ThreadPoolExecutor(HANDS) as hands:
            answers = [answer for done in hands.map(act, range(DEEDS)) for answer in done]
        wait_until_idle(shop)

    assert [answer.crashes for answer in answers if answer.crashes] == []
    assert {code for answer in answers for code in answer.codes} <= REFUSALS
    for desk in desks:
        back = sum((amount for state, amount in desk.refunds()), Decimal(0))
        assert desk.money().charged == Decimal("55.00") - back
        assert desk.open_refunds() == []
    assert till.total() == sum(sum(a for _, a in desk.refunds()) for desk in desks)
    assert_clean(shop)
