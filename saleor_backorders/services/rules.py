"""How a channel counts days, deals with delays and speaks to people.

The shop's settings hold for every channel; a channel's own rule overrides what it names.  Both
lie in one table, where the commit-time engine reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from saleor_backorders import engine, errors
from saleor_backorders.host.port import ShopSettings
from saleor_backorders.host.rows import channels
from saleor_backorders.models import ChannelRule
from saleor_backorders.settings_form import MOST_RULE_DAYS

from . import mail_rules

SHOP = 0
POLICY = "policy"
FIELDS = (
    "working_days", "safety_days", "tolerance_days", "silence_days", "dearer_at_same_price",
)  # fmt: skip
_DAYS = {
    "safety_days": "safetyDays", "tolerance_days": "toleranceDays", "silence_days": "silenceDays",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds in a channel; ``silence_days`` is 0 where silence keeps waiting."""

    working_days: bool
    safety_days: int
    tolerance_days: int
    silence_days: int
    dearer_at_same_price: bool


def in_force(*, channel_id: int, using: str = "default") -> Rule:
    """Return the rule that holds in a channel."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(FIELDS)} FROM saleor_backorders_rule(%s)",  # noqa: S608
            [channel_id],
        )
        return Rule(**dict(zip(FIELDS, cursor.fetchone(), strict=True)))


def find_channel(slug: str, *, using: str = "default") -> int:
    """Return the key of a channel.

    :raises NotFound: no such channel.
    """
    named = channels(using).filter(slug=slug)
    found: int | None = named.values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound(kind="Channel", key=slug, field="channel")
    return found


@transaction.atomic
def update(*, channel: str, values: Mapping[str, Any]) -> int:
    """Change a channel's own rule; None takes the shop's.  Return the channel's key.

    :raises NotFound: no such channel.
    :raises ValueOutOfRange: a number of days.
    :raises InvalidValue: how it speaks to people.
    """
    channel_id = find_channel(channel)
    for name, argument in _DAYS.items():
        if values.get(name) is not None:
            errors.check_range(values[name], least=0, most=MOST_RULE_DAYS, field=argument)
    wanted = {**values, **mail_rules.checked(values)}
    ChannelRule.objects.update_or_create(channel_id=channel_id, defaults=wanted)
    if not wanted.keys().isdisjoint(FIELDS):
        _mark_who_is_dated_otherwise()
    return channel_id


@transaction.atomic
def take_over(settings: ShopSettings) -> None:
    """Copy the shop's settings to where SQL reads them; date anew who waits by another rule."""
    names = (*FIELDS, *mail_rules.FIELDS, "overdue_days")
    wanted = {name: getattr(settings, name) for name in names}
    known = ChannelRule.objects.filter(channel_id=SHOP).values(*wanted).first()
    if known != wanted:
        ChannelRule.objects.update_or_create(channel_id=SHOP, defaults=wanted)
        _mark_who_is_dated_otherwise()


def _mark_who_is_dated_otherwise() -> None:
    engine.explain(POLICY)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT saleor_backorders_mark_variants(array_agg(variant_id))"
            "  FROM saleor_backorders_virtualstock"
            " WHERE waiting_units > 0"
            "   AND dated_by <> saleor_backorders_lead_key(channel_id, lead_time_days)"
            " HAVING count(*) > 0"
        )
