"""Voucher codes of Saleor, and what it forgets of them when a checkout fails."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from saleor.discount.models import NotApplicable
from saleor.discount.utils.voucher import (
    get_customer_email_for_voucher_usage,
    release_voucher_code_usage,
)

from saleor_backorders.host import vouchers

__all__ = ["give_back", "refusal", "release"]


def refusal(message: str) -> Exception:
    """Build what Saleor's callers answer with VOUCHER_NOT_APPLICABLE."""
    return NotApplicable(message)


@transaction.atomic
def give_back(*, code: str) -> None:
    """Let a code be used of which no order came, by the checkout that took it as well."""
    # Saleor rolls its own release back with the order that failed for want of stock.
    apps.get_model("checkout", "Checkout").objects.filter(
        voucher_code=code, is_voucher_usage_increased=True
    ).update(is_voucher_usage_increased=False)
    vouchers.give_back(code=code)


def release(checkout_info: Any) -> None:
    """Let go of the code of a checkout that is refused after it took its code.

    Where a checkout pays in the older way, Saleor counts the use before it asks its plugins, and
    commits it although they refuse.
    """
    checkout = checkout_info.checkout
    if not checkout.is_voucher_usage_increased:
        return
    checkout.is_voucher_usage_increased = False
    checkout.save(update_fields=["is_voucher_usage_increased"])
    release_voucher_code_usage(
        checkout_info.voucher_code,
        checkout_info.voucher,
        get_customer_email_for_voucher_usage(checkout_info),
    )
