"""What is on its way, in the contract's words: types, inputs, queries and mutations."""

from __future__ import annotations

from datetime import date
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_PRODUCTS
from saleor_backorders.models import IncomingShipment as Row
from saleor_backorders.supply import csv_import, receiving, shipment_list, shipments
from saleor_backorders.supply.shipments import Announced

from . import connection, ids, permissions
from .connection import DateRangeInput, PageInfo, list_of
from .context import PRIMARY, Asking, mutation, query
from .enums import ErrorCode, IncomingShipmentStatus
from .errors import BackorderError
from .scalars import Int


class IncomingShipmentLine(graphene.ObjectType):
    variant_id = graphene.ID(required=True)
    quantity = Int(required=True)
    quantity_received = Int(required=True)
    quantity_promised = Int(
        required=True,
        description="Of what is still to come, how much is already spoken for by waiting "
        "customers.",
    )


class IncomingShipment(graphene.ObjectType):
    id = graphene.ID(required=True)
    reference = graphene.String(required=True)
    warehouse_id = graphene.ID(required=True)
    expected_on = graphene.Date(required=True)
    status = graphene.Field(IncomingShipmentStatus, required=True)
    lines = list_of(IncomingShipmentLine)


class IncomingShipmentEdge(graphene.ObjectType):
    node = graphene.Field(IncomingShipment, required=True)
    cursor = graphene.String(required=True)


class IncomingShipmentConnection(graphene.ObjectType):
    page_info = graphene.Field(PageInfo, required=True)
    edges = list_of(IncomingShipmentEdge)
    total_count = Int()

    @staticmethod
    def resolve_total_count(root: Any, _info: Any) -> int:
        return int(root.total_count())


class IncomingShipmentPayload(graphene.ObjectType):
    incoming_shipment = graphene.Field(IncomingShipment)
    errors = list_of(BackorderError)


class IncomingShipmentImport(graphene.ObjectType):
    incoming_shipments = list_of(IncomingShipment)
    errors = list_of(BackorderError)


class IncomingShipmentLineInput(graphene.InputObjectType):
    variant_id = graphene.ID(required=True)
    quantity = Int(required=True)


class ReceivedLineInput(graphene.InputObjectType):
    variant_id = graphene.ID(required=True)
    quantity = Int(required=True)


class IncomingShipmentInput(graphene.InputObjectType):
    reference = graphene.String()
    warehouse_id = graphene.ID()
    expected_on = graphene.Date()
    lines = graphene.List(graphene.NonNull(IncomingShipmentLineInput))


class IncomingShipmentFilter(graphene.InputObjectType):
    statuses = graphene.List(graphene.NonNull(IncomingShipmentStatus))
    variant_ids = graphene.List(graphene.NonNull(graphene.ID))
    warehouse_ids = graphene.List(graphene.NonNull(graphene.ID))
    expected = DateRangeInput()


@query
def incoming_shipments(asking: Asking, *, filter: Any = None, **slice_of: Any) -> Any:
    """List what is on its way, for staff."""
    permissions.require(asking.requester, MANAGE_PRODUCTS)
    wanted = _filter(filter or {})
    window = connection.window(**slice_of)
    page = shipment_list.page(wanted=wanted, window=window, using=asking.using)
    cursors = [shipment_list.cursor_of(row) for row in page.items]
    return IncomingShipmentConnection(
        page_info=connection.page_info(cursors, has_more=page.has_more, window=window),
        edges=[
            IncomingShipmentEdge(node=_show(row), cursor=connection.encode(cursor))
            for row, cursor in zip(page.items, cursors, strict=True)
        ],
        total_count=lambda: shipment_list.count(wanted=wanted, using=asking.using),
    )


@mutation(IncomingShipmentPayload, permission=MANAGE_PRODUCTS)
def incoming_shipment_create(asking: Asking, *, input: Any) -> Any:
    """Announce a shipment."""
    made = shipments.create(
        reference=_required(input, "reference", "reference"),
        warehouse_id=ids.uuid(
            _required(input, "warehouse_id", "warehouseId"), kind="Warehouse", field="warehouseId"
        ),
        expected_on=_required(input, "expected_on", "expectedOn"),
        lines=_lines(_required(input, "lines", "lines")),
        now=asking.now,
    )
    return _payload(made)


