from __future__ import annotations

from typing import Any

import pytest

from sandbox.apps.warehouse.models import Allocation, Stock
from sandbox.graphql.ids import to_global_id
from sandbox.stock import scope
from tests.acceptance import documents
from tests.sandbox.conftest import ADDRESS, Shop


def test_checkout__forgets_earlier_allocations_in_sorting_order(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)

    first, second = shop.buy(5), shop.buy(5)

    assert shop.held(first) == {"shelf": 5}
    # The shelf is allocated twice, as in Saleor.
    assert shop.held(second) == {"shelf": 5}


def test_checkout__takes_the_fuller_stock_each_time_in_high_stock_order(shop: Shop) -> None:
    shop.channel.allocation_strategy = "prioritize-high-stock"
    shop.channel.save()
    shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)

    first, second = shop.buy(5), shop.buy(5)

    assert shop.held(first) == {"reserve": 5}
    assert shop.held(second) == {"reserve": 5}


def test_draft__honours_earlier_allocations_while_reservations_are_off(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)
    shop.buy(5)

    order = complete_draft(shop, 5)

    assert order["errors"] == []
    assert shop.held(order["order"]) == {"reserve": 5}


def test_draft__forgets_earlier_allocations_while_reservations_are_on(shop: Shop) -> None:
    settings = scope.shop()
    settings.reserve_stock_duration_authenticated_user = 10
    settings.save()
    shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)
    shop.buy(5)

    order = complete_draft(shop, 5)

    assert shop.held(order["order"]) == {"shelf": 5}


def test_draft__counts_equal_stocks_once(shop: Shop) -> None:
    shop.warehouse("shelf", 10)
    shop.warehouse("reserve", 10)

    refused = complete_draft(shop, 14)

    assert [each["code"] for each in refused["errors"]] == ["INSUFFICIENT_STOCK"]
    assert Allocation.objects.count() == 0


def test_cart__is_refused_with_the_number_left(shop: Shop) -> None:
    shop.warehouse("shelf", 2)
    shop.warehouse("reserve", 10)

    (error,) = shop.cart(13)["errors"]

    assert error["code"] == "INSUFFICIENT_STOCK"
    assert error["field"] == "quantity"
    assert "Only 12 remaining" in error["message"]


def test_checkout__is_refused_when_the_stock_went_meanwhile(shop: Shop) -> None:
    shop.warehouse("shelf", 3)
    checkout = shop.ready_cart(3)
    Stock.objects.update(quantity=1)

    completed = shop.complete(checkout)

    assert completed["order"] is None
    (error,) = completed["errors"]
    assert (error["field"], error["code"]) == ("lines", "INSUFFICIENT_STOCK")
    assert error["variants"] == [shop.variant_id]
    assert Allocation.objects.count() == 0


def test_checkout__twice_completed_gives_the_same_order(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    checkout = shop.ready_cart(2)

    first, second = shop.complete(checkout), shop.complete(checkout)

    assert first["order"]["id"] == second["order"]["id"]


def test_reservation__holds_stock_back_from_other_carts(shop: Shop) -> None:
    settings = scope.shop()
    settings.reserve_stock_duration_anonymous_user = 10
    settings.reserve_stock_duration_authenticated_user = 10
    settings.save()
    shop.warehouse("shelf", 5)

    assert shop.cart(4)["errors"] == []
    (error,) = shop.cart(2)["errors"]

    assert "Only 1 remaining" in error["message"]


@pytest.mark.parametrize(
    ("zones", "codes"), [(True, ["INSUFFICIENT_STOCK"]), (False, [])], ids=["zones", "channel"]
)
def test_cart__sees_a_warehouse_outside_the_zone_only_where_zones_do_not_count(
    shop: Shop, zones: Any, codes: Any
) -> None:
    settings = scope.shop()
    settings.use_legacy_shipping_zone_stock_availability = zones
    settings.save()
    shop.warehouse("shelf", 5).shipping_zones.clear()

    assert [each["code"] for each in shop.cart(1)["errors"]] == codes


def test_line__of_an_unconfirmed_order_grows_and_shrinks(shop: Shop) -> None:
    shop.channel.automatically_confirm_all_new_orders = False
    shop.channel.save()
    shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)
    order = shop.buy(3)
    line = order["lines"][0]["id"]

    grown = shop.run(documents.ORDER_LINE_UPDATE, id=line, quantity=8)
    assert grown["errors"] == []
    assert shop.held(order) == {"shelf": 5, "reserve": 3}

    shop.run(documents.ORDER_LINE_UPDATE, id=line, quantity=6)
    assert shop.held(order) == {"shelf": 3, "reserve": 3}

    refused = shop.run(documents.ORDER_LINE_UPDATE, id=line, quantity=16)
    assert [each["code"] for each in refused["errors"]] == ["INSUFFICIENT_STOCK"]
    assert shop.held(order) == {"shelf": 3, "reserve": 3}

    shop.run(documents.ORDER_LINE_DELETE, id=line)
    assert Allocation.objects.count() == 0


def complete_draft(shop: Shop, quantity: Any) -> Any:
    created = shop.run(
        documents.DRAFT_ORDER_CREATE,
        input={
            "channelId": to_global_id("Channel", shop.channel.pk),
            "userEmail": "shopper@example.com",
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
            "shippingMethod": to_global_id("ShippingMethod", shop.method.pk),
            "lines": [{"quantity": quantity, "variantId": shop.variant_id}],
        },
    )
    assert created["errors"] == []
    return shop.run(documents.DRAFT_ORDER_COMPLETE, id=created["order"]["id"])
