"""Money that goes back: what is owed, who holds it, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from .orders import Actor


class RefundOutcome(StrEnum):
    """How far money is on its way back."""

    OWED = "owed"
    REQUESTED = "requested"
    REFUNDED = "refunded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Asked, and from here nobody can tell whether it moved: asking again might pay twice."""


@dataclass(frozen=True, kw_only=True)
class RefundPart:
    """Money owed through one payment of an order.

    Without a transaction and without a payment there is nobody to ask: staff pay it back by hand.
    """

    amount: Decimal
    currency: str
    transaction_id: int | None = None
    granted_refund_id: int | None = None
    payment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RefundAnswer:
    """What was said when money was asked for."""

    outcome: RefundOutcome
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What an order is owed, and for which units of which lines."""

    order_id: UUID
    amount: Decimal
    lines: Sequence[tuple[UUID, int]]
    with_shipping: bool
    reason: str


class Refunds(Protocol):
    """The shop's payments."""

    def grant(self, *, grant: Grant, actor: Actor) -> list[RefundPart]:
        """Write down in the shop that money is owed, in the caller's transaction.

        Returns the payments that it has to go through; the parts add up to the amount.
        """

    def request(self, *, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
        """Ask whoever holds the money to send it back; called outside of any transaction.

        ``key`` is the same for every attempt at the same money, so that a payment app which keeps
        idempotency keys sends it once.  Never raises for a refusal: it is an answer.
        """

    def outcome(self, *, part: RefundPart, key: str) -> RefundAnswer:
        """Return what the shop knows of a refund, without asking anybody."""
