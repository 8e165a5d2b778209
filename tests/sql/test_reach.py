"""A unit goes only where channel, country and collection point allow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from saleor_backorders import engine
from saleor_backorders.models import Backorder
from tests.days import today
from tests.sql.conftest import Lamp, one_shelf
from tests.sql.world import Shop, model


class Border:
    """One channel, a shelf for the United States and one for Canada, both empty."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.channel = shop.channel("US")
        self.south = shop.warehouse([self.channel])
        self.north = shop.warehouse([self.channel])
        shop.zone([self.channel], [self.south], "US,MX")
        self.canada = shop.zone([self.channel], [self.north], "CA")
        self.variant = shop.variant()
        self.shelves = {
            place.pk: shop.stock(self.variant, place, 0) for place in (self.south, self.north)
        }
        shop.allow(self.variant, self.channel)

    def buy(self, quantity: int, country: str | None = None, **fields: Any) -> Any:
        return self.shop.buy(self.variant, quantity, self.channel, country=country, **fields)

    def arrive(self, place: Any, units: int) -> None:
        self.shop.set_stock(self.variant, place, change=units)

    def free(self, place: Any) -> int:
        return self.shop.free(self.shelves[place.pk])


@pytest.fixture
def border(shop: Shop) -> Border:
    shop.let_zones_matter(True)
    return Border(shop)


def reach(channel: Any, country: str, point: Any = None) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT saleor_backorders_reach(%s::integer, %s::text, %s::uuid)",
            [channel.pk, country, point and point.pk],
        )
        return {place for (place,) in cursor.fetchall()}


def test_only_a_warehouse_in_a_zone_of_the_country_serves_an_order(
    border: Border, shop: Shop
) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    assert (shop.waits(line), border.free(border.south)) == (2, 2)
    border.arrive(border.north, 1)
    assert shop.held(line) == {0: 1, border.shelves[border.north.pk].pk: 1}


def test_every_country_of_a_zone_counts(border: Border, shop: Shop) -> None:
    line = border.buy(1, "MX")
    border.arrive(border.south, 1)
    assert shop.has(line) == 1


def test_without_an_address_the_channels_country_counts(border: Border, shop: Shop) -> None:
    line = border.buy(1)
    border.arrive(border.north, 1)
    assert shop.has(line) == 0
    border.arrive(border.south, 1)
    assert shop.has(line) == 1


def test_without_zones_every_warehouse_of_the_channel_serves_an_order(
    border: Border, shop: Shop
) -> None:
    shop.let_zones_matter(False)
    line = border.buy(1, "CA")
    border.arrive(border.south, 1)
    assert shop.has(line) == 1


def test_a_zone_of_another_channel_does_not_count(border: Border, shop: Shop) -> None:
    other = shop.channel("CA")
    shop.link(other, border.south)
    shop.zone([other], [border.south], "CA")
    line = border.buy(1, "CA")
    border.arrive(border.south, 1)
    assert shop.has(line) == 0
    assert reach(other, "CA") == {border.south.pk}
    assert reach(border.channel, "CA") == {border.north.pk}


def test_a_warehouse_outside_the_channel_does_not_count(border: Border, shop: Shop) -> None:
    elsewhere = shop.warehouse([shop.channel()])
    border.canada.channels.add(border.channel)
    elsewhere.shipping_zones.add(border.canada)
    shop.stock(border.variant, elsewhere, 3)
    assert shop.waits(border.buy(1, "CA")) == 1


def test_a_local_collection_point_serves_from_its_own_shelf_alone(
    border: Border, shop: Shop
) -> None:
    point = shop.warehouse([border.channel], click_and_collect_option="local")
    shelf = shop.stock(border.variant, point, 0)
    line = border.buy(2, "US", collection_point=point)
    border.arrive(border.south, 2)
    assert (shop.has(line), border.free(border.south)) == (0, 2)
    border.arrive(point, 1)
    assert shop.held(line) == {0: 1, shelf.pk: 1}
    assert reach(border.channel, "US", point) == {point.pk}


