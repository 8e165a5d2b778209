"""What the shop's admin set, parsed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    """The plugin's settings in the Dashboard, parsed; defaults for every channel concerned."""

    active: bool
    channels: tuple[str, ...] = ()
    """Slugs of the channels concerned; empty means all of them."""
    allow: bool = False
    limit: int | None = None
    lead_time_days: int = 30
    agreement_required: bool = False
    priority: int = 0
    working_days: bool = False
    safety_days: int = 0
    tolerance_days: int = 2
    silence_days: int = 0
    """Days after which silence cancels; 0 keeps waiting."""
    dearer_at_same_price: bool = False
    overdue_days: int = 3
    sweep_seconds: int = 60
    transport: str = "mail"
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

    def requires_agreement(self, channel_slug: str) -> bool:
        """Tell whether a shopper of a channel has to agree before units may wait."""
        return self.agreement_required and (not self.channels or channel_slug in self.channels)
