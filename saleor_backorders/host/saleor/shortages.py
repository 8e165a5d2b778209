"""Saleor's word for what cannot be had."""

from __future__ import annotations

from collections.abc import Sequence

from saleor.core.exceptions import InsufficientStock, InsufficientStockData
from saleor.product.models import ProductVariant

from saleor_backorders.host.port import Shortage


def insufficient_stock(shortages: Sequence[Shortage]) -> Exception:
    """Build what every caller in Saleor answers with INSUFFICIENT_STOCK."""
    variants = ProductVariant.objects.in_bulk(
        [shortage.variant_id for shortage in shortages if shortage.variant_id is not None]
    )
    return InsufficientStock(
        [
            InsufficientStockData(
                variant=variants.get(shortage.variant_id),
                order_line=shortage.order_line,
                warehouse_pk=shortage.warehouse_id,
                available_quantity=shortage.available,
            )
            for shortage in shortages
        ]
    )
