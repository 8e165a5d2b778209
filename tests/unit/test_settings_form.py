"""The settings in the Dashboard: what is read from them, and what is said of a wrong one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from saleor_backorders.settings import form, product_url
from saleor_backorders.settings.shop import ShopSettings

NO_SUCH_PLACE = "An address may name {slug}, {product}, {variant}, {channel} and nothing else."
CHANNELS = {"main", "outlet"}


REQUIRED = "This field is required."
WHOLE = "Enter a whole number."
NUMBER = "Enter a number."
DECIMALS = "Ensure that there are no more than 3 decimal places."
NO_LINE = "Enter a valid value."
NO_ADDRESS = "Enter a valid email address."
NO_URL = "Enter a valid URL."


def no_choice(value: str) -> str:
    return f"Select a valid choice. {value} is not one of the available choices."


def at_least(least: int) -> str:
    return f"Ensure this value is greater than or equal to {least}."


def at_most(most: int) -> str:
    return f"Ensure this value is less than or equal to {most}."


def too_long(most: int, length: int) -> str:
    return f"Ensure this value has at most {most} characters (it has {length})."


def saved(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_parse__nothing_saved_means_the_defaults() -> None:
    assert form.parse([], active=True) == ShopSettings(
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
    assert form.validate(form.defaults(), channel_slugs=CHANNELS) == {}


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
    assert form.validate(configuration, channel_slugs=CHANNELS) == {}
    assert form.parse(configuration, active=False) == ShopSettings(
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
    assert form.validate(configuration, channel_slugs=CHANNELS) == {
        "channels": "There is no channel with the slug nowhere, elsewhere.",
        "allow": no_choice("perhaps"),
        "limit": at_least(0),
        "lead_time_days": WHOLE,
        "agreement_required": no_choice("3"),
        "priority": WHOLE,
        "sweep_seconds": at_least(10),
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1.5", WHOLE),
        ("7.0", WHOLE),
        ("٣", WHOLE),
        ("1_000", WHOLE),
        ("--1", WHOLE),
        ("9" * 5000, WHOLE),
        ("99999999999", at_most(3650)),
        ("3651", at_most(3650)),
        ("-1", at_least(0)),
        ("", REQUIRED),
    ],
)
def test_validate__what_is_not_a_whole_number(value: str, message: str) -> None:
    wrong = form.validate(saved(lead_time_days=value), channel_slugs=CHANNELS)
    assert wrong == {"lead_time_days": message}


def test_validate__a_value_that_is_null_was_not_saved_yet() -> None:
    unsaved = saved(lead_time_days=None)
    assert form.validate(unsaved, channel_slugs=CHANNELS) == {}
    assert form.parse(unsaved, active=True) == ShopSettings(active=True)


def test_parse__a_value_written_past_the_form_counts_as_its_default() -> None:
    assert form.parse(saved(limit="lots", priority="4"), active=True) == ShopSettings(
        active=True, limit=None, priority=4
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("shop.example/{slug}", NO_URL),
        ("ftp://shop.example/{slug}", NO_URL),
        ("javascript:alert(1)", NO_URL),
        ("https://shop.example/{sku}", NO_SUCH_PLACE),
        ("https://shop.example/{slug!r}", NO_SUCH_PLACE),
        ("https://shop.example/{slug.__class__}", NO_SUCH_PLACE),
        ("https://shop.example/{}", NO_SUCH_PLACE),
        ("https://shop.example/{slug", NO_SUCH_PLACE),
        ("https://shop.example/\n{slug}", f"{NO_LINE} {NO_URL}"),
        ("https://shop.example/" + "x" * 480, too_long(500, 501)),
    ],
)
def test_validate__where_a_product_is_shown(value: str, why: str) -> None:
    wrong = form.validate(saved(product_url=value), channel_slugs=CHANNELS)
    assert wrong == {"product_url": why}


def test_product_url__names_what_the_shop_wants_in_it() -> None:
    template = " https://shop.example/{channel}/{slug}?v={variant}&p={product} "
    read = form.parse(saved(product_url=template), active=True).product_url
    found = product_url.of_variant(
        read, slug="schöne-schuhe/rot", product_id=7, variant_id=12, channel="web shop"
    )
    assert found == (
        "https://shop.example/web%20shop/sch%C3%B6ne-schuhe%2Frot"
        "?v=UHJvZHVjdFZhcmlhbnQ6MTI%3D&p=UHJvZHVjdDo3"
    )
    assert product_url.of_variant("", slug="x", product_id=1, variant_id=1, channel="c") == ""


def test_defaults__are_what_the_settings_say_where_nothing_was_saved() -> None:
    assert form.parse(form.defaults(), active=True) == ShopSettings(active=True)


def test_parse__how_the_shop_speaks_to_people() -> None:
    configuration = saved(
        transport=" NOTIFY ",
        sender_name=" Schuhhaus Müller ",
        sender_address="post@mueller.example",
        reply_to=" hilfe@mueller.example ",
        staff_emails="lager@mueller.example,\n office@mueller.example,",
        muted="status, low_stock,",
        language="DE",
        status_days="0",
        rate_days="3",
        late_warning_days="5",
        limit_warning_percent="100",
        offer_start_days="1",
        offer_valid_days="0",
        offer_minimum="12.5",
        credit_per_week="2.125",
        credit_most="",
        credit_budget=" 1000000 ",
    )
    assert form.validate(configuration, channel_slugs=CHANNELS) == {}
    assert form.parse(configuration, active=True) == ShopSettings(
        active=True,
        transport="notify",
        sender_name="Schuhhaus Müller",
        sender_address="post@mueller.example",
        reply_to="hilfe@mueller.example",
        staff_emails="lager@mueller.example, office@mueller.example",
        muted="status, low_stock",
        language="de",
        status_days=0,
        rate_days=3,
        late_warning_days=5,
        limit_warning_percent=100,
        offer_start_days=1,
        offer_valid_days=0,
        offer_minimum=Decimal("12.5"),
        credit_per_week=Decimal("2.125"),
        credit_most=Decimal(0),
        credit_budget=Decimal(1_000_000),
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("transport", "pigeon", no_choice("pigeon")),
        ("transport", "", REQUIRED),
        ("sender_name", "x" * 101, too_long(100, 101)),
        ("sender_name", "Shop\r\nBcc: all@example.com", NO_LINE),
        ("sender_name", "Shop\u2028Bcc: all@example.com", NO_LINE),
        ("sender_name", "Shop\x7fLtd", NO_LINE),
        ("sender_name", "Shop\x00Ltd", f"{NO_LINE} Null characters are not allowed."),
        ("sender_address", "nobody", NO_ADDRESS),
        ("sender_address", "Shop <a@example.com>", NO_ADDRESS),
        ("sender_address", '"\x0b"@example.com', NO_LINE),
        ("reply_to", "a@example.com\nX: y", f"{NO_LINE} {NO_ADDRESS}"),
        ("reply_to", f"{'a.' * 130}a@example.com", too_long(254, 273)),
        ("staff_emails", "a@example.com, b", f"b: {NO_ADDRESS}"),
        ("staff_emails", "b, a@example.com, c", f"b: {NO_ADDRESS} c: {NO_ADDRESS}"),
        ("muted", "placed, hello, bye", f"{no_choice('hello')} {no_choice('bye')}"),
        ("language", "tlh", no_choice("tlh")),
        ("status_days", "-1", at_least(0)),
        ("status_days", "", REQUIRED),
        ("silence_days", "0", at_least(1)),
        ("silence_days", "366", at_most(365)),
        ("rate_days", "366", at_most(365)),
        ("late_warning_days", "soon", WHOLE),
        ("offer_start_days", "1.5", WHOLE),
        ("offer_valid_days", "3651", at_most(3650)),
        ("limit_warning_percent", "101", at_most(100)),
        ("offer_minimum", "-1", at_least(0)),
        ("credit_per_week", "5 USD", NUMBER),
        ("credit_per_week", "NaN", NUMBER),
        ("credit_most", "1000000.01", at_most(1000000)),
        ("credit_most", "Infinity", NUMBER),
        ("credit_budget", "0.0001", DECIMALS),
        ("credit_budget", "1e-50", DECIMALS),
    ],
)
def test_validate__what_no_message_could_be_sent_by(name: str, value: str, message: str) -> None:
    wrong = form.validate(saved(**{name: value}), channel_slugs=CHANNELS)
    assert wrong == {name: message}
    # Written past the form it counts as the default.
    parsed = form.parse(saved(**{name: value}), active=True)
    assert parsed == ShopSettings(active=True)


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Ensure this value is less than or equal to 365."),
        ("de", "Dieser Wert muss kleiner oder gleich 365 sein."),
        ("fr", "Assurez-vous que cette valeur est inférieure ou égale à 365."),
        ("es", "Asegúrese de que este valor es menor o igual a 365."),
        ("pl", "Upewnij się, że ta wartość jest mniejsza lub równa 365."),
    ],
)
def test_validate__in_the_language_of_who_sets_it(language: str, message: str) -> None:
    with translation.override(language):
        wrong = form.validate(saved(rate_days="366"), channel_slugs=CHANNELS)
    assert wrong == {"rate_days": message}