@mutation(IncomingShipmentPayload, permission=MANAGE_PRODUCTS)
def incoming_shipment_update(asking: Asking, *, id: str, input: Any) -> Any:
    """Change a shipment."""
    warehouse, lines = input.get("warehouse_id"), input.get("lines")
    changes = shipments.Changes(
        reference=input.get("reference"),
        warehouse_id=(
            ids.uuid(warehouse, kind="Warehouse", field="warehouseId") if warehouse else None
        ),
        expected_on=input.get("expected_on"),
        lines=None if lines is None else _lines(lines),
    )
    if changes == shipments.Changes():
        raise errors.MissingValue(field="input")
    return _payload(shipments.update(shipment_id=_key(id), changes=changes, now=asking.now))


@mutation(IncomingShipmentPayload, permission=MANAGE_PRODUCTS)
def incoming_shipment_receive(
    asking: Asking,
    *,
    id: str,
    idempotency_key: str,
    lines: list[Any] | None = None,
) -> Any:
    """Book what arrived of a shipment."""
    booked = receiving.receive(
        shipment_id=_key(id),
        lines=None if lines is None else _lines(lines),
        idempotency_key=idempotency_key,
        now=asking.now,
    )
    return _payload(booked)


@mutation(IncomingShipmentPayload, permission=MANAGE_PRODUCTS)
def incoming_shipment_cancel(asking: Asking, *, id: str) -> Any:
    """Call off what has not arrived."""
    return _payload(shipments.cancel(shipment_id=_key(id), now=asking.now))


@mutation(
    lambda errors: IncomingShipmentImport(incoming_shipments=[], errors=errors),
    permission=MANAGE_PRODUCTS,
)
def incoming_shipment_import(asking: Asking, *, csv: str) -> Any:
    """Announce the shipments of a CSV, all or none."""
    try:
        made = csv_import.import_csv(text=csv, now=asking.now)
    except csv_import.InvalidImport as refused:
        return IncomingShipmentImport(incoming_shipments=[], errors=_faults(refused))
    return IncomingShipmentImport(
        incoming_shipments=[_show(row) for row in _fresh(made)], errors=[]
    )


def _faults(refused: csv_import.InvalidImport) -> list[BackorderError]:
    return [
        BackorderError(
            field=fault.column or "csv",
            message=fault.message,
            code=ErrorCode.INVALID.value,
            row=fault.row,
        )
        for fault in refused.faults
    ]


def _filter(given: Any) -> shipment_list.Filter:
    expected = given.get("expected") or {}
    return shipment_list.Filter(
        statuses=given.get("statuses") or (),
        variant_ids=ids.integers(
            given.get("variant_ids") or (), kind="ProductVariant", field="variantIds"
        ),
        warehouse_ids=[
            ids.uuid(value, kind="Warehouse", field="warehouseIds")
            for value in ids.limited(given.get("warehouse_ids") or (), "warehouseIds")
        ],
        expected_from=expected.get("gte"),
        expected_until=expected.get("lte"),
    )


def _lines(given: list[Any]) -> list[Announced]:
    return [
        Announced(
            ids.integer(line["variant_id"], kind="ProductVariant", field="variantId"),
            line["quantity"],
        )
        for line in given
    ]


def _required(given: Any, name: str, field: str) -> Any:
    value = given.get(name)
    if value is None:
        raise errors.MissingValue(field=field)
    return value


def _key(value: str) -> int:
    return ids.integer(value, kind="IncomingShipment", field="id", most=ids.INT8_MAX)


def _payload(row: Row) -> IncomingShipmentPayload:
    return IncomingShipmentPayload(incoming_shipment=_show(_fresh([row])[0]), errors=[])


def _fresh(rows: list[Row]) -> list[Row]:
    """Read after the commit: the engine has just said how much of each line is promised."""
    found = shipment_list.find(ids=[row.pk for row in rows], using=PRIMARY)
    return [found[row.pk] for row in rows]


def _show(row: Row) -> IncomingShipment:
    expected_on: date = row.expected_on
    return IncomingShipment(
        id=ids.encode("IncomingShipment", row.pk),
        reference=row.reference,
        warehouse_id=ids.encode("Warehouse", row.warehouse_id),
        expected_on=expected_on,
        status=row.status,
        lines=[
            IncomingShipmentLine(
                variant_id=ids.encode("ProductVariant", line.variant_id),
                quantity=line.quantity,
                quantity_received=line.received,
                quantity_promised=line.promised,
            )
            for line in sorted(row.lines.all(), key=lambda line: line.pk)
        ],
    )