def test_a_point_that_takes_from_all_serves_from_any_warehouse_of_the_channel(
    border: Border, shop: Shop
) -> None:
    point = shop.warehouse([border.channel], click_and_collect_option="all")
    line = border.buy(2, "US", collection_point=point)
    border.arrive(border.north, 2)
    assert (shop.has(line), shop.waits(line)) == (2, 0)
    assert reach(border.channel, "US", point) == {border.south.pk, border.north.pk, point.pk}


def test_an_address_that_changes_serves_the_line_from_elsewhere_at_once(
    border: Border, shop: Shop
) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    address = line.order.shipping_address
    address.country = "US"
    address.save(update_fields=["country"])
    assert (shop.has(line), border.free(border.south)) == (2, 0)
    assert Backorder.objects.get().destination == f"{border.channel.pk}/US/"


def test_an_order_that_gets_another_address_is_served_from_elsewhere_at_once(
    border: Border, shop: Shop
) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    line.order.shipping_address = shop.address("MX")
    line.order.save(update_fields=["shipping_address"])
    assert shop.has(line) == 2


def test_an_order_that_becomes_a_collection_is_served_from_its_point(
    border: Border, shop: Shop
) -> None:
    point = shop.warehouse([border.channel], click_and_collect_option="local")
    shelf = shop.stock(border.variant, point, 0)
    line = border.buy(1, "CA")
    border.arrive(point, 1)
    assert shop.held(line) == {0: 1}
    line.order.collection_point = point
    line.order.save(update_fields=["collection_point"])
    assert shop.held(line) == {shelf.pk: 1}


def sent_to_who_pays(border: Border, country: str) -> Any:
    """Place an order without a shipping address, billed to a country."""
    line = border.buy(2, country)
    line.order.shipping_address = None
    line.order.save(update_fields=["shipping_address"])
    return line


def test_a_billing_address_that_changes_counts_where_there_is_no_other(
    border: Border, shop: Shop
) -> None:
    line = sent_to_who_pays(border, "CA")
    border.arrive(border.south, 2)
    assert (shop.has(line), shop.waits(line)) == (0, 2)
    address = line.order.billing_address
    address.country = "US"
    address.save(update_fields=["country"])
    assert (shop.has(line), border.free(border.south)) == (2, 0)
    assert Backorder.objects.get().destination == f"{border.channel.pk}/US/"


def test_another_billing_address_counts_where_there_is_no_other(border: Border, shop: Shop) -> None:
    line = sent_to_who_pays(border, "CA")
    border.arrive(border.south, 2)
    line.order.billing_address = shop.address("MX")
    line.order.save(update_fields=["billing_address"])
    assert (shop.has(line), border.free(border.south)) == (2, 0)
    assert Backorder.objects.get().destination == f"{border.channel.pk}/MX/"


def test_a_billing_address_does_not_count_beside_a_shipping_address(
    border: Border, shop: Shop
) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    line.order.billing_address = shop.address("US")
    line.order.save(update_fields=["billing_address"])
    assert (shop.has(line), border.free(border.south)) == (0, 2)
    assert Backorder.objects.get().destination == f"{border.channel.pk}/CA/"


def test_an_order_that_goes_to_another_channel_is_served_from_its_shelves(
    border: Border, shop: Shop
) -> None:
    line = border.buy(2, "CA")
    other = shop.channel("CA")
    shop.link(other, border.south)
    shop.zone([other], [border.south], "CA")
    border.arrive(border.south, 2)
    assert (shop.has(line), shop.waits(line)) == (0, 2)
    line.order.channel = other
    line.order.save(update_fields=["channel"])
    assert (shop.has(line), shop.waits(line)) == (2, 0)
    assert Backorder.objects.get().destination == f"{other.pk}/CA/"


