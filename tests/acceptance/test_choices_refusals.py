"""Each kind of refusal of a choice, with nothing changed."""

from __future__ import annotations

import base64

import pytest

from tests.acceptance import documents, payment_app
from tests.acceptance.desk import Desk, buy_lines, priced
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Answer, Shop

NO_ORDER = base64.b64encode(b"Order:00000000-0000-4000-8000-000000000000").decode()


def missing(kind: str) -> str:
    """Return the global id of something that is not there."""
    return base64.b64encode(f"{kind}:2147483647".encode()).decode()


@pytest.fixture
def shop(sure_shop: Shop) -> Shop:
    """Open the shop that confirms what it sells."""
    return sure_shop


def tell(desk: Desk, document: str, **variables: object) -> Answer:
    """Say something as staff."""
    return desk.shop.tell_plugin(document, variables, desk.shop.staff)


def test_invalid(desk: Desk, till: PaymentApp) -> None:
    desk.cancel(1).must()
    done = desk.backorder()["refunds"][0]["id"]
    other, link = desk.backorder()["id"], desk.link()
    before = desk.picture()

    for answer in (
        desk.cancel(0),
        desk.cancel(-1),
        desk.cancel(3),
        desk.cancel(reason="x" * 1001),
        desk.cancel(key="k" * 201),
        desk.cancel(id=other, token=link),
        desk.switch(desk.shop.variant),
        desk.switch(priced(desk.shop, "10.01")),
        desk.accept(),
        desk.retry(done),
        tell(desk, documents.OPEN_REFUNDS, first=0),
    ):
        assert answer.codes == ["INVALID"], answer
    assert desk.picture()[:-2] == before[:-2]
    assert (desk.told(), till.total()) == (before[-1], 10)


def test_required(desk: Desk) -> None:
    before = desk.picture()

    for answer in (
        tell(desk, documents.BACKORDER_CANCEL),
        tell(desk, documents.BACKORDER_SWITCH, variantId=desk.shop.variant.id),
        tell(desk, documents.BACKORDER_TAKE_AVAILABLE),
        tell(desk, documents.BACKORDER_ACCEPT_DELAY),
        tell(desk, documents.BACKORDER_REFUND_RETRY, ids=[]),
    ):
        assert answer.codes == ["REQUIRED"], answer
    assert desk.picture() == before


def test_not_found(desk: Desk) -> None:
    gone = missing("Backorder")
    before = desk.picture()

    for answer in (
        desk.cancel(id=gone),
        desk.switch(desk.shop.variant, id=gone),
        desk.switch(missing("ProductVariant")),
        desk.take(id=gone),
        desk.accept(id=gone),
        desk.cancel(token=desk.link()[:-1]),
        desk.retry(missing("Refund")),
        tell(desk, documents.ORDER_BACKORDERS_CANCEL, orderId=NO_ORDER),
    ):
        assert answer.codes == ["NOT_FOUND"], answer
    assert desk.picture() == before


def test_permission_denied(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.REFUSE
    desk.cancel(1).must()
    (owed,) = desk.open_refunds()
    shop = desk.shop
    stranger = shop.add_customer()["token"]
    before = desk.picture()

    for somebody in (None, stranger, shop.host.clerk_token()):
        variables = {"id": desk.backorder()["id"], "by": somebody}
        for answer in (
            desk.cancel(**variables),
            desk.switch(shop.variant, **variables),
            desk.take(**variables),
            desk.accept(**variables),
            desk.cancel(id=missing("Backorder"), by=somebody),
            shop.tell_plugin(
                documents.ORDER_BACKORDERS_CANCEL, {"orderId": desk.order.id}, somebody
            ),
            shop.tell_plugin(documents.ORDER_BACKORDERS_CANCEL, {"orderId": NO_ORDER}, somebody),
            shop.tell_plugin(documents.BACKORDER_REFUND_RETRY, {"ids": [owed["id"]]}, somebody),
            shop.tell_plugin(documents.OPEN_REFUNDS, {}, somebody),
        ):
            assert answer.codes == ["PERMISSION_DENIED"], answer
    assert desk.picture() == before
    assert len(till.keys) == 1


def test_already_fulfilled(desk: Desk) -> None:
    shop = desk.shop
    shop.set_stock(5).must()
    shop.fulfil(desk.order, 5).must()
    other = priced(shop, "8.00")
    before = desk.picture()

    for answer in (desk.cancel(), desk.cancel(1), desk.switch(other)):
        assert answer.codes == ["ALREADY_FULFILLED"], answer
    assert desk.picture() == before


def test_insufficient_stock(shop: Shop) -> None:
    shop.set_stock(0).must()
    desk = Desk(shop, shop.buy(5))
    few = priced(shop, "8.00", free_stock=4)
    before = desk.picture()

    for answer in (desk.switch(few), desk.take()):
        assert answer.codes == ["INSUFFICIENT_STOCK"], answer
    assert desk.picture() == before


def test_refund_failed(desk: Desk, till: PaymentApp) -> None:
    till.mode = payment_app.REFUSE
    desk.cancel().must()
    (owed,) = desk.open_refunds()
    before, money = desk.picture("saleor_backorders_refund")[:-1], desk.money()

    answer = desk.retry(owed["id"])

    assert answer.codes == ["REFUND_FAILED"]
    # What was tried is written down; nothing else is.
    assert desk.open_refunds() == [{**owed, "attempts": 2}]
    assert desk.picture("saleor_backorders_refund")[:-1] == before
    after = desk.money()
    assert (after.charged, after.granted, after.transactions, after.fulfillments) == (
        money.charged, money.granted, money.transactions, money.fulfillments,
    )  # fmt: skip
    assert till.total() == 0


def test_graphql_error(desk: Desk) -> None:
    wrong = desk.order.id
    before = desk.picture()

    for answer in (
        desk.cancel(id=wrong),
        desk.cancel(id="?"),
        desk.switch(wrong),
        desk.take(id=wrong),
        desk.accept(id=wrong),
        desk.retry(wrong),
        tell(desk, documents.ORDER_BACKORDERS_CANCEL, orderId=desk.shop.variant.id),
    ):
        assert answer.codes == ["GRAPHQL_ERROR"], answer
    assert desk.picture() == before


def test_the_link_of_one_line_reaches_no_other(shop: Shop, till: PaymentApp) -> None:
    other = priced(shop, "8.00", free_stock=0)
    shop.allow(limit=100, variant=other).must()
    desk = Desk(shop, buy_lines(shop, [(shop.variant, 5), (other, 2)]))
    desk.charge("71.00", till.install(shop.host))
    link, second = desk.link(0), desk.backorder(1)
    number, _, signature = link.partition(".")
    before = desk.picture()

    moved = f"{int(number) + 1}.{signature}"
    assert desk.cancel(token=moved).codes == ["NOT_FOUND"]
    assert desk.cancel(id=second["id"], token=link).codes == ["INVALID"]
    assert desk.picture() == before

    desk.cancel(token=link).must()
    # A new link is signed each time that staff look.
    assert {**desk.backorder(1), "link": second["link"]} == second
    assert till.total() == 30
