"""Allocation as in Saleor, with the weakness that the plugin has to live with.

Where reservations are considered, which is in every checkout, Saleor forgets what is already
allocated: it consumes the list of stocks while it reads the reservations.  So each order sees
every shelf as if nobody had bought from it.  Where reservations are not considered, existing
allocations count.  ``allocated`` below is empty in the first case on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from sandbox.apps.channel.models import Channel
from sandbox.apps.checkout.models import CheckoutLine
from sandbox.apps.warehouse.models import Allocation, Stock, Warehouse
from sandbox.stock import scope
from sandbox.stock.errors import InsufficientStock, InsufficientStockData
from sandbox.stock.held import reserved_by_stock
from sandbox.stock.lines import LineWork, tracked

HIGH_STOCK = "prioritize-high-stock"


@dataclass(frozen=True)
class StockRow:
    """A locked stock row."""

    pk: int
    variant_id: int
    warehouse_id: UUID
    quantity: int


@transaction.atomic
def allocate(
    work: Sequence[LineWork],
    *,
    channel: Channel,
    country: str,
    check_reservations: bool,
    collection_point: Warehouse | None = None,
    checkout_lines: Iterable[CheckoutLine] = (),
) -> None:
    """Allocate order lines to stocks in the order of the channel's strategy.

    :raises InsufficientStock: when a line cannot be covered; nothing is allocated then.
    """
    work = tracked(work)
    if not work:
        return
    rows = lock_rows(_stocks(work, channel, country, collection_point))
    ids = [row.pk for row in rows]
    reserved = reserved_by_stock(ids, except_for=checkout_lines) if check_reservations else {}
    allocated = {} if check_reservations else allocated_by_stock(ids)
    rows = sort_rows(rows, channel, allocated, collection_point)
    allocations: list[Allocation] = []
    short: list[InsufficientStockData] = []
    for item in work:
        parts = split(item.line.variant_id, item.quantity, rows, allocated, reserved)
        if sum(parts.values()) == item.quantity:
            allocations += [
                Allocation(order_line=item.line, stock_id=pk, quantity_allocated=part)
                for pk, part in parts.items()
            ]
        else:
            short.append(InsufficientStockData(0, variant=item.variant, order_line=item.line))
    if short:
        raise InsufficientStock(short)
    _store(allocations)


def _stocks(
    work: Sequence[LineWork], channel: Channel, country: str, collection_point: Warehouse | None
) -> QuerySet[Stock]:
    if collection_point is None:
        stocks = scope.for_sale(channel, country, zones=scope.uses_zones())
    else:
        stocks = scope.at_collection_point(scope.of_channel(channel), collection_point)
    return stocks.filter(product_variant__in={item.line.variant_id for item in work})


def lock_rows(stocks: QuerySet[Stock]) -> list[StockRow]:
    """Lock stocks in the order of their ids."""
    locked = stocks.order_by("pk").select_for_update(of=("self",))
    return [
        StockRow(*values)
        for values in locked.values_list("pk", "product_variant_id", "warehouse_id", "quantity")
    ]


def allocated_by_stock(stock_ids: Iterable[int]) -> dict[int, int]:
    """Return what order lines hold of each stock."""
    held = Allocation.objects.filter(stock_id__in=list(stock_ids), quantity_allocated__gt=0)
    return dict(held.order_by().values_list("stock").annotate(Sum("quantity_allocated")))


def sort_rows(
    rows: Sequence[StockRow],
    channel: Channel,
    allocated: dict[int, int],
    collection_point: Warehouse | None = None,
) -> list[StockRow]:
    """Order stocks by the channel's strategy, the collection point before all others."""
    point = collection_point.pk if collection_point else None
    if channel.allocation_strategy == HIGH_STOCK:
        return sorted(
            rows,
            key=lambda row: (
                math.inf if row.warehouse_id == point else row.quantity - allocated.get(row.pk, 0)
            ),
            reverse=True,
        )
    order = {warehouse: at for at, warehouse in enumerate(scope.warehouse_order(channel))}
    return sorted(
        rows,
        key=lambda row: -1 if row.warehouse_id == point else order[row.warehouse_id],
    )


def split(
    variant_id: int | None,
    quantity: int,
    rows: Iterable[StockRow],
    allocated: dict[int, int],
    reserved: dict[int, int],
) -> dict[int, int]:
    """Return how many units of a variant to take from each stock, the first rows first."""
    parts: dict[int, int] = {}
    for row in rows:
        free = row.quantity - allocated.get(row.pk, 0) - reserved.get(row.pk, 0)
        part = min(quantity, free) if row.variant_id == variant_id else 0
        if part > 0:
            parts[row.pk] = part
            quantity -= part
    return parts


def _store(allocations: Sequence[Allocation]) -> None:
    Allocation.objects.bulk_create(allocations)
    grown: dict[int, int] = {}
    for allocation in allocations:
        grown.setdefault(allocation.stock_id, 0)
        grown[allocation.stock_id] += allocation.quantity_allocated
    stocks = Stock.objects.in_bulk(grown)
    for pk, quantity in grown.items():
        stocks[pk].quantity_allocated = F("quantity_allocated") + quantity
    Stock.objects.bulk_update(stocks.values(), ["quantity_allocated"])
