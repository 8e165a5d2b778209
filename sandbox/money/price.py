from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CENT = Decimal("0.01")


def in_cents(amount: Decimal) -> Decimal:
    """Round to what can be paid, as Saleor does."""
    return amount.quantize(CENT)


@dataclass(frozen=True)
class Price:
    """An amount with and without tax."""

    net: Decimal
    gross: Decimal

    def __add__(self, other: Price) -> Price:
        return Price(self.net + other.net, self.gross + other.gross)

    def share(self, parts: int) -> Price:
        """Return one of so many equal parts, rounded."""
        return Price(in_cents(self.net / parts), in_cents(self.gross / parts))


NOTHING = Price(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class LinePrice:
    """What a line costs, and what it would cost without a voucher."""

    quantity: int
    base_unit: Decimal
    rate: Decimal
    total: Price
    undiscounted_unit: Price
    undiscounted_total: Price

    @property
    def unit(self) -> Price:
        """Return the price of one unit, which Saleor makes of the line's total."""
        return self.total.share(self.quantity)
