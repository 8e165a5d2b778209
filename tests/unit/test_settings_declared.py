"""A setting is declared once; whatever else knows of it says the same, or follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.db import models

import saleor_backorders
from saleor_backorders.graphql.schema import schema
from saleor_backorders.models import ChannelRule
from saleor_backorders.settings import form, rules
from saleor_backorders.settings.channel import MailRule, Rule
from saleor_backorders.settings.fields import (
    Amount,
    Flag,
    Group,
    Line,
    Several,
    WholeNumber,
    declared,
    setting,
)
from saleor_backorders.settings.shop import ShopSettings

PACKAGE = Path(saleor_backorders.__file__).parent
DEFAULTS = ShopSettings(active=True)
SETTINGS = [pytest.param(name, field, id=name) for name, field in form.FIELDS.items()]
OVERRIDABLE = [pytest.param(name, field, id=name) for name, field in rules.OVERRIDABLE.items()]
IN_SQL = re.compile(r"coalesce\(own\.(\w+), shop\.\1, ([^)]+)\)")
UNITS = {"days": "day", "seconds": "second", "percent": "percent", "limit": "units"}
# A class of the column, and of GraphQL's type, for each class of the form field.
COLUMNS = {Flag: models.BooleanField, WholeNumber: models.IntegerField, Amount: models.DecimalField}
SCALARS = {Flag: "Boolean", WholeNumber: "Int", Amount: "Float"}
ENUMS = {"transport": "BackorderMessageTransport", "muted": "BackorderMessageKind"}


def in_graphql(name: str) -> str:
    first, *rest = {"muted": "muted_messages"}.get(name, name).split("_")
    return first + "".join(word.title() for word in rest)


@pytest.mark.parametrize(("name", "field"), SETTINGS)
def test_setting__is_read_as_its_default_where_nobody_saved_it(
    name: str, field: forms.Field
) -> None:
    assert field.clean(field.initial) == getattr(DEFAULTS, name)
    assert {"name": name, "value": field.initial} in form.defaults()


@pytest.mark.parametrize(("name", "field"), SETTINGS)
def test_setting__says_what_it_is_about_and_in_which_unit(name: str, field: forms.Field) -> None:
    group, label = str(field.label).split(": ")
    assert group in set(Group)
    assert label
    assert str(field.help_text).endswith(".")
    unit = "currency" if isinstance(field, Amount) else UNITS.get(name.split("_")[-1], "")
    assert unit in str(field.help_text).lower()


def test_settings__are_those_of_the_shop_group_by_group_the_master_switch_first() -> None:
    assert {each.name for each in fields(ShopSettings)} == {"active", *form.FIELDS}
    groups = [str(field.label).split(":")[0] for field in form.FIELDS.values()]
    assert list(dict.fromkeys(groups)) == list(Group)
    assert groups == sorted(groups, key=[str(group) for group in Group].index)
    flags = [name for name, field in form.FIELDS.items() if isinstance(field, Flag)]
    assert next(iter(form.FIELDS)) == flags[0] == "allow"


def test_settings__stay_in_their_order_whenever_each_was_saved_first() -> None:
    latest_first = form.defaults()[::-1]
    assert form.in_order(latest_first) == form.defaults()


def test_setting__of_tomorrow_takes_one_declaration() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Tomorrow(ShopSettings):
        signature: str = setting(
            Group.MESSAGES, Line(label="signature", max_length=20), default="Ada"
        )

    found = declared(Tomorrow)
    names = list(found)
    assert set(names) - set(form.FIELDS) == {"signature"}
    assert names.index("signature") == list(form.FIELDS).index("staff_emails")
    assert (found["signature"].label, found["signature"].initial) == ("Messages: signature", "Ada")
    assert Tomorrow(active=True).signature == "Ada"


def test_channel__may_say_what_a_rule_declares_and_the_shop_says_the_same_by_default() -> None:
    assert list(rules.OVERRIDABLE) == [each.name for each in (*fields(Rule), *fields(MailRule))]
    own: dict[str, Any] = {**vars(Rule()), **vars(MailRule())}
    assert own == {name: getattr(DEFAULTS, name) for name in own}


def test_table__has_a_column_for_each_and_one_that_the_shop_alone_fills() -> None:
    names = {column.name for column in ChannelRule._meta.fields}
    assert names == {"channel_id", "overdue_days", *rules.OVERRIDABLE}


@pytest.mark.parametrize(("name", "field"), OVERRIDABLE)
def test_table__keeps_what_the_declaration_lets_through(name: str, field: forms.Field) -> None:
    column: Any = ChannelRule._meta.get_field(name)
    assert column.null
    expected = COLUMNS.get(type(field), (models.CharField, models.TextField))
    assert isinstance(column, expected)
    if isinstance(field, Amount):
        assert column.decimal_places == field.decimal_places
        assert 10 ** (column.max_digits - column.decimal_places) > Decimal(field.max_value or 0)
    if isinstance(field, forms.CharField):
        assert column.max_length == field.max_length
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        assert max(len(value) for value, _label in choices) <= column.max_length


def test_sql__falls_back_on_the_declared_defaults() -> None:
    said = [
        (name, default)
        for path in sorted(PACKAGE.rglob("*.sql"))
        if path.parent.name != "frozen"
        for name, default in IN_SQL.findall(path.read_text())
    ]
    assert {name for name, _ in said} >= {each.name for each in fields(Rule)}
    assert said == [(name, str(getattr(DEFAULTS, name)).lower()) for name, _ in said]


@pytest.mark.parametrize(("name", "field"), OVERRIDABLE)
def test_graphql__has_a_field_for_each_to_read_and_to_give(name: str, field: forms.Field) -> None:
    kind = ENUMS.get(name) or SCALARS.get(type(field), "String")
    read, given = (
        (f"[{kind}!]!", f"[{kind}!]") if isinstance(field, Several) else (f"{kind}!", kind)
    )
    assert str(schema.get_type("ChannelRule").fields[in_graphql(name)].type) == read
    assert str(schema.get_type("ChannelRuleInput").fields[in_graphql(name)].type) == given


@pytest.mark.parametrize("kind", ["ChannelRule", "ChannelRuleInput"])
def test_graphql__has_no_other_field(kind: str) -> None:
    found = list(schema.get_type(kind).fields)
    assert found == [in_graphql(name) for name in rules.OVERRIDABLE]
