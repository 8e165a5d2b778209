"""What units came to, and what of it has to go back.

Money goes back as far as the customer paid more than is still due: an unpaid order is owed
nothing, a deposit is set against what remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from django.db.models import F, Model, Q, QuerySet, Sum

from saleor_backorders.host.rows import (
    GrantedRefund,
    gateway_transactions,
    granted_refunds,
    order_lines,
    orders,
    transaction_items,
)
from saleor_backorders.models import Cancellation, Refund, RefundState

GRANTED = "success"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An order's money, gross."""

    currency: str
    total: Decimal
    charged: Decimal
    """What the shop holds of it now."""
    given_up: Decimal
    """What was cancelled or exchanged before, less what the exchange came to."""
    granted: Decimal
    """Refunds that others granted."""
    on_its_way: Decimal
    """Granted by anybody, and still counted among what the shop holds."""

    def owed_for(self, value: Decimal) -> Decimal:
        """Return how much goes back when goods of this value are given up."""
        due = self.total - self.given_up - self.granted - value
        overpaid = self.charged - self.on_its_way - max(due, Decimal(0))
        return max(min(value, overpaid), Decimal(0))


def of_order(order_id: UUID) -> Account:
    """Return an order's account; the caller holds its row lock."""
    order = orders().get(pk=order_id)
    cancelled = Cancellation.objects.filter(order_id=order_id).aggregate(
        given_up=Sum(F("value") - F("replaced_value"))
    )
    others = _granted_by_others(order_id).aggregate(sum=Sum("amount_value"))["sum"]
    zero = Decimal(0)
    return Account(
        currency=order.currency,
        total=order.total_gross_amount,
        charged=order.total_charged_amount,
        given_up=cancelled["given_up"] or zero,
        granted=others or zero,
        on_its_way=_on_its_way(order_id),
    )


def _on_its_way(order_id: UUID) -> Decimal:
    """Return what was granted and is still counted among what the shop holds."""
    ours, others = Refund.objects.filter(order_id=order_id), _granted_by_others(order_id)
    items = transaction_items().filter(order_id=order_id)
    gateways = gateway_transactions().filter(payment__order_id=order_id)
    done, theirs_done = Q(state=RefundState.REFUNDED), Q(status=GRANTED)
    by_hand, theirs_by_hand = Q(transaction_id=None, payment_id=None), Q(transaction_item=None)

    granted = _sum(ours.exclude(done)) + _sum(others.exclude(theirs_done), "amount_value")
    pending = _sum(items, "refund_pending_value")
    returned = pending + _sum(items, "refunded_value")
    returned += _sum(gateways.filter(kind="refund", is_success=True))
    settled = _sum(ours.filter(done)) + _sum(others.filter(theirs_done), "amount_value")
    # What an app has confirmed, and what staff paid back by hand, has left without a word to us.
    may_have_left = pending + _sum(ours.exclude(done).filter(by_hand))
    may_have_left += _sum(others.exclude(theirs_done).filter(theirs_by_hand), "amount_value")
    return granted - min(max(returned - settled, Decimal(0)), may_have_left)


def _granted_by_others(order_id: UUID) -> QuerySet[Model, GrantedRefund]:
    known = Refund.objects.filter(order_id=order_id).exclude(granted_refund_id=None)
    granted = granted_refunds().filter(order_id=order_id)
    return granted.exclude(pk__in=list(known.values_list("granted_refund_id", flat=True)))


def _sum(rows: QuerySet[Any, Any], name: str = "amount") -> Decimal:
    return rows.aggregate(sum=Sum(name))["sum"] or Decimal(0)


def value_of_units(order_line_id: UUID, quantity: int) -> Decimal:
    """Return what units of an order line came to, gross, with every discount.

    Shares are rounded so that those of all units add up to the line's total, however often some
    of them are given up.
    """
    line = order_lines().get(pk=order_line_id)
    before = (
        Cancellation.objects.filter(order_line_id=order_line_id).aggregate(units=Sum("quantity"))[
            "units"
        ]
        or 0
    )
    total = line.total_price_gross_amount

    def share(units: int) -> Decimal:
        return quantize(total * units / line.quantity, line.currency)

    return share(before + quantity) - share(before)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to what its currency knows."""
    step = Decimal(1).scaleb(-get_currency_precision(currency))
    return amount.quantize(step, rounding=ROUND_HALF_UP)
