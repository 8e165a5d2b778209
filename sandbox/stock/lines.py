from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sandbox.apps.order.models import OrderLine
from sandbox.apps.product.models import ProductVariant


@dataclass
class LineWork:
    """A quantity of an order line to allocate, release or dispatch."""

    line: OrderLine
    quantity: int
    variant: ProductVariant | None = None
    warehouse_pk: UUID | None = None

    def __post_init__(self) -> None:
        if self.variant is None and self.line.variant_id:
            self.variant = self.line.variant


def tracked(work: Iterable[LineWork]) -> list[LineWork]:
    """Keep what takes part in inventory: tracked variants that are no preorder."""
    return [
        item
        for item in work
        if item.variant and item.variant.track_inventory and not item.variant.is_preorder_active()
    ]
