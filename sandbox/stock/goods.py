from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from sandbox.apps.order.models import OrderLine
from sandbox.apps.warehouse.models import Allocation, Stock, Warehouse
from sandbox.stock.allocate import allocated_by_stock
from sandbox.stock.errors import InsufficientStock, InsufficientStockData
from sandbox.stock.lines import LineWork, tracked
from sandbox.stock.release import decrease_allocations


@transaction.atomic
def increase_stock(line: OrderLine, warehouse: Warehouse, quantity: int, *, allocate: bool) -> None:
    """Put units back on a shelf and, if asked, allocate them to the line that they came from."""
    variant = line.variant
    if variant is None:
        raise ValueError("units of a deleted variant cannot be put back")
    stock = (
        Stock.objects.filter(warehouse=warehouse, product_variant=variant)
        .order_by("pk")
        .select_for_update(of=("self",))
        .first()
    )
    if stock is None:
        stock = Stock.objects.create(
            warehouse=warehouse, product_variant=variant, quantity=quantity
        )
    else:
        stock.quantity = F("quantity") + quantity
        stock.save(update_fields=["quantity"])
    if not allocate:
        return
    held = line.allocations.filter(stock=stock).first()
    if held is None:
        Allocation.objects.create(order_line=line, stock=stock, quantity_allocated=quantity)
    else:
        held.quantity_allocated = F("quantity_allocated") + quantity
        held.save(update_fields=["quantity_allocated"])
    stock.quantity_allocated = F("quantity_allocated") + quantity
    stock.save(update_fields=["quantity_allocated"])


@transaction.atomic
def decrease_stock(work: Sequence[LineWork], *, may_exceed: bool = False) -> None:
    """Take dispatched units off their shelves, releasing what their lines held.

    :raises InsufficientStock: when a shelf has too few units that nobody else holds, unless
        ``may_exceed``.
    """
    decrease_allocations(work)
    work = tracked(work)
    stocks = _lock_stocks(work)
    held = allocated_by_stock(stock.pk for stock in stocks.values())
    short: list[InsufficientStockData] = []
    changed: list[Stock] = []
    for item in work:
        stock = stocks.get((item.line.variant_id, item.warehouse_pk))
        if stock is not None and (
            may_exceed or stock.quantity - held.get(stock.pk, 0) >= item.quantity
        ):
            stock.quantity -= item.quantity
            changed.append(stock)
        elif not may_exceed:
            short.append(InsufficientStockData(0, item.variant, item.line, item.warehouse_pk))
    if short:
        raise InsufficientStock(short)
    Stock.objects.bulk_update(changed, ["quantity"])


def _lock_stocks(work: Sequence[LineWork]) -> dict[tuple[object, object], Stock]:
    stocks = (
        Stock.objects.filter(
            product_variant__in={item.line.variant_id for item in work},
            warehouse__in={item.warehouse_pk for item in work},
        )
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    return {(stock.product_variant_id, stock.warehouse_id): stock for stock in stocks}
