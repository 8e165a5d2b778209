"""Dates follow from what is on its way and from the place in the queue; slips are asked about."""

from __future__ import annotations

import pytest

from tests.acceptance import documents
from tests.acceptance.dock import LEAD_TIME, SHIPMENT, Dock, day
from tests.acceptance.shop import Placed, Shop
from tests.acceptance.test_shipping import assert_clean


class Story:
    """Three customers wait for 40, 30 and 50; 60 come on the 4th day and 40 on the 18th."""

    def __init__(self, shop: Shop) -> None:
        shop.put(0)
        shop.allow(leadTimeDays=30).must()
        self.shop = shop
        self.dock = Dock(shop)
        self.soon = self.dock.pallet(60, 4)
        self.later = self.dock.pallet(40, 18)
        self.first, self.second, self.third = (shop.buy(units) for units in (40, 30, 50))

    @property
    def orders(self) -> tuple[Placed, Placed, Placed]:
        """Return the orders in the order in which they were placed."""
        return self.first, self.second, self.third

    def dates(self) -> list[tuple[str, str]]:
        """Return promised and expected day of each."""
        return [self.dock.dates(order) for order in self.orders]


@pytest.fixture
def story(shop: Shop) -> Story:
    """Begin the story in every setting of the host."""
    return Story(shop)


def test_each_place_in_the_queue_gets_the_date_of_what_covers_it(story: Story) -> None:
    assert story.dates() == [(day(4), day(4)), (day(18), day(18)), (day(30), day(30))]
    assert story.dock.parts(story.second) == [(20, day(4), SHIPMENT), (10, day(18), SHIPMENT)]
    assert story.dock.parts(story.third) == [(30, day(18), SHIPMENT), (20, day(30), LEAD_TIME)]
    assert story.dock.read(story.soon)["lines"][0]["quantityPromised"] == 60
    assert story.dock.read(story.later)["lines"][0]["quantityPromised"] == 40
    assert_clean(story.shop)


def test_a_slip_moves_whom_the_pallet_covers_and_asks_each_once(story: Story) -> None:
    story.dock.slip(story.soon, 9)

    assert story.dates() == [(day(4), day(9)), (day(18), day(18)), (day(30), day(30))]
    assert story.dock.parts(story.second) == [(20, day(9), SHIPMENT), (10, day(18), SHIPMENT)]
    assert story.dock.slipped(*story.orders) == [5, 5, None]
    assert [event["type"] for event in story.dock.promise(story.first)["events"]] == [
        "PLACED", "PROMISED", "DATE_MOVED", "DECISION_ASKED",
    ]  # fmt: skip
    assert [event["type"] for event in story.dock.promise(story.third)["events"]] == [
        "PLACED", "PROMISED",
    ]  # fmt: skip
    assert story.dock.promise(story.first)["isLate"] is True
    assert story.dock.promise(story.second)["isLate"] is False
    assert_clean(story.shop)


def test_an_urgent_order_takes_its_place_and_redates_who_stands_behind(story: Story) -> None:
    story.shop.allow(leadTimeDays=30, priority=10).must()
    urgent = story.shop.buy(20)

    assert story.dock.dates(urgent) == (day(4), day(4))
    assert story.dates() == [(day(4), day(4)), (day(18), day(18)), (day(30), day(30))]
    assert story.dock.parts(story.second) == [(30, day(18), SHIPMENT)]
    assert story.dock.parts(story.third) == [(10, day(18), SHIPMENT), (40, day(30), LEAD_TIME)]


def test_staff_who_put_an_order_first_redate_who_stands_behind(story: Story) -> None:
    story.shop.prioritise(story.third, 5).must()

    assert story.dock.dates(story.third) == (day(30), day(4))
    assert story.dock.dates(story.first) == (day(4), day(18))
    assert story.dock.slipped(*story.orders) == [14, 26, None]


def test_a_pallet_that_is_short_moves_whom_the_missing_units_covered(story: Story) -> None:
    booked = story.dock.book(story.soon, 50).must()["incomingShipment"]

    assert booked["status"] == "PARTIALLY_RECEIVED"
    assert booked["lines"][0]["quantityReceived"] == 50
    assert story.dock.promise(story.first)["promiseKept"] is True
    assert story.shop.order(story.second).split == (10, 20)
    assert story.dock.parts(story.second) == [(20, day(18), SHIPMENT)]
    assert story.dock.parts(story.third) == [(20, day(18), SHIPMENT), (30, day(30), LEAD_TIME)]
    assert story.dock.slipped(story.second, story.third) == [14, 12]
    assert_clean(story.shop)

    story.dock.slip(story.soon, 6)
    assert story.dock.parts(story.second) == [(10, day(6), SHIPMENT), (10, day(18), SHIPMENT)]
    story.dock.book(story.soon).must()
    assert story.dock.read(story.soon)["status"] == "RECEIVED"
    assert story.shop.order(story.second).split == (20, 10)


