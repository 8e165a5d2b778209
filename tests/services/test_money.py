"""What units came to, to the cent, and what of it goes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_backorders.cancellations import amounts
from saleor_backorders.models import Backorder, Cancellation
from tests.services.front import Front
from tests.sql.world import model


def priced(front: Front, units: int, total: str, currency: str = "USD") -> Backorder:
    """Return what waits of a line that came to an amount."""
    row = front.wait(front.sold(0, limit=10), units)
    lines = model("order", "OrderLine").objects.filter(pk=row.order_line_id)
    assert lines.update(total_price_gross_amount=total, currency=currency) == 1
    return row


def paid(row: Backorder, *, total: str, charged: str) -> None:
    orders = model("order", "Order").objects.filter(pk=row.order_id)
    assert orders.update(total_gross_amount=total, total_charged_amount=charged) == 1


def give_up(row: Backorder, units: int, value: Decimal | str, **exchange: Any) -> None:
    Cancellation.objects.create(
        backorder_id=row.pk, order_id=row.order_id, order_line_id=row.order_line_id,
        quantity=units, value=value, currency="USD", by="customer", created_at=timezone.now(),
        **exchange,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("units", "total", "currency", "shares"),
    [
        (2, "10.05", "USD", ["5.03", "5.02"]),
        (2, "5", "JPY", ["3", "2"]),
        (3, "10", "USD", ["3.33", "3.34", "3.33"]),
        (2, "0.005", "KWD", ["0.003", "0.002"]),
    ],
)
def test_value__shares_are_rounded_half_up_and_add_up(
    front: Front, units: int, total: str, currency: str, shares: list[str]
) -> None:
    row = priced(front, units, total, currency)
    found = []
    for _ in range(units):
        value = amounts.value_of_units(row.order_line_id, 1)
        give_up(row, 1, value)
        found.append(value)
    assert [str(each) for each in found] == shares
    assert sum(found) == Decimal(total)


def test_value__what_was_given_up_before_counts_in_units(front: Front) -> None:
    row = priced(front, 4, "10.10")
    give_up(row, 3, "7.58")
    assert amounts.value_of_units(row.order_line_id, 1) == Decimal("2.52")


@pytest.mark.parametrize(
    ("charged", "owed"),
    [
        ("0", "0.00"),
        ("45", "0.00"),
        ("48", "3.00"),
        ("55", "10.00"),
        ("60", "10.00"),
    ],
)
def test_owed__what_was_paid_beyond_what_is_still_due(
    front: Front, charged: str, owed: str
) -> None:
    row = priced(front, 5, "55")
    paid(row, total="55", charged=charged)
    assert amounts.of_order(row.order_id).owed_for(Decimal(10)) == Decimal(owed)


def test_owed__an_exchange_gives_up_the_difference_alone(front: Front) -> None:
    row = priced(front, 5, "55")
    paid(row, total="55", charged="45")
    give_up(row, 2, "20", replaced_value="15")
    assert amounts.of_order(row.order_id).owed_for(Decimal(10)) == Decimal("5.00")


def test_owed__what_others_granted_is_neither_due_nor_paid_twice(front: Front) -> None:
    row = priced(front, 5, "55")
    paid(row, total="55", charged="55")
    order = model("order", "Order").objects.get(pk=row.order_id)
    order.granted_refunds.create(amount_value=48, currency="USD")
    account = amounts.of_order(row.order_id)
    assert (account.granted, account.on_its_way) == (48, 48)
    assert account.owed_for(Decimal(10)) == Decimal(7)
