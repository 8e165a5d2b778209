from __future__ import annotations

from sandbox.apps.warehouse.models import Allocation, Stock, Warehouse
from sandbox.graphql.ids import to_global_id
from tests.acceptance import documents


def test_fulfil__takes_the_units_off_the_shelf(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)

    answer = shop.fulfil(order, shelf, 2)

    assert answer["errors"] == []
    assert answer["order"]["status"] == "PARTIALLY_FULFILLED"
    assert shop.stock() == {"shelf": 3}
    assert shop.held(order) == {"shelf": 1}


def test_fulfil__is_refused_where_others_hold_the_units(shop):
    shelf = shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)
    first, second = shop.buy(5), shop.buy(5)

    answer = shop.fulfil(second, shelf, 5)

    (error,) = answer["errors"]
    assert (error["field"], error["code"]) == ("stocks", "INSUFFICIENT_STOCK")
    assert error["orderLines"] == [second["lines"][0]["id"]]
    assert error["warehouse"] == to_global_id("Warehouse", shelf.pk)
    assert shop.stock() == {"shelf": 5, "reserve": 10}
    assert shop.held(first) == shop.held(second) == {"shelf": 5}


def test_fulfil__may_exceed_the_stock_when_staff_insist(shop):
    shelf = shop.warehouse("shelf", 5)
    shop.warehouse("reserve", 10)
    shop.buy(5)
    second = shop.buy(5)

    answer = shop.fulfil(second, shelf, 5, allowStockToBeExceeded=True)
    assert answer["errors"] == []
    third = shop.buy(2)
    answer = shop.fulfil(third, shelf, 2, allowStockToBeExceeded=True)

    assert answer["errors"] == []
    assert shop.stock()["shelf"] == -2


def test_fulfil__is_refused_beyond_what_is_left_of_the_line(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)

    (error,) = shop.fulfil(order, shelf, 4)["errors"]

    assert error["code"] == "FULFILL_ORDER_LINE"


def test_fulfilment_cancel__puts_the_units_back_and_allocates_them_to_the_line(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)
    fulfillment = shop.fulfil(order, shelf, 3)["fulfillments"][0]

    answer = shop.run(
        documents.ORDER_FULFILLMENT_CANCEL,
        id=fulfillment["id"],
        warehouseId=to_global_id("Warehouse", shelf.pk),
    )

    assert answer["errors"] == []
    assert answer["order"]["status"] == "UNFULFILLED"
    assert shop.stock() == {"shelf": 5}
    assert shop.held(order) == {"shelf": 3}


def test_cancel__releases_everything(shop):
    shop.warehouse("shelf", 5)
    order = shop.buy(3)

    answer = shop.run(documents.ORDER_CANCEL, id=order["id"])

    assert answer["order"]["status"] == "CANCELED"
    assert shop.held(order) == {}
    assert Stock.objects.get().quantity_allocated == 0


def test_cancel__is_refused_once_something_shipped(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)
    shop.fulfil(order, shelf, 1)

    (error,) = shop.run(documents.ORDER_CANCEL, id=order["id"])["errors"]

    assert error["code"] == "CANNOT_CANCEL_ORDER"
    assert shop.held(order) == {"shelf": 2}


def test_return__of_units_never_dispatched_releases_them(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)
    shop.fulfil(order, shelf, 1)

    answer = shop.run(
        documents.ORDER_FULFILLMENT_RETURN_PRODUCTS,
        order=order["id"],
        input={"orderLines": [{"orderLineId": order["lines"][0]["id"], "quantity": 2}]},
    )

    assert answer["errors"] == []
    assert answer["returnFulfillment"]["status"] == "RETURNED"
    assert answer["order"]["status"] == "PARTIALLY_RETURNED"
    assert shop.held(order) == {}
    assert shop.stock() == {"shelf": 4}


def test_return__of_dispatched_units_restocks_nothing(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)
    line = shop.fulfil(order, shelf, 3)["fulfillments"][0]["lines"][0]["id"]

    answer = shop.run(
        documents.ORDER_FULFILLMENT_RETURN_PRODUCTS,
        order=order["id"],
        input={"fulfillmentLines": [{"fulfillmentLineId": line, "quantity": 3}]},
    )

    assert answer["order"]["status"] == "RETURNED"
    assert shop.stock() == {"shelf": 2}


def test_stocks__are_updated_created_and_deleted(shop):
    shelf = shop.warehouse("shelf", 5)
    annex = shop.warehouse("annex")
    row = {"warehouse": to_global_id("Warehouse", annex.pk), "quantity": 4}

    created = shop.run(
        documents.PRODUCT_VARIANT_STOCKS_CREATE, variantId=shop.variant_id, stocks=[row]
    )
    again = shop.run(
        documents.PRODUCT_VARIANT_STOCKS_CREATE, variantId=shop.variant_id, stocks=[row]
    )
    shop.run(
        documents.PRODUCT_VARIANT_STOCKS_UPDATE,
        variantId=shop.variant_id,
        stocks=[{**row, "quantity": 9}],
    )

    assert created["errors"] == []
    assert [(each["code"], each["index"]) for each in again["errors"]] == [("UNIQUE", 0)]
    assert shop.stock() == {"shelf": 5, "annex": 9}

    shop.run(
        documents.PRODUCT_VARIANT_STOCKS_DELETE,
        variantId=shop.variant_id,
        warehouseIds=[to_global_id("Warehouse", shelf.pk)],
    )
    assert shop.stock() == {"annex": 9}


def test_stock_bulk_update__is_all_or_nothing(shop):
    shelf = shop.warehouse("shelf", 5)
    annex = shop.warehouse("annex")
    rows = [
        {
            "variantId": shop.variant_id,
            "warehouseId": to_global_id("Warehouse", each.pk),
            "quantity": 7,
        }
        for each in (shelf, annex)
    ]

    refused = shop.run(documents.STOCK_BULK_UPDATE, stocks=rows)
    assert refused["count"] == 0
    assert refused["results"][1]["errors"][0]["code"] == "NOT_FOUND"
    assert shop.stock() == {"shelf": 5}

    assert shop.run(documents.STOCK_BULK_UPDATE, stocks=rows[:1])["count"] == 1
    assert shop.stock() == {"shelf": 7}


def test_warehouse_delete__takes_its_stock_and_allocations_along(shop):
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)

    answer = shop.run(documents.WAREHOUSE_DELETE, id=to_global_id("Warehouse", shelf.pk))

    assert answer["errors"] == []
    assert answer["warehouse"]["id"] == to_global_id("Warehouse", shelf.pk)
    assert not Warehouse.objects.exists()
    assert Allocation.objects.count() == 0
    assert shop.held(order) == {}
