"""What staff do with pallets that are on their way."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sandbox.demo.actors import Actors
from sandbox.shop import documents
from sandbox.shop.api import Json


class Pallet(NamedTuple):
    """A shipment of one variant as the API tells it."""

    id: str
    expected_on: date
    status: str
    units: int
    received: int
    promised: int


class Supply:
    """Announces, moves and books pallets of the actors's variant."""

    def __init__(self, actors: Actors) -> None:
        self._actors = actors

    def announce(self, reference: str, units: int, expected_on: date) -> Pallet:
        """Announce a pallet."""
        line = {"variantId": self._actors.variant, "quantity": units}
        made = self._actors.staff.plugin(
            documents.SHIPMENT_CREATE,
            input={
                "reference": reference,
                "warehouseId": self._actors.shelf().warehouse_id,
                "expectedOn": expected_on.isoformat(),
                "lines": [line],
            },
        )
        return _pallet(made["incomingShipment"])

    def move(self, pallet: Pallet, expected_on: date) -> Pallet:
        """Give a pallet another day."""
        moved = self._actors.staff.plugin(
            documents.SHIPMENT_UPDATE,
            id=pallet.id,
            input={"expectedOn": expected_on.isoformat()},
        )
        return _pallet(moved["incomingShipment"])

    def receive(self, pallet: Pallet, units: int, key: str) -> Pallet:
        """Book what a delivery note says."""
        lines = [{"variantId": self._actors.variant, "quantity": units}]
        booked = self._actors.staff.plugin(
            documents.SHIPMENT_RECEIVE, id=pallet.id, lines=lines, key=key
        )
        return _pallet(booked["incomingShipment"])

    def look(self) -> Pallet:
        """Read the one pallet of the variant."""
        wanted = {"variantIds": [self._actors.variant]}
        found = self._actors.staff.plugin(documents.SHIPMENTS, filter=wanted)
        (edge,) = found["edges"]
        return _pallet(edge["node"])


def _pallet(told: Json) -> Pallet:
    (line,) = told["lines"]
    return Pallet(
        told["id"],
        date.fromisoformat(told["expectedOn"]),
        told["status"],
        line["quantity"],
        line["quantityReceived"],
        line["quantityPromised"],
    )
