"""Two hundred shoppers want what thirty-seven may have."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.ledger import look
from tests.acceptance.shop import Answer, Shop
from tests.acceptance.test_shipping import assert_clean

SHOPPERS = 200
CONNECTIONS = 20
LIMIT = 37


def race(shop: Shop, carts: list[str]) -> list[Answer]:
    """Complete all carts at once, over two processes of the host."""
    second = shop.host.spawn()
    shops = itertools.cycle([shop, shop.through(second)])
    try:
        with ThreadPoolExecutor(CONNECTIONS) as shoppers:
            return list(shoppers.map(Shop.complete, shops, carts))
    finally:
        second.stop()


def test_exactly_the_limit_waits_and_every_refusal_can_be_read(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.put(0)
    shop.allow(limit=LIMIT).must()
    cart = shop.fill_cart(1).must()["checkout"]["id"]
    carts = [cart, *shop.host.seed("carts", cart=cart, times=SHOPPERS - 1)["ids"]]

    answers = race(shop, carts)

    refused = [answer for answer in answers if not answer.ok]
    assert [answer.crashes for answer in refused if answer.crashes] == []
    assert {tuple(answer.codes) for answer in refused} == {("INSUFFICIENT_STOCK",)}
    assert all(answer.message and "Internal" not in answer.message for answer in refused)
    assert len(answers) - len(refused) == LIMIT
    with shop.host.connect() as connection:
        assert look(connection, shop.variant).waiting == LIMIT
    assert_clean(shop)


def test_a_race_for_shelf_and_limit_sells_each_unit_once(plain_shop: Shop) -> None:
    shop = plain_shop
    shop.put(5)
    shop.allow(limit=7).must()
    cart = shop.fill_cart(1).must()["checkout"]["id"]
    carts = [cart, *shop.host.seed("carts", cart=cart, times=19)["ids"]]

    with ThreadPoolExecutor(CONNECTIONS) as shoppers:
        answers = list(shoppers.map(shop.complete, carts))

    assert sum(answer.ok for answer in answers) == 12
    with shop.host.connect() as connection:
        shelves = look(connection, shop.variant)
    assert (shelves.allocated, shelves.waiting, shelves.over_allocated) == (5, 7, False)
    assert_clean(shop)
