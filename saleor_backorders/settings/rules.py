"""How a channel counts days, deals with delays and speaks to people.

The shop's settings hold for every channel; a channel's own rule overrides what it names.  Both
lie in one table, where the commit-time engine reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.utils.translation import gettext

from saleor_backorders import engine, errors
from saleor_backorders.host.rows import channels
from saleor_backorders.models import ChannelRule

from . import form, mail_rules
from .channel import Rule
from .fields import split
from .shop import ShopSettings

SHOP = 0
POLICY = "policy"
FIELDS = tuple(field.name for field in fields(Rule))
OVERRIDABLE = {name: form.FIELDS[name] for name in (*FIELDS, *mail_rules.FIELDS)}
"""The settings that a channel may have of its own, by their names."""


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
    :raises InvalidValue: one of the values.
    """
    channel_id = find_channel(channel)
    wanted = {name: None if said is None else _read(name, said) for name, said in values.items()}
    ChannelRule.objects.update_or_create(channel_id=channel_id, defaults=wanted)
    if not wanted.keys().isdisjoint(FIELDS):
        _mark_who_is_dated_otherwise()
    return channel_id


@transaction.atomic
def take_over(settings: ShopSettings) -> None:
    """Copy the shop's settings to where SQL reads them; date anew who waits by another rule."""
    names = (*OVERRIDABLE, "overdue_days")
    wanted = {name: getattr(settings, name) for name in names}
    known = ChannelRule.objects.filter(channel_id=SHOP).values(*wanted).first()
    if known != wanted:
        ChannelRule.objects.update_or_create(channel_id=SHOP, defaults=wanted)
        _mark_who_is_dated_otherwise()


def _read(name: str, value: Any) -> Any:
    """Read a channel's own value as the shop's of the same name."""
    field = OVERRIDABLE[name]
    try:
        if isinstance(value, (list, tuple)):
            _check_each_by_itself(value)
        return field.clean(field.prepare_value(value))
    except ValidationError as refused:
        raise errors.InvalidValue(form.message(refused), field=_argument(name)) from refused


def _check_each_by_itself(parts: Collection[str]) -> None:
    # What would read as several, or as none, is not one.
    if any(split(part) != (part.strip(),) for part in parts):
        raise ValidationError(gettext("Give each of them by itself."))


def _argument(name: str) -> str:
    """Return what the API calls a field."""
    first, *rest = ("muted_messages" if name == "muted" else name).split("_")
    return first + "".join(word.title() for word in rest)


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
