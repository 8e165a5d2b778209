"""Prices of an order that is being made: Saleor's, and one that is given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promise import Promise
from saleor.core.prices import quantize_price
from saleor.order.calculations import fetch_order_prices_if_expired

from saleor_backorders.errors import InvalidValue

from .compat import call_with


def fetch_prices(order: Any, context: dict[str, Any]) -> None:
    """Let Saleor compute discounts, taxes and totals of a draft, and read them.

    :raises InvalidValue: the shop's tax service did not answer.
    """
    # Saleor saves nothing where its copy of the order is older than the row.
    order.refresh_from_db()
    computed = call_with(fetch_order_prices_if_expired, order=order, force_update=True, **context)
    # Newer versions answer with a promise.
    if isinstance(computed, Promise):
        computed.get()
    order.refresh_from_db()
    if order.tax_error is not None:
        raise InvalidValue("The shop could not compute the taxes.")


def pin_total(order: Any, line: Any, gross: Decimal) -> None:
    """Give the one line of an order a total, where rounding left it some cents beside it."""
    if line.total_price_gross_amount == gross:
        return
    net = quantize_price(gross / (1 + (line.tax_rate or 0)), order.currency)
    for owner, name, quantity in (
        (line, "total_price", 1),
        (line, "undiscounted_total_price", 1),
        (line, "unit_price", line.quantity),
        (line, "undiscounted_unit_price", line.quantity),
        (order, "subtotal", 1),
        (order, "total", 1),
        (order, "undiscounted_total", 1),
    ):
        _write(owner, f"{name}_gross_amount", quantize_price(gross / quantity, order.currency))
        _write(owner, f"{name}_net_amount", quantize_price(net / quantity, order.currency))


def _write(owner: Any, name: str, amount: Decimal) -> None:
    setattr(owner, name, amount)
    owner.save(update_fields=[name])
