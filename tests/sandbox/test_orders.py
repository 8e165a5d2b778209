from __future__ import annotations

from sandbox.graphql.ids import to_global_id
from tests.acceptance import documents
from tests.sandbox.conftest import Shop


def test_fulfil__is_refused_where_others_hold_the_units(shop: Shop) -> None:
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


def test_fulfil__is_refused_beyond_what_is_left_of_the_line(shop: Shop) -> None:
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)

    (error,) = shop.fulfil(order, shelf, 4)["errors"]

    assert error["code"] == "FULFILL_ORDER_LINE"


def test_cancel__is_refused_once_something_shipped(shop: Shop) -> None:
    shelf = shop.warehouse("shelf", 5)
    order = shop.buy(3)
    shop.fulfil(order, shelf, 1)

    (error,) = shop.run(documents.ORDER_CANCEL, id=order["id"])["errors"]

    assert error["code"] == "CANNOT_CANCEL_ORDER"
    assert shop.held(order) == {"shelf": 2}


def test_return__of_dispatched_units_restocks_nothing(shop: Shop) -> None:
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


def test_stocks__are_updated_created_and_deleted(shop: Shop) -> None:
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


def test_stock_bulk_update__is_all_or_nothing(shop: Shop) -> None:
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
