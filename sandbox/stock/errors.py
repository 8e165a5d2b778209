from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass
class InsufficientStockData:
    """What is short: a variant, an order line, or both."""

    available_quantity: int
    variant: Any = None
    order_line: Any = None
    warehouse_pk: UUID | None = None


class InsufficientStock(Exception):
    """There are too few units for what was asked."""

    def __init__(self, items: Sequence[InsufficientStockData]) -> None:
        self.items = list(items)
        named = ", ".join(str(item.variant or item.order_line) for item in self.items)
        super().__init__(f"Insufficient stock for {named}")


class AllocationError(Exception):
    """Some order lines hold fewer units than were to be released."""

    def __init__(self, order_lines: Sequence[Any]) -> None:
        self.order_lines = list(order_lines)
        super().__init__(f"{len(self.order_lines)} order lines hold too few units")
