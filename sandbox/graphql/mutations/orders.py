from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sandbox.apps.order.models import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.apps.warehouse.models import Warehouse
from sandbox.graphql.errors import order_shortage, refuse
from sandbox.graphql.ids import get_node, get_nodes, parse_key, to_global_id
from sandbox.graphql.mutations.inputs import actor
from sandbox.graphql.registry import mutation
from sandbox.orders import events, fulfil, status
from sandbox.orders.returns import return_products
from sandbox.stock import scope
from sandbox.stock.errors import InsufficientStock

MANAGE = "order.manage_orders"


@mutation("orderConfirm", MANAGE)
def order_confirm(context: Any, id: str) -> dict[str, Any]:
    order = get_node(Order.objects.all(), id)
    if order.status != status.UNCONFIRMED:
        raise refuse("id", "Only an unconfirmed order can be confirmed.", "invalid")
    if not order.lines.exists():
        raise refuse("id", "An order without products cannot be confirmed.", "invalid")
    status.refresh(order)
    events.record(order, "confirmed", actor(context))
    return {"order": order}


@mutation("orderCancel", MANAGE)
def order_cancel(context: Any, id: str) -> dict[str, Any]:
    order = get_node(Order.objects.all(), id)
    if not fulfil.can_cancel(order):
        raise refuse("order", "This order can't be canceled.", "cannot_cancel_order")
    fulfil.cancel(order, actor(context))
    return {"order": order}


@mutation("orderFulfill", MANAGE)
def order_fulfill(_context: Any, input: dict[str, Any], order: str | None = None) -> dict[str, Any]:
    if order is None:
        raise refuse(None, "Order does not exist.", "not_found")
    found = get_node(Order.objects.all(), order, field="order")
    shop = scope.shop()
    paid = found.total_charged_amount >= found.total_gross_amount
    if not paid and shop.fulfillment_auto_approve and not shop.fulfillment_allow_unpaid:
        raise refuse("order", "Cannot fulfill unpaid order.", "cannot_fulfill_unpaid_order")
    parcels = _parcels(found, input["lines"])
    try:
        made = fulfil.fulfil(
            found,
            parcels,
            may_exceed=bool(input.get("allowStockToBeExceeded")),
            approved=shop.fulfillment_auto_approve,
        )
    except InsufficientStock as error:
        raise order_shortage(error, field="stocks") from error
    return {"fulfillments": made, "order": found}


def _parcels(order: Order, data: Sequence[dict[str, Any]]) -> dict[UUID, list[fulfil.Parcel]]:
    _check_duplicates(data)
    lines = get_nodes(
        OrderLine.objects.select_related("variant"),
        [item["orderLineId"] for item in data],
        field="lines",
    )
    parcels: dict[UUID, list[fulfil.Parcel]] = {}
    for line, item in zip(lines, data, strict=True):
        if line.order_id != order.pk:
            raise refuse("lines", "The line belongs to another order.", "not_found")
        fulfil.check_quantity(line, sum(stock["quantity"] for stock in item["stocks"]))
        if line.variant and line.variant.is_preorder_active():
            raise refuse(
                "order_line_id",
                "Can not fulfill preorder variant.",
                "fulfill_order_line",
                order_lines=[to_global_id("OrderLine", line.pk)],
            )
        for stock in item["stocks"]:
            if stock["quantity"] > 0:
                pk = parse_key(Warehouse, stock["warehouse"], "warehouse")
                parcels.setdefault(pk, []).append(fulfil.Parcel(line, stock["quantity"]))
    if not parcels:
        raise refuse("lines", "Total quantity must be larger than 0.", "zero_quantity")
    return parcels


def _check_duplicates(data: Sequence[dict[str, Any]]) -> None:
    code = "duplicated_input_item"
    for item in data:
        warehouses = [stock["warehouse"] for stock in item["stocks"]]
        if len(set(warehouses)) < len(warehouses):
            raise refuse("warehouse", "Duplicated warehouse ID.", code, warehouse=warehouses[0])
    ids = [item["orderLineId"] for item in data]
    if len(set(ids)) < len(ids):
        raise refuse("orderLineId", "Duplicated order line ID.", code, order_lines=ids[:1])


@mutation("orderFulfillmentCancel", MANAGE)
def order_fulfillment_cancel(
    _context: Any, id: str, input: dict[str, Any] | None = None
) -> dict[str, Any]:
    fulfillment = get_node(Fulfillment.objects.select_related("order"), id)
    if fulfillment.status in (
        status.CANCELED,
        status.REFUNDED,
        status.REPLACED,
        status.REFUNDED_AND_RETURNED,
        status.RETURNED,
    ):
        message = "This fulfillment can't be canceled"
        raise refuse("fulfillment", message, "cannot_cancel_fulfillment")
    warehouse = None
    if fulfillment.status != status.WAITING_FOR_APPROVAL:
        warehouse_id = (input or {}).get("warehouseId")
        if not warehouse_id:
            raise refuse("warehouseId", "This parameter is required.", "required")
        warehouse = get_node(Warehouse.objects.all(), warehouse_id, field="warehouse_id")
    fulfillment = fulfil.cancel_fulfilment(fulfillment, warehouse)
    return {"fulfillment": fulfillment, "order": fulfillment.order}


@mutation("orderFulfillmentReturnProducts", MANAGE)
def order_fulfillment_return_products(
    _context: Any, input: dict[str, Any], order: str
) -> dict[str, Any]:
    found = get_node(Order.objects.all(), order, field="order")
    if any(item.get("replace") for item in input.get("orderLines") or []):
        raise refuse("order", "The sandbox makes no orders of replacement.", "invalid")
    made = return_products(
        found,
        _lines_to_return(found, input.get("orderLines") or []),
        _fulfillment_lines_to_return(found, input.get("fulfillmentLines") or []),
    )
    found.refresh_from_db()
    return {"returnFulfillment": made, "order": found}


def _lines_to_return(order: Order, data: Sequence[dict[str, Any]]) -> list[tuple[OrderLine, int]]:
    lines = get_nodes(
        order.lines.select_related("variant"),
        [item["orderLineId"] for item in data],
        field="order_lines",
    )
    pairs = [(line, item["quantity"]) for line, item in zip(lines, data, strict=True)]
    for line, quantity in pairs:
        _check_returnable("order_line_id", "OrderLine", line, quantity, line.quantity_unfulfilled)
    return pairs


def _fulfillment_lines_to_return(
    order: Order, data: Sequence[dict[str, Any]]
) -> list[tuple[FulfillmentLine, int]]:
    lines = get_nodes(
        FulfillmentLine.objects.filter(fulfillment__order=order).select_related(
            "fulfillment", "order_line"
        ),
        [item["fulfillmentLineId"] for item in data],
        field="fulfillment_lines",
    )
    pairs = [(line, item["quantity"]) for line, item in zip(lines, data, strict=True)]
    for line, quantity in pairs:
        field = "fulfillment_line_id"
        _check_returnable(field, "FulfillmentLine", line, quantity, line.quantity)
        if line.fulfillment.status not in (
            status.FULFILLED,
            status.REFUNDED,
            status.WAITING_FOR_APPROVAL,
        ):
            raise refuse(field, "A line of this fulfillment cannot be returned.", "invalid")
    return pairs


def _check_returnable(
    field: str, type_name: str, line: OrderLine | FulfillmentLine, quantity: int, most: int
) -> None:
    if not 0 <= quantity <= most:
        params = {field: to_global_id(type_name, line.pk)}
        message = f"At most {most} can be returned."
        raise refuse(field, message, "invalid_quantity", **params)
