"""What is on its way: changed, received and called off, line by line."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.models import IncomingShipment, Receipt, ReceiptLine
from saleor_backorders.supply import receiving, shipments
from saleor_backorders.supply.shipments import Announced, Changes
from tests.days import in_days
from tests.services.front import Front, run_triggers


def announce(front: Front, *lines: tuple[Any, int], reference: str = "po 1") -> IncomingShipment:
    return shipments.create(
        reference=reference,
        warehouse_id=front.shelves.pk,
        expected_on=in_days(5),
        lines=[Announced(variant.pk, units) for variant, units in lines],
        now=timezone.now(),
    )


def change(shipment: IncomingShipment, **changes: Any) -> None:
    shipments.update(shipment_id=shipment.pk, changes=Changes(**changes), now=timezone.now())


def receive(shipment: IncomingShipment, *lines: tuple[Any, int], key: str = "note") -> None:
    receiving.receive(
        shipment_id=shipment.pk,
        lines=[Announced(variant.pk, units) for variant, units in lines] or None,
        idempotency_key=key,
        now=timezone.now(),
    )


def lines(shipment: IncomingShipment) -> list[tuple[int, int, int, int]]:
    """Return what was announced, came, is still to come, and is promised of each line."""
    run_triggers()
    rows = shipment.lines.order_by("pk")
    return list(rows.values_list("quantity", "received", "to_come", "promised"))


def status(shipment: IncomingShipment) -> str:
    return IncomingShipment.objects.get(pk=shipment.pk).status


def test_a_new_list_of_lines_adds_changes_and_drops(front: Front) -> None:
    first, second, third = (front.sold(0, limit=10) for _ in range(3))
    shipment = announce(front, (first, 5), (second, 5))
    receive(shipment, (second, 2))
    change(shipment, lines=[Announced(first.pk, 7), Announced(third.pk, 1)])
    assert lines(shipment) == [(7, 0, 7, 0), (2, 2, 0, 0), (1, 0, 1, 0)]
    change(shipment, lines=[Announced(second.pk, 4)])
    assert lines(shipment) == [(4, 2, 2, 0)]
    assert status(shipment) == "partially_received"


def test_what_a_delivery_lacked_counts_again_once_it_has_a_day(front: Front) -> None:
    variant = front.sold(0, limit=10)
    front.wait(variant, 4)
    shipment = announce(front, (variant, 3))
    receive(shipment, (variant, 1))
    assert lines(shipment) == [(3, 1, 0, 0)]
    change(shipment, expected_on=in_days(8))
    assert lines(shipment) == [(3, 1, 2, 2)]
    receive(shipment, key="the rest")
    assert lines(shipment) == [(3, 3, 0, 0)]
    assert status(shipment) == "received"
    assert list(ReceiptLine.objects.order_by("pk").values_list("quantity", flat=True)) == [1, 2]


def test_a_note_that_says_nothing_came_is_kept_and_promises_nothing(front: Front) -> None:
    variant = front.sold(0, limit=10)
    front.wait(variant, 4)
    shipment = announce(front, (variant, 3))
    receive(shipment, (variant, 0))
    assert lines(shipment) == [(3, 0, 0, 0)]
    assert Receipt.objects.count() == 1
    assert not ReceiptLine.objects.exists()


def test_nothing_is_booked_where_a_variant_or_the_warehouse_is_gone(front: Front) -> None:
    kept, gone = front.sold(0, limit=10), front.sold(0)
    shipment = announce(front, (kept, 2), (gone, 2))
    gone.delete()
    with pytest.raises(errors.NotFound, match="ProductVariant"):
        receive(shipment)
    IncomingShipment.objects.update(warehouse_id=uuid4())
    with pytest.raises(errors.NotFound, match="Warehouse"):
        receive(shipment)
    assert lines(shipment) == [(2, 0, 2, 0), (2, 0, 2, 0)]


def test_another_warehouse_only_before_anything_arrived(front: Front) -> None:
    variant = front.sold(0, limit=10)
    other = front.warehouse([front.main])
    shipment = announce(front, (variant, 3))
    change(shipment, warehouse_id=other.pk)
    receive(shipment, (variant, 1))
    with pytest.raises(errors.InvalidValue, match="other warehouse"):
        change(shipment, warehouse_id=front.shelves.pk)


def test_a_reference_is_taken_once(front: Front) -> None:
    variant = front.sold(0, limit=10)
    announce(front, (variant, 1))
    second = announce(front, (variant, 1), reference="po 2")
    with pytest.raises(errors.InvalidValue, match="taken"):
        announce(front, (variant, 1))
    with pytest.raises(errors.InvalidValue, match="taken"):
        change(second, reference="po 1")


def test_a_closed_shipment_takes_no_changes(front: Front) -> None:
    variant = front.sold(0, limit=10)
    shipment = announce(front, (variant, 1))
    receive(shipment)
    for act in (
        lambda: change(shipment, expected_on=in_days(5)),
        lambda: shipments.cancel(shipment_id=shipment.pk, now=timezone.now()),
        lambda: receive(shipment, key="again"),
    ):
        with pytest.raises(errors.NotOpen):
            act()
