"""What is done to orders in the shop, as its staff do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Actor:
    """In whose name an order is changed; both empty where a link or a rule of the shop acts."""

    user_id: int | None = None
    app_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One line that cannot be had."""

    variant_id: int | None
    available: int
    order_line: Any = None
    warehouse_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Undispatched units of a line, and the variant that is to come in their place."""

    order_line_id: UUID
    quantity: int
    variant_id: int
    most: Decimal
    """What the old units came to, gross."""
    dearer_at_same_price: bool
    """Whether goods that are dearer today come for ``most``; otherwise they do not come at all."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The order that was made in place of units taken off another."""

    order_id: UUID
    order_number: str
    total: Decimal
    """Gross, of its goods alone."""


class Orders(Protocol):
    """Orders of the shop; who calls holds the order's row lock and is in a transaction."""

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""

    def release_units(
        self, *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
    ) -> None:
        """Take undispatched units off an order line; no money moves.

        A fulfilment REFUNDED says that ``amount`` (gross) was put back.

        :raises saleor_backorders.errors.InvalidValue: fewer units are undispatched.
        """

    def cancel(self, *, order_id: UUID, actor: Actor) -> None:
        """Cancel a whole order; no money moves.

        :raises saleor_backorders.errors.InvalidValue: its state does not allow it.
        """

    def replace_units(self, *, exchange: Exchange, actor: Actor) -> Replacement:
        """Put units of another variant in place of undispatched ones.

        A fulfilment REPLACED on the old order, and a new order for the same customer, placed and
        paid for by the old one, at the shop's price of today.  Shipping is not charged again.

        :raises saleor_backorders.errors.DearerThanAllowed: dearer, and the shop does not allow it.
        :raises saleor_backorders.errors.InvalidValue: the channel does not sell it, or fewer units
            are undispatched.
        :raises saleor_backorders.errors.NotEnoughStock: it cannot be had.
        """

    def add_note(self, *, order_id: UUID, message: str, actor: Actor) -> None:
        """Leave a note for staff in the order's history."""
