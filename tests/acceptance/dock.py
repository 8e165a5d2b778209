"""Let a test announce pallets, move them and book them, and read what customers are promised."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.acceptance import documents
from tests.acceptance.shop import Answer, Placed, Shop, Thing
from tests.hosts.base import Json

SHIPMENT, LEAD_TIME = "INCOMING_SHIPMENT", "LEAD_TIME"


def day(days: int) -> str:
    """Return a day, counted from today."""
    today: date = datetime.now(UTC).date()
    return (today + timedelta(days=days)).isoformat()


class Dock:
    """Be where a shop's pallets arrive."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def announce(
        self,
        units: int,
        days: int,
        variant: Thing | None = None,
        shelf: Thing | None = None,
        **changes: Any,
    ) -> Answer:
        """Say that a pallet is on its way."""
        return self._tell(
            documents.INCOMING_SHIPMENT_CREATE,
            input={
                "reference": f"pallet {uuid.uuid4().hex[:12]}",
                "warehouseId": (shelf or self.shop.shelf).id,
                "expectedOn": day(days),
                "lines": [self._line(units, variant)],
                **changes,
            },
        )

    def pallet(self, units: int, days: int, **how: Any) -> str:
        """Announce a pallet that the shop has to accept, and return its id."""
        made: str = self.announce(units, days, **how).must()["incomingShipment"]["id"]
        return made

    def change(self, pallet: str, **changes: Any) -> Answer:
        """Change what is known of a pallet."""
        return self._tell(documents.INCOMING_SHIPMENT_UPDATE, id=pallet, input=changes)

    def slip(self, pallet: str, days: int) -> Json:
        """Give a pallet another day."""
        return self.change(pallet, expectedOn=day(days)).must()

    def book(self, pallet: str, units: int | None = None, key: str = "") -> Answer:
        """Book a delivery note: all of it, or so many."""
        return self._tell(
            documents.INCOMING_SHIPMENT_RECEIVE,
            id=pallet,
            lines=None if units is None else [self._line(units)],
            key=key or uuid.uuid4().hex,
        )

    def call_off(self, pallet: str) -> Answer:
        """Tell that a pallet will not come."""
        return self._tell(documents.INCOMING_SHIPMENT_CANCEL, id=pallet)

    def bring_in(self, csv: str) -> Answer:
        """Announce pallets from a file."""
        return self._tell(documents.INCOMING_SHIPMENT_IMPORT, csv=csv)

    def pallets(self, **wanted: Any) -> list[Json]:
        """Return the pallets that a filter admits, by their day."""
        found = self.shop.ask_plugin(
            documents.INCOMING_SHIPMENTS, {"filter": wanted, "first": 50}, self.shop.staff
        )
        return [edge["node"] for edge in found["edges"]]

    def read(self, pallet: str) -> Json:
        """Return a pallet as it is now."""
        (found,) = (
            node for node in self.pallets(variantIds=[self.shop.variant.id]) if node["id"] == pallet
        )
        return found

    def promise(self, order: Placed) -> Json:
        """Return what is known of an order's one backorder."""
        found: Json = self.shop.ask_plugin(
            documents.BACKORDER_PROMISE, {"id": self.shop.backorder(order)["id"]}, self.shop.staff
        )
        return found

    def dates(self, order: Placed) -> tuple[str, str]:
        """Return the day that was promised, and the one that is expected."""
        found = self.promise(order)
        return found["promisedEta"]["date"], found["eta"]["date"]

    def parts(self, order: Placed) -> list[tuple[int, str, str]]:
        """Return units, day and source of each part of what waits."""
        return [
            (part["quantity"], part["date"], part["source"])
            for part in self.promise(order)["etaParts"]
        ]

    def slipped(self, *orders: Placed) -> list[int | None]:
        """Return by how many days each customer is asked to wait longer; None who is not asked."""
        asked = (self.promise(order)["decision"] for order in orders)
        return [decision and decision["slipDays"] for decision in asked]

    def rule(self, **values: Any) -> Answer:
        """Change how the channel counts days and deals with delays."""
        return self._tell(
            documents.BACKORDER_CHANNEL_UPDATE, channel=self.shop.channel.slug, input=values
        )

    def _line(self, units: int, variant: Thing | None = None) -> Json:
        return {"variantId": (variant or self.shop.variant).id, "quantity": units}

    def _tell(self, document: str, **variables: Any) -> Answer:
        return self.shop.tell_plugin(document, variables, self.shop.staff)
