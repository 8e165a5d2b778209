from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sandbox.apps.order.models import Order


def refresh(order: Order) -> None:
    """Store how far an order is paid, measured against what of it is not granted back."""
    granted = _sum(order.granted_refunds.values_list("amount_value", flat=True))
    due = max(order.total_gross_amount - granted, Decimal(0))
    transactions = order.payment_transactions.values_list("charged_value", flat=True)
    payments = order.payments.values_list("captured_amount", flat=True)
    order.total_charged_amount = _sum(transactions) + _sum(payments)
    order.total_authorized_amount = _sum(
        order.payment_transactions.values_list("authorized_value", flat=True)
    )
    order.charge_status = _charge_status(order.total_charged_amount, due)
    covered = order.total_charged_amount + order.total_authorized_amount
    order.authorize_status = _authorize_status(covered, due, free=not order.total_gross_amount)
    order.save(
        update_fields=[
            "total_charged_amount",
            "total_authorized_amount",
            "charge_status",
            "authorize_status",
            "updated_at",
        ]
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _charge_status(charged: Decimal, due: Decimal) -> str:
    if charged == due:
        return "full"
    if charged <= 0:
        return "none"
    return "partial" if charged < due else "overcharged"


def _authorize_status(covered: Decimal, due: Decimal, *, free: bool) -> str:
    if not covered:
        return "full" if free else "none"
    return "full" if covered >= due else "partial"
