"""How far each number in the Dashboard may go, to the unit, and what stands on either side."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from saleor_backorders.settings.form import FIELDS

BOUNDS = {
    "limit": (0, 1_000_000),
    "lead_time_days": (0, 3650),
    "priority": (-1_000_000, 1_000_000),
    "safety_days": (0, 365),
    "tolerance_days": (0, 365),
    "silence_days": (1, 365),
    "overdue_days": (0, 365),
    "sweep_seconds": (10, 3600),
    "status_days": (0, 365),
    "rate_days": (0, 365),
    "late_warning_days": (0, 365),
    "limit_warning_percent": (0, 100),
    "offer_start_days": (0, 365),
    "offer_valid_days": (0, 3650),
}
MONEY = ("offer_minimum", "credit_per_week", "credit_most", "credit_budget")


def refusal(name: str, text: str) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        FIELDS[name].clean(text)
    return refused.value.messages


@pytest.mark.parametrize("name", BOUNDS)
def test_number__up_to_its_bounds_and_no_further(name: str) -> None:
    least, most = BOUNDS[name]
    assert [FIELDS[name].clean(str(value)) for value in (least, most)] == [least, most]
    assert refusal(name, str(least - 1)) == [
        f"Ensure this value is greater than or equal to {least}."
    ]
    assert refusal(name, str(most + 1)) == [f"Ensure this value is less than or equal to {most}."]


@pytest.mark.parametrize("name", MONEY)
def test_money__none_is_zero_and_no_finer_than_the_database_keeps(name: str) -> None:
    written = {
        "": "0",
        " ": "0",
        "0": "0",
        "0.001": "0.001",
        "12.50": "12.50",
        "1000000": "1000000",
    }
    for text, amount in written.items():
        assert FIELDS[name].clean(text) == Decimal(amount)
    assert refusal(name, "-0.001") == ["Ensure this value is greater than or equal to 0."]
    assert refusal(name, "1000000.001") == ["Ensure this value is less than or equal to 1000000."]
    assert refusal(name, "0.0001") == ["Ensure that there are no more than 3 decimal places."]
    for wrong in ("ten", "NaN", "Infinity"):
        assert refusal(name, wrong) == ["Enter a number."]


def test_empty__is_no_limit_and_no_silence() -> None:
    assert (FIELDS["limit"].clean(""), FIELDS["silence_days"].clean(" ")) == (None, 0)
