"""The settings in the Dashboard: what is read from them, and what is said of a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_backorders import settings_form
from saleor_backorders.host.port import ShopSettings

CHANNELS = {"main", "outlet"}


def saved(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_parse__nothing_saved_means_the_defaults() -> None:
    assert settings_form.parse([], active=True) == ShopSettings(
        active=True,
        channels=(),
        allow=False,
        limit=None,
        lead_time_days=30,
        agreement_required=False,
        priority=0,
        sweep_seconds=60,
    )


def test_defaults__are_settings_that_nothing_is_wrong_with() -> None:
    assert settings_form.validate(settings_form.defaults(), channel_slugs=CHANNELS) == {}


def test_parse__every_field() -> None:
    configuration = saved(
        channels=" main, outlet,main ,",
        allow=True,
        limit=" 25 ",
        lead_time_days="7",
        agreement_required="true",
        priority="-3",
        sweep_seconds="120",
    )
    assert settings_form.validate(configuration, channel_slugs=CHANNELS) == {}
    assert settings_form.parse(configuration, active=False) == ShopSettings(
        active=False,
        channels=("main", "outlet"),
        allow=True,
        limit=25,
        lead_time_days=7,
        agreement_required=True,
        priority=-3,
        sweep_seconds=120,
    )


def test_validate__one_message_for_each_wrong_field() -> None:
    configuration = saved(
        channels="main, nowhere, elsewhere",
        allow="perhaps",
        limit="-1",
        lead_time_days="soon",
        agreement_required=3,
        priority="1e3",
        sweep_seconds="9",
    )
    assert settings_form.validate(configuration, channel_slugs=CHANNELS) == {
        "channels": "There is no channel with the slug nowhere, elsewhere.",
        "allow": "Give true or false.",
        "limit": "Give a whole number from 0 to 1000000.",
        "lead_time_days": "Give a whole number from 0 to 3650.",
        "agreement_required": "Give true or false.",
        "priority": "Give a whole number from -1000000 to 1000000.",
        "sweep_seconds": "Give a whole number from 10 to 3600.",
    }


@pytest.mark.parametrize("value", ["1.5", "", "٣", "99999999999", "--1", "1_000", None])
def test_validate__what_is_not_a_whole_number(value: str | None) -> None:
    wrong = settings_form.validate(saved(lead_time_days=value), channel_slugs=CHANNELS)
    # Nothing at all means that the field was not saved yet.
    assert set(wrong) == (set() if value is None else {"lead_time_days"})


def test_parse__a_value_written_past_the_form_counts_as_its_default() -> None:
    assert settings_form.parse(saved(limit="lots", priority="4"), active=True) == ShopSettings(
        active=True, limit=None, priority=4
    )
