"""The settings in the Dashboard: what is read from them, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from saleor_backorders import settings_fields, settings_form, storefront_url
from saleor_backorders.host.port import ShopSettings

NO_SUCH_PLACE = "An address may name {slug}, {product}, {variant}, {channel} and nothing else."
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


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("shop.example/{slug}", "shop.example/{slug} is no address."),
        ("ftp://shop.example/{slug}", "ftp://shop.example/{slug} is no address."),
        ("javascript:alert(1)", "javascript:alert(1) is no address."),
        ("https://shop.example/{sku}", NO_SUCH_PLACE),
        ("https://shop.example/{slug!r}", NO_SUCH_PLACE),
        ("https://shop.example/{slug.__class__}", NO_SUCH_PLACE),
        ("https://shop.example/{}", NO_SUCH_PLACE),
        ("https://shop.example/{slug", NO_SUCH_PLACE),
        ("https://shop.example/\n{slug}", "Give one line of at most 500 characters."),
        ("https://shop.example/" + "x" * 500, "Give one line of at most 500 characters."),
    ],
)
def test_validate__where_a_product_is_shown(value: str, why: str) -> None:
    wrong = settings_form.validate(saved(product_url=value), channel_slugs=CHANNELS)
    assert wrong == {"product_url": why}


def test_product_url__names_what_the_shop_wants_in_it() -> None:
    template = " https://shop.example/{channel}/{slug}?v={variant}&p={product} "
    read = settings_form.parse(saved(product_url=template), active=True).product_url
    found = storefront_url.of_variant(
        read, slug="schöne-schuhe/rot", product_id=7, variant_id=12, channel="web shop"
    )
    assert found == (
        "https://shop.example/web%20shop/sch%C3%B6ne-schuhe%2Frot"
        "?v=UHJvZHVjdFZhcmlhbnQ6MTI%3D&p=UHJvZHVjdDo3"
    )
    assert storefront_url.of_variant("", slug="x", product_id=1, variant_id=1, channel="c") == ""


def test_fields__each_is_read_into_the_settings_and_named_once() -> None:
    names = [field.name for field in settings_fields.FIELDS]
    assert len(names) == len(set(names))
    assert ["active", *names] == [field.name for field in fields(ShopSettings)]


def test_defaults__are_what_the_settings_say_where_nothing_was_saved() -> None:
    assert settings_form.parse(settings_form.defaults(), active=True) == ShopSettings(active=True)


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
    assert settings_form.validate(configuration, channel_slugs=CHANNELS) == {}
    assert settings_form.parse(configuration, active=True) == ShopSettings(
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


DAYS = "Give a whole number from 0 to 365."
MONEY = "Give an amount, such as 5 or 12.50."
LINE = "Give one line of at most 100 characters."


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("transport", "pigeon", "Give one of: mail, notify, off."),
        ("transport", "", "Give one of: mail, notify, off."),
        ("sender_name", "x" * 101, LINE),
        ("sender_name", "Shop\r\nBcc: all@example.com", LINE),
        ("sender_name", "Shop\u2028Bcc: all@example.com", LINE),
        ("sender_name", "Shop\x00Ltd", LINE),
        ("sender_address", "nobody", "nobody is no e-mail address."),
        ("sender_address", "Shop <a@example.com>", "Shop <a@example.com> is no e-mail address."),
        ("sender_address", '"\x0b"@example.com', '"\x0b"@example.com is no e-mail address.'),
        ("reply_to", "a@example.com\nX: y", "a@example.com\nX: y is no e-mail address."),
        (
            "reply_to",
            f"{'a.' * 130}a@example.com",
            f"{'a.' * 130}a@example.com is no e-mail address.",
        ),
        ("staff_emails", "a@example.com, b", "b is no e-mail address."),
        ("muted", "placed, hello, bye", "There is no message hello, bye."),
        ("language", "tlh", "Give one of: en, de, fr, es, pl."),
        ("status_days", "-1", DAYS),
        ("status_days", "", DAYS),
        ("rate_days", "366", DAYS),
        ("late_warning_days", "soon", DAYS),
        ("offer_start_days", "1.5", DAYS),
        ("offer_valid_days", "3651", "Give a whole number from 0 to 3650."),
        ("limit_warning_percent", "101", "Give a whole number from 0 to 100."),
        ("offer_minimum", "-1", MONEY),
        ("credit_per_week", "5 USD", MONEY),
        ("credit_per_week", "NaN", MONEY),
        ("credit_most", "1000000.01", MONEY),
        ("credit_most", "Infinity", MONEY),
        ("credit_budget", "0.0001", MONEY),
        ("credit_budget", "1e-50", MONEY),
    ],
)
def test_validate__what_no_message_could_be_sent_by(name: str, value: str, message: str) -> None:
    wrong = settings_form.validate(saved(**{name: value}), channel_slugs=CHANNELS)
    assert wrong == {name: message}
    # Written past the form it counts as the default.
    parsed = settings_form.parse(saved(**{name: value}), active=True)
    assert parsed == ShopSettings(active=True)


def test_read__one_setting_by_itself() -> None:
    assert settings_form.read("credit_most", 12.5) == Decimal("12.5")
    with pytest.raises(ValueError, match="Give a whole number from 0 to 365"):
        settings_form.read("rate_days", 366)
