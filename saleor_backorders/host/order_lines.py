"""Lines of orders that are about to lose units; alike in both hosts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps

from saleor_backorders.errors import InvalidValue


def undispatched(order_line_id: UUID, quantity: int) -> Any:
    """Return a line that has so many undispatched units.

    :raises InvalidValue: it has fewer.
    """
    lines = apps.get_model("order", "OrderLine").objects
    line = lines.select_related("order__channel", "variant").get(pk=order_line_id)
    if not 0 < quantity <= line.quantity_unfulfilled:
        raise InvalidValue(field="quantity")
    return line
