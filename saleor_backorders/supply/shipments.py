"""What is on its way: announce it, move it, call it off; ``receive`` books what arrived.

Locks, always in this order, so that no two transactions wait for each other in a circle: the
shipment's row, which only these two modules take; Saleor's stock rows, by id; the queues of the
variants; the shipment's lines, which the commit-time engine writes under those.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Model, OuterRef, QuerySet

from saleor_backorders import engine, errors
from saleor_backorders.host.rows import Warehouse, channel_warehouses, variants, warehouses
from saleor_backorders.models import (
    IncomingShipment,
    IncomingShipmentLine,
    ShipmentStatus,
    VirtualWarehouse,
)

MAX_LINES = 1000
MAX_UNITS = 1_000_000
"""Of one variant in one delivery; a shelf's own number is an int4."""
OPEN = (ShipmentStatus.EXPECTED, ShipmentStatus.PARTIALLY_RECEIVED)
ANNOUNCED, MOVED, CALLED_OFF = "announced", "shipment", "called_off"
MAX_REFERENCE = IncomingShipment._meta.get_field("reference").max_length or 0


class Announced(NamedTuple):
    """Units of a variant that are to come."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What to change of a shipment; None leaves it as it is."""

    reference: str | None = None
    warehouse_id: UUID | None = None
    expected_on: date | None = None
    lines: Sequence[Announced] | None = None


@transaction.atomic
def create(
    *,
    reference: str,
    warehouse_id: UUID,
    expected_on: date,
    lines: Sequence[Announced],
    now: datetime,
) -> IncomingShipment:
    """Register supply that is on its way; who it will serve is told at the COMMIT.

    :raises InvalidValue: a reference that is taken, a variant named twice, no physical warehouse.
    :raises NotFound: an unknown variant or warehouse.
    """
    _check_reference(reference)
    check_warehouses([warehouse_id])
    _check_lines(lines)
    if IncomingShipment.objects.filter(reference=reference).exists():
        raise errors.InvalidValue("This reference is taken.", field="reference")
    shipment = IncomingShipment(
        reference=reference,
        warehouse_id=warehouse_id,
        expected_on=expected_on,
        created_at=now,
        updated_at=now,
    )
    engine.lock_variants([line.variant_id for line in lines])
    write([shipment], [list(lines)])
    return shipment


def write(
    shipments: Sequence[IncomingShipment], lines: Sequence[Sequence[Announced]]
) -> list[IncomingShipment]:
    """Insert shipments with their lines; the caller holds the queues' locks.

    :raises InvalidValue: a reference that is taken.
    """
    try:
        with transaction.atomic():
            made = IncomingShipment.objects.bulk_create(shipments)
    except IntegrityError as exc:
        # Somebody else took a reference since we looked.
        raise errors.InvalidValue("This reference is taken.", field="reference") from exc
    engine.explain(ANNOUNCED, made[0].pk if len(made) == 1 else None)
    IncomingShipmentLine.objects.bulk_create(
        IncomingShipmentLine(
            shipment=shipment,
            variant_id=line.variant_id,
            quantity=line.quantity,
            to_come=line.quantity,
        )
        for shipment, its_lines in zip(made, lines, strict=True)
        for line in its_lines
    )
    return made


@transaction.atomic
def update(*, shipment_id: int, changes: Changes, now: datetime) -> IncomingShipment:
    """Change what is expected; exactly the promises that hang on it are given anew.

    A new day also says when the rest of a short delivery follows.  ``lines`` replaces the whole
    list; what was received of a variant stays recorded.

    :raises NotOpen: it was received or called off.
    :raises InvalidValue: as for a new one; or another warehouse after something arrived.
    """
    shipment = locked(shipment_id)
    check_open(shipment)
    _check_changes(shipment, changes)
    before = list(shipment.lines.all())
    wanted = [line.variant_id for line in changes.lines or ()]
    engine.lock_variants(sorted({line.variant_id for line in before} | set(wanted)))
    engine.explain(MOVED, shipment.pk)
    if changes.lines is not None:
        _replace_lines(shipment, changes.lines)
    if changes.expected_on is not None:
        shipment.lines.filter(quantity__gt=F("received")).update(
            to_come=F("quantity") - F("received")
        )
    for name in ("reference", "warehouse_id", "expected_on"):
        value = getattr(changes, name)
        if value is not None:
            setattr(shipment, name, value)
    return save(shipment, now)


@transaction.atomic
def cancel(*, shipment_id: int, now: datetime) -> IncomingShipment:
    """Call off what has not arrived; who was to get it goes to the next source.

    :raises NotOpen: it was received or called off.
    """
    shipment = locked(shipment_id)
    check_open(shipment)
    lines = shipment.lines
    engine.lock_variants(list(lines.values_list("variant_id", flat=True)))
    engine.explain(CALLED_OFF, shipment.pk)
    lines.update(to_come=0)
    shipment.status = ShipmentStatus.CANCELLED
    shipment.updated_at = now
    shipment.save(update_fields=["status", "updated_at"])
    return shipment


