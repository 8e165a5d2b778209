from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from sandbox.apps.order.models import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.apps.warehouse.models import Stock, Warehouse
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import to_global_id
from sandbox.orders import events, status
from sandbox.orders.events import Who
from sandbox.stock import scope
from sandbox.stock.errors import InsufficientStock, InsufficientStockData
from sandbox.stock.goods import decrease_stock, increase_stock
from sandbox.stock.lines import LineWork
from sandbox.stock.release import deallocate_order


class Parcel(NamedTuple):
    """Units of one order line to dispatch."""

    line: OrderLine
    quantity: int


@transaction.atomic
def fulfil(
    order: Order,
    parcels: Mapping[UUID, Sequence[Parcel]],
    *,
    may_exceed: bool,
    approved: bool,
) -> list[Fulfillment]:
    """Dispatch units of an order, from each warehouse in the order given.

    :raises InsufficientStock: when a shelf has too few units that nobody else holds.
    :raises ValidationError: when a line has fewer units left than asked.
    """
    _lock_and_check([parcel for each in parcels.values() for parcel in each])
    made: list[Fulfillment] = []
    fulfillment_lines: list[FulfillmentLine] = []
    for warehouse_pk, each in parcels.items():
        fulfillment = Fulfillment.objects.create(
            order=order,
            status=status.FULFILLED if approved else status.WAITING_FOR_APPROVAL,
        )
        made.append(fulfillment)
        fulfillment_lines += _dispatch(
            fulfillment, warehouse_pk, each, may_exceed=may_exceed, approved=approved
        )
    FulfillmentLine.objects.bulk_create(fulfillment_lines)
    order.refresh_from_db()
    if approved:
        status.refresh(order)
    return made


def _lock_and_check(parcels: Sequence[Parcel]) -> None:
    wanted: dict[UUID, int] = {}
    for parcel in parcels:
        wanted[parcel.line.pk] = wanted.get(parcel.line.pk, 0) + parcel.quantity
    locked = OrderLine.objects.filter(pk__in=wanted).order_by("pk")
    for line in locked.select_for_update(of=("self",)):
        check_quantity(line, wanted[line.pk])


def check_quantity(line: OrderLine, quantity: int) -> None:
    """Insist that a line has so many units left to dispatch.

    :raises ValidationError: when it has not.
    """
    left = line.quantity_unfulfilled
    if quantity > left:
        message = f"Only {left} item{'' if left == 1 else 's'} remaining to fulfill."
        lines = [to_global_id("OrderLine", line.pk)]
        raise refuse("order_line_id", message, "fulfill_order_line", order_lines=lines)


def _dispatch(
    fulfillment: Fulfillment,
    warehouse_pk: UUID,
    parcels: Sequence[Parcel],
    *,
    may_exceed: bool,
    approved: bool,
) -> list[FulfillmentLine]:
    stocks = _stocks(fulfillment.order, warehouse_pk, parcels)
    made: list[FulfillmentLine] = []
    work: list[LineWork] = []
    short: list[InsufficientStockData] = []
    for line, quantity in parcels:
        stock = stocks.get(line.variant_id)
        if stock is None and not may_exceed:
            short.append(InsufficientStockData(0, line.variant, line, warehouse_pk))
            continue
        work.append(LineWork(line, quantity, line.variant, warehouse_pk))
        made.append(
            FulfillmentLine(
                order_line=line, fulfillment=fulfillment, quantity=quantity, stock=stock
            )
        )
    if short:
        raise InsufficientStock(short)
    if approved:
        decrease_stock(work, may_exceed=may_exceed)
    for item in work:
        item.line.quantity_fulfilled += item.quantity
    OrderLine.objects.bulk_update([item.line for item in work], ["quantity_fulfilled"])
    return made


def _stocks(order: Order, warehouse_pk: UUID, parcels: Sequence[Parcel]) -> dict[int | None, Stock]:
    stocks = scope.for_sale(order.channel, None, zones=scope.uses_zones()).filter(
        warehouse=warehouse_pk, product_variant__in={parcel.line.variant_id for parcel in parcels}
    )
    return {stock.product_variant_id: stock for stock in stocks.order_by("pk")}


@transaction.atomic
def cancel_fulfilment(fulfillment: Fulfillment, warehouse: Warehouse | None) -> Fulfillment:
    """Take a dispatch back, onto a warehouse's shelves if one is given."""
    fulfillment = Fulfillment.objects.select_for_update(of=("self",)).get(pk=fulfillment.pk)
    lines: list[OrderLine] = []
    for each in fulfillment.lines.select_related("order_line__variant"):
        line = each.order_line
        if warehouse and line.variant and line.variant.track_inventory:
            increase_stock(line, warehouse, each.quantity, allocate=True)
        line.quantity_fulfilled -= each.quantity
        lines.append(line)
    OrderLine.objects.bulk_update(lines, ["quantity_fulfilled"])
    fulfillment.status = status.CANCELED
    fulfillment.save(update_fields=["status"])
    order = fulfillment.order
    status.refresh(order)
    return fulfillment


@transaction.atomic
def cancel(order: Order, who: Who) -> None:
    """Cancel an order and release what it holds; its money stays where it is."""
    events.record(order, "canceled", who)
    deallocate_order(order)
    order.status = status.CANCELED
    order.save(update_fields=["status", "updated_at"])


def can_cancel(order: Order) -> bool:
    """Tell whether nothing of an order is under way or with the customer."""
    settled = (
        status.CANCELED,
        status.REFUNDED,
        status.REPLACED,
        status.REFUNDED_AND_RETURNED,
        status.RETURNED,
    )
    under_way = order.fulfillments.exclude(status__in=settled).exists()
    return not under_way and order.status not in (status.CANCELED, status.DRAFT, "expired")