def test_units_once_given_stay_with_an_order_that_moves_away(border: Border, shop: Shop) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.north, 1)
    address = line.order.shipping_address
    address.country = "US"
    address.save(update_fields=["country"])
    border.arrive(border.north, 1)
    assert shop.ledger(line) == (2, 1, 1, 0, 0)
    assert border.free(border.north) == 1


def test_a_shelf_that_fewest_may_use_is_served_first(border: Border, shop: Shop) -> None:
    """The order for Canada leaves the shelf of both to the one that has no other."""
    border.south.shipping_zones.add(border.canada)
    for_canada, for_states = border.buy(1, "CA"), border.buy(1, "US")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE warehouse_stock SET quantity = 1 WHERE id < 1000000000")
    assert (shop.has(for_canada), shop.has(for_states)) == (1, 1)


def test_the_sweep_serves_what_a_new_link_makes_reachable(border: Border, shop: Shop) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    border.south.shipping_zones.add(border.canada)
    assert shop.has(line) == 0
    assert engine.sweep() == [engine.Rebalanced(border.variant.pk, lines=1, units=2, put_off="")]
    assert shop.has(line) == 2


def test_the_sweep_serves_what_the_end_of_zones_makes_reachable(border: Border, shop: Shop) -> None:
    line = border.buy(2, "CA")
    border.arrive(border.south, 2)
    shop.let_zones_matter(False)
    engine.sweep()
    assert shop.has(line) == 2


def room(lamp: Lamp, checkout: Any = None) -> tuple[int, int]:
    """Return how many units an order could have now, and how many more may wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT free_stock, may_wait FROM saleor_backorders_room(%s, %s, 'US', NULL, %s)",
            [lamp.variant.pk, lamp.channel.pk, checkout and str(checkout.pk)],
        )
        found: tuple[int, int] = cursor.fetchone()
        return found


def offered(lamp: Lamp) -> int:
    """Return what the virtual row says is there."""
    return int(model("warehouse", "Stock").objects.get(pk=lamp.virtual.stock_id).quantity)


@pytest.mark.parametrize(("days", "may_wait"), [(1, 7), (0, 7), (-1, 0)])
def test_units_may_wait_until_the_end_of_the_last_day(lamp: Lamp, days: int, may_wait: int) -> None:
    with transaction.atomic():
        lamp.virtual.until, lamp.virtual.limit_units = today() + timedelta(days=days), 7
        lamp.virtual.save(update_fields=["until", "limit_units"])
        assert room(lamp) == (0, may_wait)
        engine.rebalance([lamp.variant.pk], cause="test")
        assert offered(lamp) == may_wait


def test_who_waits_may_go_on_waiting_after_the_last_day(lamp: Lamp) -> None:
    lamp.buy(3)
    with transaction.atomic():
        lamp.virtual.until = today() - timedelta(days=1)
        lamp.virtual.save(update_fields=["until"])
        engine.rebalance([lamp.variant.pk], cause="test")
    assert (room(lamp), offered(lamp)) == ((0, 0), 3)


def test_room_is_what_is_free_and_what_the_limit_leaves(shop: Shop) -> None:
    lamp = one_shelf(shop, 4, limit=7)
    assert room(lamp) == (4, 7)
    lamp.buy(1)
    lamp.buy(5)
    assert room(lamp) == (0, 5)
    lamp.arrive(3)
    assert room(lamp) == (1, 7)


def test_room_counts_what_the_transaction_itself_lets_wait(shop: Shop) -> None:
    lamp = one_shelf(shop, 1, limit=7)
    with transaction.atomic():
        lamp.buy(4)
        assert room(lamp) == (0, 4)


def test_what_a_checkout_holds_itself_is_room_for_it_alone(shop: Shop) -> None:
    lamp = one_shelf(shop, 4, limit=7)
    held = shop.reserve(lamp.shelf, 3, lamp.channel)
    assert room(lamp) == (1, 7)
    assert room(lamp, held.checkout_line.checkout) == (4, 7)
    shop.reserve(lamp.shelf, 1, lamp.channel, seconds=-1)
    assert room(lamp) == (1, 7)
