"""Voucher codes of the shop, alike in both hosts: one voucher a campaign, one code a customer.

A code is used up by ``single_use``.  Saleor's ``usage_limit`` counts over all codes of a voucher,
so that a limit of one would let one customer of the whole campaign use theirs; and "once per
customer" would refuse the second code of somebody who waits for two orders.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.apps import apps

from saleor_backorders import db
from saleor_backorders.host.port import VoucherCampaign

MARK = "backorders.campaign"
ONE_CODE = {"type": "entire_order", "single_use": True, "usage_limit": None}


def issue(*, campaign: VoucherCampaign, code: str) -> None:
    """Give a campaign's voucher one more code, to be used once, in the caller's transaction.

    Codes of one campaign belong to one voucher, however many workers issue them at once.
    """
    voucher_id = _find(campaign)
    if voucher_id is None:
        # Only whoever finds none waits: the voucher may be on its way to its COMMIT.
        db.lock_key(key=f"voucher {campaign.key}")
        voucher_id = _find(campaign) or _make(campaign)
    _table("VoucherCode").objects.create(voucher_id=voucher_id, code=code)


def withdraw(*, code: str) -> bool:
    """Switch a code off that nobody used; tell whether that was so."""
    rows = _table("VoucherCode").objects.filter(code=code, is_active=True, used=0)
    return bool(rows.update(is_active=False))


def give_back(*, code: str) -> None:
    """Let a code be used that a checkout took, and of which no order came."""
    _table("VoucherCode").objects.filter(code=code).update(is_active=True)


def _find(campaign: VoucherCampaign) -> int | None:
    """Return the voucher of a campaign, unless staff changed what it is worth."""
    kind, value = _worth(campaign)
    found: int | None = (
        _table("Voucher")
        .objects.filter(
            private_metadata__contains={MARK: campaign.key},
            start_date=campaign.starts_at,
            end_date=campaign.ends_at,
            discount_value_type=kind,
            channel_listings__channel_id=campaign.channel_id,
            channel_listings__discount_value=value,
            channel_listings__min_spent_amount=campaign.minimum or None,
            **ONE_CODE,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    return found


def _make(campaign: VoucherCampaign) -> int:
    kind, value = _worth(campaign)
    voucher = _table("Voucher").objects.create(
        name=campaign.name,
        private_metadata={MARK: campaign.key},
        start_date=campaign.starts_at,
        end_date=campaign.ends_at,
        discount_value_type=kind,
        **ONE_CODE,
    )
    _table("VoucherChannelListing").objects.create(
        voucher=voucher,
        channel_id=campaign.channel_id,
        discount_value=value,
        currency=campaign.currency,
        min_spent_amount=campaign.minimum or None,
    )
    key: int = voucher.pk
    return key


def _worth(campaign: VoucherCampaign) -> tuple[str, int | Decimal]:
    if campaign.percent:
        return "percentage", campaign.percent
    return "fixed", campaign.amount


def _table(name: str) -> Any:
    return apps.get_model("discount", name)
