from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Any

import graphene

from saleor_backorders import models
from saleor_backorders.services import availability, eta, queue


def _described(texts: dict[Any, str]) -> Callable[[Any], str | None]:
    return texts.get


class _OrderDirection(Enum):
    ASC = "asc"
    DESC = "desc"


class ErrorCode(StrEnum):
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    ALREADY_FULFILLED = "ALREADY_FULFILLED"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    REFUND_FAILED = "REFUND_FAILED"
    GRAPHQL_ERROR = "GRAPHQL_ERROR"


AvailabilityStatus = graphene.Enum.from_enum(
    availability.AvailabilityStatus,
    description=_described(
        {
            availability.AvailabilityStatus.IN_STOCK: "All of the quantity is on the shelf.",
            availability.AvailabilityStatus.PARTIALLY_BACKORDERED: (
                "Some ships now, the rest is back-ordered."
            ),
            availability.AvailabilityStatus.BACKORDERED: "All of the quantity is back-ordered.",
            availability.AvailabilityStatus.UNAVAILABLE: (
                "Cannot be bought: no stock, and no backorder allowed for this many."
            ),
        }
    ),
)
EtaSource = graphene.Enum.from_enum(
    eta.EtaSource,
    description=_described(
        {
            eta.EtaSource.INCOMING_SHIPMENT: "A known shipment covers this place in the queue.",
            eta.EtaSource.LEAD_TIME: (
                "No shipment covers it yet: today plus the policy's lead time."
            ),
        }
    ),
)
BackorderStatus = graphene.Enum.from_enum(
    models.BackorderStatus,
    description=_described(
        {
            models.BackorderStatus.WAITING: "Nothing has arrived for it.",
            models.BackorderStatus.PARTIALLY_ALLOCATED: "Some of it has.",
            models.BackorderStatus.ALLOCATED: "All of it has: ready to ship.",
        }
    ),
)
BackorderErrorCode = graphene.Enum("BackorderErrorCode", [(c.name, c.value) for c in ErrorCode])
BackorderSortField = graphene.Enum(
    "BackorderSortField", [(field.name, field.value) for field in queue.SortField]
)
OrderDirection = graphene.Enum("OrderDirection", [(way.name, way.value) for way in _OrderDirection])
IncomingShipmentStatus = graphene.Enum(
    "IncomingShipmentStatus", [(status.name, status.value) for status in models.ShipmentStatus]
)
RefundState = graphene.Enum.from_enum(
    models.RefundState,
    description=_described(
        {
            models.RefundState.OWED: "Nobody could be asked for it yet.",
            models.RefundState.REQUESTED: "Whoever holds the money was asked.",
            models.RefundState.FAILED: "It was refused; it is asked for again by itself.",
            models.RefundState.UNKNOWN: "Asked, and nobody can tell from here whether it moved.",
        }
    ),
)