def physical_warehouses() -> QuerySet[Model, Warehouse]:
    """Return the warehouses that goods may arrive at: real ones, of some channel."""
    linked = warehouses().filter(Exists(channel_warehouses().filter(warehouse_id=OuterRef("pk"))))
    return linked.exclude(pk__in=VirtualWarehouse.objects.values("warehouse_id"))


def check_warehouses(warehouse_ids: Collection[UUID]) -> None:
    """Let pass warehouses that goods may arrive at.

    :raises NotFound: no such warehouse.
    :raises InvalidValue: a virtual one, or one that belongs to no channel.
    """
    allowed = set(physical_warehouses().values_list("pk", flat=True))
    for key in warehouse_ids:
        if key in allowed:
            continue
        if not warehouses().filter(pk=key).exists():
            raise errors.NotFound(kind="Warehouse", key=key, field="warehouseId")
        raise errors.InvalidValue(
            "Goods arrive at a physical warehouse of a channel only.", field="warehouseId"
        )


def _check_reference(reference: str) -> None:
    if not reference.strip():
        raise errors.MissingValue(field="reference")
    errors.check_length(reference, most=MAX_REFERENCE, field="reference")


def _check_lines(lines: Sequence[Announced]) -> None:
    if not lines:
        raise errors.MissingValue(field="lines")
    if len(lines) > MAX_LINES:
        raise errors.TooMany(asked=len(lines), most=MAX_LINES, field="lines")
    for line in lines:
        errors.check_range(line.quantity, least=1, most=MAX_UNITS, field="quantity")
    variant_ids = [line.variant_id for line in lines]
    if len(set(variant_ids)) < len(variant_ids):
        raise errors.InvalidValue("Name each variant once.", field="lines")
    known = set(variants().filter(pk__in=variant_ids).values_list("pk", flat=True))
    for variant_id in variant_ids:
        if variant_id not in known:
            raise errors.NotFound(kind="ProductVariant", key=variant_id, field="variantId")


def _check_changes(shipment: IncomingShipment, changes: Changes) -> None:
    if changes.reference is not None:
        _check_reference(changes.reference)
        others = IncomingShipment.objects.exclude(pk=shipment.pk)
        if others.filter(reference=changes.reference).exists():
            raise errors.InvalidValue("This reference is taken.", field="reference")
    if changes.warehouse_id and changes.warehouse_id != shipment.warehouse_id:
        check_warehouses([changes.warehouse_id])
        if shipment.lines.filter(received__gt=0).exists():
            raise errors.InvalidValue(
                "Part of it arrived at the other warehouse already.", field="warehouseId"
            )
    if changes.lines is not None:
        _check_lines(changes.lines)


def check_open(shipment: IncomingShipment) -> None:
    """Let pass what something is still expected of.

    :raises NotOpen: it was received or called off.
    """
    if shipment.status not in OPEN:
        raise errors.NotOpen(field="id")


def locked(shipment_id: int) -> IncomingShipment:
    """Hold a shipment until the transaction ends.

    :raises NotFound: no such shipment.
    """
    found = IncomingShipment.objects.select_for_update(no_key=True).filter(pk=shipment_id).first()
    if found is None:
        raise errors.NotFound(kind="IncomingShipment", key=shipment_id, field="id")
    return found


def _replace_lines(shipment: IncomingShipment, wanted: Sequence[Announced]) -> None:
    known = {line.variant_id: line for line in shipment.lines.all()}
    named = {line.variant_id for line in wanted}
    for line in known.values():
        if line.variant_id not in named:
            _drop_line(line)
    for variant_id, quantity in wanted:
        if variant_id not in known:
            shipment.lines.create(variant_id=variant_id, quantity=quantity, to_come=quantity)
        elif known[variant_id].quantity != quantity:
            _announce_anew(known[variant_id], quantity)


def _announce_anew(line: IncomingShipmentLine, quantity: int) -> None:
    line.quantity = quantity
    line.to_come = max(quantity - line.received, 0)
    line.save(update_fields=["quantity", "to_come"])


def _drop_line(line: IncomingShipmentLine) -> None:
    if not line.received:
        line.delete()
        return
    # What came of it stays on record.
    line.quantity, line.to_come = line.received, 0
    line.save(update_fields=["quantity", "to_come"])


def save(shipment: IncomingShipment, now: datetime) -> IncomingShipment:
    """Keep a shipment, in the state that its lines say."""
    lines = shipment.lines
    if not lines.filter(received__lt=F("quantity")).exists():
        shipment.status = ShipmentStatus.RECEIVED
    elif lines.filter(received__gt=0).exists() or lines.filter(to_come=0).exists():
        shipment.status = ShipmentStatus.PARTIALLY_RECEIVED
    else:
        shipment.status = ShipmentStatus.EXPECTED
    shipment.updated_at = now
    shipment.save()
    return shipment
