"""What the shop says for all of its channels: the plugin's settings in the Dashboard.

The names of the attributes are those of the stored settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from saleor_backorders.models import NO_LIMIT

from .channel import MAX_RULE_DAYS, MailRule, Rule
from .fields import Flag, Group, Several, WholeNumber, setting

MAX_LEAD_TIME_DAYS = 3650
MAX_PRIORITY = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Selling:
    """What may be sold beyond the shelf; policies say otherwise for parts of the shop."""

    allow: bool = setting(
        Group.BACKORDERS,
        Flag(
            label="allow by default",
            help_text="Sell every variant of these channels beyond what is on the shelf, unless a "
            "rule for the variant, its product, its category or the channel says otherwise.",
        ),
        default=False,
    )
    channels: tuple[str, ...] = setting(
        Group.BACKORDERS,
        Several(
            forms.CharField(),
            label="channels",
            help_text="Slugs of the channels that these settings concern, separated by commas. "
            "Empty for all of them. A channel's own rule overrides these settings.",
        ),
        default=(),
    )
    limit: int | None = setting(
        Group.BACKORDERS,
        WholeNumber(
            label="units that may wait",
            help_text="How many units of one variant may wait at once in one channel. Empty for "
            "no limit.",
            min_value=0,
            max_value=NO_LIMIT,
            required=False,
        ),
        default=None,
    )
    priority: int = setting(
        Group.BACKORDERS,
        WholeNumber(
            label="priority",
            help_text="Orders with a higher number are served first; older ones among equals.",
            min_value=-MAX_PRIORITY,
            max_value=MAX_PRIORITY,
        ),
        default=0,
    )
    agreement_required: bool = setting(
        Group.BACKORDERS,
        Flag(
            label="ask shoppers to agree to wait",
            help_text="Refuse to complete a checkout until the shopper agreed to what would wait.",
        ),
        default=False,
    )
    lead_time_days: int = setting(
        Group.DATES,
        WholeNumber(
            label="lead time in days",
            help_text="Days until a unit arrives of which no shipment is known yet.",
            min_value=0,
            max_value=MAX_LEAD_TIME_DAYS,
        ),
        default=30,
    )


@dataclass(frozen=True, kw_only=True)
class ShopSettings(MailRule, Rule, Selling):
    """The plugin's settings in the Dashboard, parsed; defaults for every channel concerned."""

    active: bool
    overdue_days: int = setting(
        Group.DATES,
        WholeNumber(
            label="days an overdue shipment is believed",
            help_text="Days beyond its own after which a shipment promises nothing to anybody, "
            "until somebody books it or gives it another date.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=3,
    )
    sweep_seconds: int = setting(
        Group.BACKGROUND,
        WholeNumber(
            label="seconds between sweeps",
            help_text="Seconds after which the background task again finishes what a busy moment "
            "put off.",
            min_value=10,
            max_value=3600,
        ),
        default=60,
    )

    def requires_agreement(self, channel_slug: str) -> bool:
        """Tell whether a shopper of a channel has to agree before units may wait."""
        return self.agreement_required and (not self.channels or channel_slug in self.channels)
