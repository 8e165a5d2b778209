"""The contract's enumerations, made of the rooms' own."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Any

import graphene

from saleor_backorders import models
from saleor_backorders.availability import availability, eta
from saleor_backorders.queue import backorder_list


def _described(texts: dict[Any, str]) -> Callable[[Any], str | None]:
    return texts.get


def _described_by_value(texts: dict[Any, str]) -> Callable[[Any], str | None]:
    """Describe an enum that has another name here than in the models."""
    return lambda member: texts.get(member.value) if member is not None else None


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
    "BackorderSortField", [(field.name, field.value) for field in backorder_list.SortField]
)
OrderDirection = graphene.Enum("OrderDirection", [(way.name, way.value) for way in _OrderDirection])
IncomingShipmentStatus = graphene.Enum(
    "IncomingShipmentStatus", [(status.name, status.value) for status in models.ShipmentStatus]
)
OfferKind = graphene.Enum(
    "BackorderOfferKind",
    [(kind.name, kind.value) for kind in models.OfferKind],
    description=_described_by_value(
        {
            models.OfferKind.WAITING: "A percentage, for waiting at all.",
            models.OfferKind.SLIP: "A credit, for a delay.",
        }
    ),
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
BackorderMessageKind = graphene.Enum(
    "BackorderMessageKind",
    [(kind.name, kind.value) for kind in models.MessageKind],
    description=_described_by_value(
        {
            models.MessageKind.PLACED: "To the customer: what ships now and what waits.",
            models.MessageKind.DELAYED: "To the customer: a date moved back.",
            models.MessageKind.EARLIER: "To the customer: a date moved forward.",
            models.MessageKind.ALLOCATED: "To the customer: it arrived and is reserved.",
            models.MessageKind.CANCELLED: "To the customer: units were cancelled or exchanged.",
            models.MessageKind.REFUNDED: "To the customer: money was sent back.",
            models.MessageKind.STATUS: "To the customer: it still waits.",
            models.MessageKind.OFFER: "To the customer: a voucher for waiting.",
            models.MessageKind.CONFIRM: "To whoever signed up: whether it was them.",
            models.MessageKind.BACK_IN_STOCK: "To whoever signed up: it is back in stock.",
            models.MessageKind.RATE: "To the customer: how was the wait.",
            models.MessageKind.LOW_STOCK: "To the staff: few are left on the shelf.",
            models.MessageKind.LIMIT: "To the staff: a limit is nearly reached.",
            models.MessageKind.LATE: "To the staff: promises that are late or about to be.",
            models.MessageKind.REFUND_FAILED: "To the staff: a refund failed.",
            models.MessageKind.GIVEN_UP: "To the staff: messages were given up.",
        }
    ),
)
BackorderMessageState = graphene.Enum(
    "BackorderMessageState",
    [(state.name, state.value) for state in models.MessageState],
    description=_described_by_value(
        {
            models.MessageState.PENDING: "To be sent, for the first time or again.",
            models.MessageState.CLAIMED: "A worker prepares it.",
            models.MessageState.HANDING_OVER: "It is on its way to the mail server.",
            models.MessageState.SENT: "The mail server, or what the shop uses instead, has it.",
            models.MessageState.SKIPPED: "It was not true any more, or nobody wanted it.",
            models.MessageState.UNKNOWN: "It may have been sent: the answer never came.",
            models.MessageState.GIVEN_UP: "It was refused, or could not be sent for too long.",
        }
    ),
)
BackorderMessageTransport = graphene.Enum(
    "BackorderMessageTransport",
    [(way.name, way.value) for way in models.Transport],
    description=_described_by_value(
        {
            models.Transport.MAIL: "By the shop's mail server.",
            models.Transport.NOTIFY: "By Saleor's notifications, for a plugin or an app.",
            models.Transport.OFF: "Not at all.",
        }
    ),
)
