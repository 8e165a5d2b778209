"""How a channel speaks to people: its own settings, and what the shop says otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from saleor_backorders.host import get_host
from saleor_backorders.models import ChannelRule, DirtyVariant
from saleor_backorders.settings import rules
from tests.graphql.conftest import Ask
from tests.services.front import Front

FIELDS = """workingDays safetyDays toleranceDays silenceDays dearerAtSamePrice transport senderName
  senderAddress replyTo staffEmails mutedMessages language statusDays rateDays lateWarningDays
  limitWarningPercent offerStartDays offerValidDays offerMinimum creditPerWeek creditMost
  creditBudget"""
READ = f"query($channel: String!) {{ backorderChannel(channel: $channel) {{ {FIELDS} }} }}"
UPDATE = f"""mutation($channel: String!, $input: ChannelRuleInput!) {{
  backorderChannelUpdate(channel: $channel, input: $input) {{
    rule {{ {FIELDS} }} errors {{ field code message }} }} }}"""
DEFAULTS: dict[str, Any] = {
    "workingDays": False, "safetyDays": 0, "toleranceDays": 2, "silenceDays": 0,
    "dearerAtSamePrice": False, "transport": "MAIL", "senderName": "", "senderAddress": "",
    "replyTo": "", "staffEmails": [], "mutedMessages": [], "language": "", "statusDays": 14,
    "rateDays": 7, "lateWarningDays": 2, "limitWarningPercent": 90, "offerStartDays": 0,
    "offerValidDays": 90, "offerMinimum": 0.0, "creditPerWeek": 0.0, "creditMost": 0.0,
    "creditBudget": 0.0,
}  # fmt: skip
OWN: dict[str, Any] = {
    "transport": "NOTIFY", "senderName": "Schuhhaus Müller",
    "senderAddress": "post@mueller.example", "replyTo": "hilfe@mueller.example",
    "staffEmails": ["lager@mueller.example", "office@mueller.example"],
    "mutedMessages": ["STATUS", "LOW_STOCK"], "language": "de", "statusDays": 0, "rateDays": 3,
    "lateWarningDays": 5, "limitWarningPercent": 0, "offerStartDays": 1, "offerValidDays": 0,
    "offerMinimum": 12.5, "creditPerWeek": 2.125, "creditMost": 10.0, "creditBudget": 1000000.0,
}  # fmt: skip


def put(front: Front, ask: Ask, staff: Any, **values: Any) -> Any:
    answer = ask(UPDATE, staff, channel=front.main.slug, input=values)
    return answer["data"]["backorderChannelUpdate"]


def kept() -> list[Any]:
    return list(ChannelRule.objects.order_by("pk").values())


def test_channel__says_what_the_shop_says_until_it_has_its_own(
    front: Front, products_staff: Any, ask: Ask
) -> None:
    def read() -> Any:
        return ask(READ, products_staff, channel=front.main.slug)["data"]["backorderChannel"]

    rules.take_over(get_host().shop.settings())
    assert read() == DEFAULTS

    front.activate(
        sender_name="Shoes", staff_emails="a@shoes.example\nb@shoes.example", muted="rate, offer",
        transport="off", credit_per_week="1.50", status_days="30",
    )  # fmt: skip
    rules.take_over(get_host().shop.settings())
    shop = {
        **DEFAULTS, "senderName": "Shoes", "staffEmails": ["a@shoes.example", "b@shoes.example"],
        "mutedMessages": ["RATE", "OFFER"], "transport": "OFF", "creditPerWeek": 1.5,
        "statusDays": 30,
    }  # fmt: skip
    assert read() == shop

    assert put(front, ask, products_staff, **OWN) == {"rule": {**shop, **OWN}, "errors": []}
    assert read() == {**shop, **OWN}
    done = put(front, ask, products_staff, senderName=None, mutedMessages=[], staffEmails=[])
    expected = {**shop, **OWN, "senderName": "Shoes", "mutedMessages": [], "staffEmails": []}
    assert done["rule"] == expected
    assert put(front, ask, products_staff, **dict.fromkeys(OWN))["rule"] == shop


def test_channel__keeps_amounts_as_they_were_given(
    front: Front, products_staff: Any, ask: Ask
) -> None:
    put(front, ask, products_staff, creditPerWeek=0.1, creditMost=19.99, creditBudget=0)
    row = ChannelRule.objects.get(pk=front.main.pk)
    assert (row.credit_per_week, row.credit_most, row.credit_budget) == (
        Decimal("0.1"), Decimal("19.99"), Decimal(0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("senderName", "x" * 101),
        ("senderName", "Shop\r\nBcc: all@example.com"),
        ("senderName", "Shop\u2028Bcc: all@example.com"),
        ("senderName", "Shop\x00"),
        ("senderAddress", "nobody"),
        ("senderAddress", "a@example.com\nBcc: b@example.com"),
        ("senderAddress", '"a\x0b"@example.com'),
        ("senderAddress", "Shop <a@example.com>"),
        ("senderAddress", "a" * 60 + "@" + "b." * 120 + "example.com"),
        ("replyTo", "a@example.com, b@example.com"),
        ("replyTo", "a@example.com\r\nX: y"),
        ("staffEmails", ["a@example.com", "b"]),
        ("staffEmails", ["a@example.com\nb@example.com"]),
        ("staffEmails", ["a@example.com,b@example.com"]),
        ("staffEmails", [""]),
        ("staffEmails", ["a@example.com"] * 101),
        ("language", "tlh"),
        ("language", "de\n" * 20),
        ("statusDays", -1),
        ("statusDays", 366),
        ("statusDays", 2**40),
        ("rateDays", 366),
        ("lateWarningDays", -1),
        ("limitWarningPercent", 101),
        ("offerStartDays", 366),
        ("offerValidDays", 3651),
        ("offerMinimum", -0.01),
        ("creditPerWeek", 1000000.01),
        ("creditMost", 0.0001),
        ("creditBudget", 1e30),
        ("safetyDays", 366),
    ],
)
def test_channel__refuses_and_keeps_what_was(
    front: Front, products_staff: Any, ask: Ask, name: str, value: Any
) -> None:
    put(front, ask, products_staff, **OWN)
    before = kept()
    done = put(front, ask, products_staff, workingDays=True, **{name: value})
    assert done["rule"] is None
    assert [(error["field"], error["code"]) for error in done["errors"]] == [(name, "INVALID")]
    assert done["errors"][0]["message"]
    assert kept() == before


@pytest.mark.parametrize(
    ("name", "value"), [("transport", "PIGEON"), ("mutedMessages", ["HELLO"]), ("rateDays", 1.5)]
)
def test_channel__what_the_schema_does_not_know(
    front: Front, products_staff: Any, ask: Ask, name: str, value: Any
) -> None:
    answer = ask(UPDATE, products_staff, channel=front.main.slug, input={name: value})
    assert answer["errors"]
    assert kept() == []


def test_channel__nothing_at_all_and_no_such_channel(
    front: Front, products_staff: Any, ask: Ask
) -> None:
    empty = put(front, ask, products_staff)
    assert [(e["field"], e["code"]) for e in empty["errors"]] == [("input", "REQUIRED")]
    answer = ask(UPDATE, products_staff, channel="nowhere", input={"rateDays": 1})
    errors = answer["data"]["backorderChannelUpdate"]["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [("channel", "NOT_FOUND")]
    assert kept() == []


def test_channel__only_rules_for_days_date_anybody_anew(
    front: Front, products_staff: Any, ask: Ask
) -> None:
    front.wait(front.sold(0, limit=10))
    put(front, ask, products_staff, **OWN)
    assert not DirtyVariant.objects.exists()
    put(front, ask, products_staff, safetyDays=3)
    assert DirtyVariant.objects.exists()
