"""Voucher codes, where the shop keeps more of them than their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class VoucherCampaign:
    """Vouchers that are worth the same on the same terms; each customer has a code of their own."""

    kind: str
    name: str
    """As staff find it, and as customers see it on their order."""
    channel_id: int
    currency: str
    percent: int
    """0 where it is worth an amount."""
    amount: Decimal
    minimum: Decimal
    starts_at: datetime
    ends_at: datetime | None

    @property
    def key(self) -> str:
        """Return what two campaigns that are the same have in common, and no others."""
        worth = f"{self.percent}%" if self.percent else f"{self.amount.normalize():f}"
        ends = self.ends_at.date().isoformat() if self.ends_at else ""
        starts = self.starts_at.date().isoformat()
        minimum = f"{self.minimum.normalize():f}"
        return f"{self.channel_id}/{self.kind}/{worth}/{starts}/{ends}/{minimum}"


class Vouchers(Protocol):
    """What the shop does with a code beside what ``saleor_backorders.host.vouchers`` does."""

    def give_back(self, *, code: str) -> None:
        """Let a voucher code be used that a checkout took, and of which no order came."""

    def refusal(self, message: str) -> Exception:
        """Build the exception that every caller answers with VOUCHER_NOT_APPLICABLE.

        For where a code is being used up; before that, a refusal of the checkout says more.
        """
