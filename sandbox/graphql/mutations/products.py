from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sandbox.apps.product.models import ProductVariant
from sandbox.apps.warehouse.models import Stock, Warehouse
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import find_node, from_global_id, get_node, get_nodes
from sandbox.graphql.registry import mutation

MANAGE = "product.manage_products"


@mutation("productVariantStocksCreate", MANAGE)
@transaction.atomic
def product_variant_stocks_create(
    _context: Any, variant_id: str, stocks: list[dict[str, Any]]
) -> dict[str, Any]:
    variant = get_node(ProductVariant.objects.all(), variant_id)
    warehouses = _warehouses(stocks)
    taken = set(variant.stocks.values_list("warehouse_id", flat=True))
    _refuse_indexes(
        (index for index, warehouse in enumerate(warehouses) if warehouse.pk in taken),
        "Stock for this warehouse already exists for this product variant.",
    )
    Stock.objects.bulk_create(
        Stock(product_variant=variant, warehouse=warehouse, quantity=item["quantity"])
        for warehouse, item in zip(warehouses, stocks, strict=True)
    )
    return {"productVariant": variant}


@mutation("productVariantStocksUpdate", MANAGE)
@transaction.atomic
def product_variant_stocks_update(
    _context: Any, stocks: list[dict[str, Any]], variant_id: str | None = None
) -> dict[str, Any]:
    if not variant_id:
        raise refuse(None, "You must provide variantId.", "graphql_error")
    variant = get_node(ProductVariant.objects.all(), variant_id)
    changed: list[Stock] = []
    for warehouse, item in zip(_warehouses(stocks), stocks, strict=True):
        stock, _created = Stock.objects.get_or_create(product_variant=variant, warehouse=warehouse)
        stock.quantity = item["quantity"]
        changed.append(stock)
    _lock(stock.pk for stock in changed)
    Stock.objects.bulk_update(changed, ["quantity"])
    return {"productVariant": variant}


def _warehouses(data: Sequence[dict[str, Any]]) -> list[Warehouse]:
    ids = [item["warehouse"] for item in data]
    _refuse_indexes(
        (index for index, each in enumerate(ids) if each in ids[:index]),
        "Duplicated warehouse ID.",
    )
    return get_nodes(Warehouse.objects.all(), ids, field="warehouse")


def _refuse_indexes(indexes: Iterable[int], message: str) -> None:
    errors = [ValidationError(message, code="unique", params={"index": index}) for index in indexes]
    if errors:
        raise ValidationError({"warehouse": errors})


def _lock(pks: Iterable[int]) -> list[int]:
    stocks = Stock.objects.filter(pk__in=list(pks)).order_by("pk")
    return list(stocks.select_for_update(of=("self",)).values_list("pk", flat=True))


@mutation("productVariantStocksDelete", MANAGE)
@transaction.atomic
def product_variant_stocks_delete(
    _context: Any, variant_id: str | None = None, warehouse_ids: list[str] | None = None
) -> dict[str, Any]:
    if not variant_id:
        raise refuse(None, "You must provide variantId.", "graphql_error")
    variant = get_node(ProductVariant.objects.all(), variant_id)
    pks = [from_global_id(each)[1] for each in warehouse_ids or []]
    doomed = Stock.objects.filter(product_variant=variant, warehouse_id__in=pks)
    Stock.objects.filter(pk__in=_lock(doomed.values_list("pk", flat=True))).delete()
    return {"productVariant": variant}


@mutation("stockBulkUpdate", MANAGE)
@transaction.atomic
def stock_bulk_update(_context: Any, stocks: list[dict[str, Any]]) -> dict[str, Any]:
    found = _find_stocks(stocks)
    problems = [_bulk_problems(item, each) for item, each in zip(stocks, found, strict=True)]
    if any(problems):
        rejected = [{"stock": None, "errors": errors} for errors in problems]
        return {"count": 0, "results": rejected}
    changed: list[Stock] = []
    for item, stock in zip(stocks, found, strict=True):
        if stock is not None and stock.quantity != item["quantity"]:
            stock.quantity = item["quantity"]
            changed.append(stock)
    Stock.objects.bulk_update(changed, ["quantity"])
    results: list[dict[str, Any]] = [{"stock": stock, "errors": []} for stock in found]
    return {"count": len(results), "results": results}


def _find_stocks(data: Sequence[dict[str, Any]]) -> list[Stock | None]:
    pairs = []
    for item in data:
        variant = _named(ProductVariant.objects.all(), item.get("variantId"))
        warehouse = _named(Warehouse.objects.all(), item.get("warehouseId"))
        pairs.append((variant and variant.pk, warehouse and warehouse.pk))
    locked = (
        Stock.objects.filter(
            product_variant_id__in=[pair[0] for pair in pairs if pair[0]],
            warehouse_id__in=[pair[1] for pair in pairs if pair[1]],
        )
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    by_pair = {(stock.product_variant_id, stock.warehouse_id): stock for stock in locked}
    return [by_pair.get(pair) for pair in pairs]


def _named(objects: Any, global_id: str | None) -> Any:
    return find_node(objects, global_id) if global_id else None


def _bulk_problems(item: dict[str, Any], stock: Stock | None) -> list[dict[str, Any]]:
    if item["quantity"] < 0:
        return [
            {
                "field": "quantity",
                "message": "Quantity should not be less than 0.",
                "code": "INVALID",
            }
        ]
    if stock is None:
        return [{"field": None, "message": "Stock was not found.", "code": "NOT_FOUND"}]
    return []
