"""Book what arrived: onto the shelves, once for each delivery note, and to those who wait.

The order of locks is that of ``shipments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from saleor_backorders import engine, errors
from saleor_backorders.models import IncomingShipment, Receipt, ReceiptLine, ShipmentStatus

from . import queries, shipments
from .shipments import Announced

RECEIVED = "received"
MAX_KEY = Receipt._meta.get_field("idempotency_key").max_length or 0


@transaction.atomic
def receive(
    *,
    shipment_id: int,
    lines: Sequence[Announced] | None,
    idempotency_key: str,
    now: datetime,
) -> IncomingShipment:
    """Book what arrived into the warehouse's stock, once for each key, and serve the queue.

    Without ``lines`` all that is outstanding arrived.  A variant that a delivery note names is
    settled by it: what is missing is no longer expected, until ``update`` says when it follows;
    more than announced is booked as well.  Variants that it does not name are still expected.

    :raises MissingValue: no key.
    :raises NotOpen: it was called off, or nothing is outstanding.
    :raises NotFound: a variant that is not in the shipment; the variant or warehouse is gone.
    """
    if not idempotency_key.strip():
        raise errors.MissingValue(field="idempotencyKey")
    errors.check_length(idempotency_key, most=MAX_KEY, field="idempotencyKey")
    shipment = shipments.locked(shipment_id)
    if not _note_receipt(shipment, idempotency_key, now):
        return shipment
    if shipment.status == ShipmentStatus.CANCELLED:
        raise errors.NotOpen(field="id")
    shipments.check_warehouses([shipment.warehouse_id])
    arrived = _what_arrived(shipment, lines)
    stocks = _put_on_shelves(shipment.warehouse_id, arrived)
    engine.lock_variants(sorted(arrived))
    engine.explain(RECEIVED, shipment.pk)
    for variant_id, quantity in arrived.items():
        shipment.lines.filter(variant_id=variant_id).update(
            received=F("received") + quantity, to_come=0
        )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt_id=idempotency_key, variant_id=variant, stock_id=stocks[variant], quantity=units
        )
        for variant, units in arrived.items()
        if units
    )
    return shipments.save(shipment, now)


def _note_receipt(shipment: IncomingShipment, key: str, now: datetime) -> bool:
    """Write the delivery note down; False where it was booked before."""
    with connection.cursor() as cursor:
        # Waits for whoever books the same note at this moment, and then finds it booked.
        cursor.execute(
            "INSERT INTO saleor_backorders_receipt (idempotency_key, shipment_id, received_at)"
            " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [key, shipment.pk, now],
        )
        if cursor.rowcount:
            return True
    if Receipt.objects.get(pk=key).shipment_id != shipment.pk:
        raise errors.InvalidValue(
            "This key booked another shipment's delivery.", field="idempotencyKey"
        )
    return False


def _what_arrived(shipment: IncomingShipment, lines: Sequence[Announced] | None) -> dict[int, int]:
    """Return the units of each variant that a delivery note settles."""
    known = {line.variant_id: line for line in shipment.lines.all()}
    if lines is None:
        outstanding = {key: line.quantity - line.received for key, line in known.items()}
        found = {key: units for key, units in outstanding.items() if units > 0}
        if not found:
            raise errors.NotOpen(field="id")
        return found
    if not lines:
        raise errors.MissingValue(field="lines")
    arrived: dict[int, int] = {}
    for line in lines:
        errors.check_range(line.quantity, least=0, most=shipments.MAX_UNITS, field="quantity")
        if line.variant_id not in known:
            raise errors.NotFound(kind="ProductVariant", key=line.variant_id, field="lines")
        if line.variant_id in arrived:
            raise errors.InvalidValue("Name each variant once.", field="lines")
        arrived[line.variant_id] = line.quantity
    return arrived


def _put_on_shelves(warehouse_id: UUID, arrived: Mapping[int, int]) -> dict[int, int]:
    """Add units to the warehouse's stock rows, in the order in which Saleor locks them."""
    units = {variant: quantity for variant, quantity in arrived.items() if quantity}
    booked = queries.book_stock(warehouse_id=warehouse_id, units=units)
    stocks = {row.variant_id: row.stock_id for row in booked}
    for variant_id in units:
        if variant_id not in stocks:
            raise errors.NotFound(kind="ProductVariant", key=variant_id, field="lines")
    return stocks
