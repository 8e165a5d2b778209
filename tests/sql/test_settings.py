"""What the database believes of settings: its defaults and bounds are those declared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from saleor_backorders.models import BackorderPolicy, ChannelRule, PolicyScope
from saleor_backorders.settings import form, rules
from saleor_backorders.settings.channel import Rule
from saleor_backorders.settings.fields import WholeNumber
from saleor_backorders.settings.shop import Selling, ShopSettings

CHANNEL = 77
# Of these alone the database also says in which bounds they lie.
RULE_DAYS = ("safety_days", "tolerance_days", "silence_days")

pytestmark = pytest.mark.django_db


def most(name: str) -> int:
    field = form.FIELDS[name]
    assert isinstance(field, WholeNumber)
    assert isinstance(field.max_value, int)
    return field.max_value


def ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_rule__of_a_channel_of_which_nobody_said_anything_is_the_declared_one() -> None:
    assert not ChannelRule.objects.exists()
    assert rules.in_force(channel_id=CHANNEL) == Rule()


def test_overdue_shipment__is_believed_for_the_declared_days() -> None:
    today = ask("SELECT saleor_backorders_today()")
    days = ShopSettings(active=True).overdue_days
    believed = "SELECT saleor_backorders_believed_on(saleor_backorders_today() - {})"
    assert ask(believed.format(days)) == today
    assert ask(believed.format(days + 1)) is None
    assert ask(believed.format(-1)) == today + timedelta(days=1)


@pytest.mark.parametrize("name", RULE_DAYS)
def test_rule__keeps_as_many_days_as_declared_and_no_more(name: str) -> None:
    ChannelRule.objects.create(channel_id=CHANNEL, **{name: most(name)})
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelRule.objects.update(**{name: most(name) + 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelRule.objects.update(**{name: -1})


@pytest.mark.parametrize("name", ["limit", "lead_time_days"])
def test_policy__keeps_as_much_as_declared_and_no_more(name: str) -> None:
    assert hasattr(Selling(), name)
    scope = {"channel_id": CHANNEL, "scope": PolicyScope.CHANNEL}
    BackorderPolicy.objects.create(**scope, **{name: most(name)})
    with pytest.raises(IntegrityError), transaction.atomic():
        BackorderPolicy.objects.update(**{name: most(name) + 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        BackorderPolicy.objects.update(**{name: -1})
