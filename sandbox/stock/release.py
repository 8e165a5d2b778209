from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from sandbox.apps.channel.models import Channel
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.warehouse.models import Allocation, Stock
from sandbox.stock.allocate import allocate
from sandbox.stock.errors import AllocationError
from sandbox.stock.lines import LineWork


def lock_allocations() -> QuerySet[Allocation]:
    """Lock allocations and their stocks in the order of the stocks' ids."""
    allocations = Allocation.objects.select_related("stock").order_by("stock__pk")
    return allocations.select_for_update(of=("self", "stock"))


@transaction.atomic
def deallocate(work: Sequence[LineWork]) -> None:
    """Release units of order lines, from the stock with the lowest id first.

    :raises AllocationError: when a line holds fewer units than that; what it held is released.
    """
    held: dict[UUID, list[Allocation]] = defaultdict(list)
    for allocation in lock_allocations().filter(order_line__in=[item.line for item in work]):
        held[allocation.order_line_id].append(allocation)
    changed: list[Allocation] = []
    released: dict[int, int] = defaultdict(int)
    short: list[OrderLine] = []
    for item in work:
        missing = item.quantity
        for allocation in held[item.line.pk]:
            part = min(missing, allocation.quantity_allocated)
            if part > 0:
                allocation.quantity_allocated -= part
                released[allocation.stock_id] += part
                changed.append(allocation)
                missing -= part
        if missing:
            short.append(item.line)
    Allocation.objects.bulk_update(changed, ["quantity_allocated"])
    _shrink(released)
    if short:
        raise AllocationError(short)


def decrease_allocations(work: Sequence[LineWork]) -> None:
    """Release units of those lines that hold any; a line that holds too few loses all."""
    lines = [item.line.pk for item in work]
    if not Allocation.objects.filter(order_line_id__in=lines).exists():
        return
    try:
        deallocate(work)
    except AllocationError as error:
        Allocation.objects.filter(order_line__in=error.order_lines).update(quantity_allocated=0)


@transaction.atomic
def increase_allocations(work: Sequence[LineWork], *, channel: Channel, country: str) -> None:
    """Allocate more units to order lines: what they hold is dropped and allocated anew.

    :raises InsufficientStock: when a line cannot be covered.
    """
    held = list(lock_allocations().filter(order_line__in=[item.line.pk for item in work]))
    totals: dict[UUID, int] = defaultdict(int)
    for allocation in held:
        totals[allocation.order_line_id] += allocation.quantity_allocated
    _shrink(_by_stock(held))
    Allocation.objects.filter(pk__in=[allocation.pk for allocation in held]).delete()
    anew = [
        LineWork(item.line, item.quantity + totals[item.line.pk], item.variant) for item in work
    ]
    allocate(anew, channel=channel, country=country, check_reservations=False)


@transaction.atomic
def deallocate_order(order: Order) -> None:
    """Release everything that an order holds."""
    held = list(lock_allocations().filter(order_line__order=order, quantity_allocated__gt=0))
    Allocation.objects.filter(pk__in=[each.pk for each in held]).update(quantity_allocated=0)
    _shrink(_by_stock(held))


def _by_stock(allocations: Iterable[Allocation]) -> dict[int, int]:
    totals: dict[int, int] = defaultdict(int)
    for allocation in allocations:
        totals[allocation.stock_id] += allocation.quantity_allocated
    return totals


def _shrink(released: dict[int, int]) -> None:
    stocks = Stock.objects.in_bulk(released)
    for pk, quantity in released.items():
        stocks[pk].quantity_allocated = F("quantity_allocated") - quantity
    Stock.objects.bulk_update(stocks.values(), ["quantity_allocated"])
