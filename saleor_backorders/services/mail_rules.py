"""How a channel speaks to people: its own rule field by field, else the shop's settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from saleor_backorders import errors, settings_form
from saleor_backorders.models import ChannelRule, Transport

SHOP = 0


@dataclass(frozen=True, kw_only=True)
class MailRule:
    """What holds in a channel; the defaults hold where nobody says anything."""

    transport: str = Transport.MAIL
    sender_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    staff_emails: str = ""
    muted: str = ""
    language: str = ""
    product_url: str = ""
    status_days: int = 14
    rate_days: int = 7
    late_warning_days: int = 2
    limit_warning_percent: int = 90
    offer_start_days: int = 0
    offer_valid_days: int = 90
    offer_minimum: Decimal = Decimal(0)
    credit_per_week: Decimal = Decimal(0)
    credit_most: Decimal = Decimal(0)
    credit_budget: Decimal = Decimal(0)

    @property
    def staff(self) -> tuple[str, ...]:
        """Return who of the staff is written to."""
        return split(self.staff_emails)

    def sends(self, kind: str) -> bool:
        """Tell whether messages of a kind are sent at all."""
        return self.transport != Transport.OFF and kind not in split(self.muted)


FIELDS = tuple(field.name for field in fields(MailRule))


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a list that commas or new lines separate."""
    parts = (part.strip() for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a channel's own values that are about messages, as they are kept.

    They read as the shop's settings do, but that lists are lists; None takes the shop's.

    :raises InvalidValue: one that is wrong.
    """
    return {
        name: None if values[name] is None else _read(name, values[name])
        for name in FIELDS
        if name in values
    }


def _read(name: str, value: Any) -> Any:
    try:
        whole = value if not isinstance(value, (list, tuple)) else _joined(value)
        return settings_form.read(name, whole)
    except ValueError as wrong:
        raise errors.InvalidValue(str(wrong), field=_argument(name)) from wrong


def _joined(parts: Collection[str]) -> str:
    for part in parts:
        # What would read as several, or as none, is not one.
        if split(part) != (part.strip(),):
            raise ValueError(gettext("Give each of them by itself."))
    return ", ".join(parts)


def _argument(name: str) -> str:
    """Return what the API calls a field."""
    first, *rest = ("muted_messages" if name == "muted" else name).split("_")
    return first + "".join(word.title() for word in rest)


def in_force(channel_ids: Collection[int], *, using: str = "default") -> dict[int, MailRule]:
    """Return the rule of each channel; one statement."""
    rows = ChannelRule.objects.using(using).filter(channel_id__in=[*channel_ids, SHOP])
    known: dict[int, dict[str, Any]] = {
        row.channel_id: {n: v for n in FIELDS if (v := getattr(row, n)) is not None} for row in rows
    }
    shop = known.get(SHOP, {})
    return {key: MailRule(**{**shop, **known.get(key, {})}) for key in channel_ids}


def of_channel(channel_id: int, *, using: str = "default") -> MailRule:
    """Return the rule of one channel."""
    return in_force([channel_id], using=using)[channel_id]