def test_a_shopper_sees_the_date_of_the_place_that_they_would_get(plain_shop: Shop) -> None:
    shop, dock = plain_shop, Dock(plain_shop)
    shop.put(2)
    shop.allow(leadTimeDays=30).must()
    dock.pallet(5, 4)
    dock.pallet(5, 18)
    shop.buy(5)

    def asked(quantity: int) -> tuple[str | None, list[tuple[int, str, str]]]:
        (found,) = shop.ask_plugin(
            documents.AVAILABILITY_PARTS,
            {"items": [{"variantId": shop.variant.id, "quantity": quantity}],
             "channel": shop.channel.slug},
        )  # fmt: skip
        parts = [(part["quantity"], part["date"], part["source"]) for part in found["etaParts"]]
        return found["eta"] and found["eta"]["date"], parts

    assert asked(2) == (day(4), [(2, day(4), SHIPMENT)])
    assert asked(4) == (day(18), [(2, day(4), SHIPMENT), (2, day(18), SHIPMENT)])
    assert asked(9) == (
        day(30), [(2, day(4), SHIPMENT), (5, day(18), SHIPMENT), (2, day(30), LEAD_TIME)],
    )  # fmt: skip
    late = shop.buy(4)
    assert dock.dates(late) == (day(18), day(18))
    assert asked(1) == (day(18), [(1, day(18), SHIPMENT)])


def test_the_first_promise_is_what_the_shopper_was_shown_and_agreed_to(plain_shop: Shop) -> None:
    shop, dock = plain_shop, Dock(plain_shop)
    shop.put(0)
    shop.allow(leadTimeDays=30).must()
    cart = shop.fill_cart(3).must()["checkout"]["id"]
    shop.tell_plugin(documents.CHECKOUT_BACKORDERS_ACKNOWLEDGE, {"checkoutId": cart}).must()
    dock.pallet(5, 12)
    order = shop.order(shop.complete(cart).must()["order"]["id"])

    assert dock.dates(order) == (day(30), day(12))


def test_a_delay_within_the_tolerance_is_not_asked_about(story: Story) -> None:
    story.dock.rule(toleranceDays=5).must()
    story.dock.slip(story.soon, 9)
    assert story.dock.slipped(*story.orders) == [None, None, None]
    story.dock.slip(story.soon, 10)
    assert story.dock.slipped(story.first) == [6]


def test_who_keeps_waiting_is_asked_again_only_about_a_further_delay(story: Story) -> None:
    story.dock.slip(story.soon, 9)
    key = story.shop.backorder(story.first)["id"]
    accept = {"id": key}
    story.shop.tell_plugin(documents.BACKORDER_ACCEPT_DELAY, accept, story.shop.staff).must()
    assert story.dock.slipped(story.first) == [None]
    again = story.shop.tell_plugin(documents.BACKORDER_ACCEPT_DELAY, accept, story.shop.staff)
    assert again.codes == ["INVALID"]

    story.dock.slip(story.soon, 10)
    assert story.dock.slipped(story.first) == [None]
    story.dock.slip(story.soon, 12)
    assert story.dock.slipped(story.first) == [3]
    assert story.dock.dates(story.first) == (day(4), day(12))


def test_a_pallet_that_is_called_off_leaves_the_next_source(story: Story) -> None:
    story.dock.call_off(story.soon).must()

    assert story.dock.parts(story.first) == [(40, day(18), SHIPMENT)]
    assert story.dock.parts(story.second) == [(30, day(30), LEAD_TIME)]
    assert story.dock.slipped(*story.orders) == [14, 26, 12]
    assert story.dock.read(story.soon)["status"] == "CANCELLED"
    assert story.dock.call_off(story.soon).codes == ["INVALID"]
    assert story.dock.book(story.soon).codes == ["INVALID"]


def test_lead_times_count_working_and_safety_days_where_the_channel_says_so(
    plain_shop: Shop,
) -> None:
    shop, dock = plain_shop, Dock(plain_shop)
    shop.put(0)
    shop.allow(leadTimeDays=7).must()
    order = shop.buy(1)
    assert dock.dates(order) == (day(7), day(7))

    dock.rule(safetyDays=7, workingDays=False).must()
    assert dock.dates(order) == (day(7), day(14))
    dock.rule(safetyDays=3, workingDays=True).must()
    # Ten working days are two weeks, whatever day it is: a weekend counts as its Friday.
    expected = dock.dates(order)[1]
    assert expected in {day(14), day(13), day(12)}
    assert dock.dates(shop.buy(1)) == (expected, expected)
