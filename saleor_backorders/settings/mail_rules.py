"""How a channel speaks to people: its own rule field by field, else the shop's settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from saleor_backorders.models import ChannelRule

from .channel import MailRule

SHOP = 0
FIELDS = tuple(field.name for field in fields(MailRule))


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
