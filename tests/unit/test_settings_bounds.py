"""How far each number in the Dashboard may go, to the unit, and what stands on either side."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saleor_backorders import settings_form

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


@pytest.mark.parametrize("name", BOUNDS)
def test_number__up_to_its_bounds_and_no_further(name: str) -> None:
    least, most = BOUNDS[name]
    assert [settings_form.read(name, str(value)) for value in (least, most)] == [least, most]
    for beyond in (least - 1, most + 1):
        with pytest.raises(ValueError, match=f"^Give a whole number from {least} to {most}.$"):
            settings_form.read(name, str(beyond))


@pytest.mark.parametrize("name", MONEY)
def test_money__none_is_zero_and_no_finer_than_the_database_keeps(name: str) -> None:
    written = {"": "0", "0": "0", "0.001": "0.001", "12.50": "12.50", "1000000": "1000000"}
    for text, amount in written.items():
        assert settings_form.read(name, text) == Decimal(amount)
    for wrong in ("-0.001", "1000000.001", "0.0001", "ten", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="^Give an amount, such as 5 or 12.50.$"):
            settings_form.read(name, wrong)


def test_empty__is_no_limit_and_no_silence() -> None:
    assert (settings_form.read("limit", ""), settings_form.read("silence_days", " ")) == (None, 0)
