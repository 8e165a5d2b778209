"""What happened to a backorder, told in the order in which it did."""

from __future__ import annotations

from django.utils import formats, timezone

from saleor_backorders.queue import history
from saleor_backorders.supply import shipments
from saleor_backorders.supply.shipments import Announced, Changes
from tests.days import in_days
from tests.services.front import Front, run_triggers


def said(days: int) -> str:
    return formats.date_format(in_days(days), "j F Y")


def test_a_slip_of_the_first_units_alone_says_so(front: Front) -> None:
    variant = front.sold(0, limit=10)
    pallets = [
        shipments.create(
            reference=f"po {days}",
            warehouse_id=front.shelves.pk,
            expected_on=in_days(days),
            lines=[Announced(variant.pk, 2)],
            now=timezone.now(),
        )
        for days in (4, 18)
    ]
    row = front.wait(variant, 3)
    run_triggers()
    shipments.update(
        shipment_id=pallets[0].pk, changes=Changes(expected_on=in_days(9)), now=timezone.now()
    )
    run_triggers()
    told = history.of(ids=[row.pk], using="default")[row.pk]
    assert [(event.type, event.message) for event in told] == [
        ("PLACED", "Began to wait: 3"),
        ("PROMISED", f"Promised for {said(18)}"),
        (
            "DATE_MOVED",
            f"The first units are expected on {said(9)}, the last still on {said(18)}:"
            " a shipment was given another date",
        ),
        ("DECISION_ASKED", f"The customer is asked whether to wait until {said(18)}"),
    ]


def test_nothing_is_told_of_what_is_not_there(db: None) -> None:
    assert history.of(ids=[10**9], using="default") == {10**9: []}
