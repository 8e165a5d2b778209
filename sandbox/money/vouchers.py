"""Vouchers on an entire order, the one kind that is known here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from sandbox.apps.channel.models import Channel
from sandbox.apps.discount.models import VoucherCode
from sandbox.money.price import CENT, in_cents


class NotApplicable(Exception):
    """A code holds, but not for this."""


def find(code: str | None, channel: Channel) -> VoucherCode | None:
    """Return a code that holds in a channel now."""
    now = timezone.now()
    # A limit counts over all codes of a voucher.
    used = (
        VoucherCode.objects.filter(voucher=OuterRef("voucher"))
        .order_by()
        .values("voucher")
        .annotate(sum=Sum("used"))
        .values("sum")
    )
    return (
        VoucherCode.objects.select_related("voucher")
        .filter(
            Q(voucher__end_date=None) | Q(voucher__end_date__gte=now),
            Q(voucher__usage_limit=None) | Q(voucher__usage_limit__gt=Subquery(used)),
            code=code,
            is_active=True,
            voucher__type="entire_order",
            voucher__start_date__lte=now,
            voucher__channel_listings__channel=channel,
        )
        .first()
    )


def discount(code: str | None, channel: Channel, amount: Decimal) -> Decimal:
    """Return what a code takes off an amount."""
    found = find(code, channel) if code else None
    if found is None or not covers_minimum(found, channel, amount):
        return Decimal(0)
    voucher = found.voucher
    value = voucher.channel_listings.get(channel=channel).discount_value
    if voucher.discount_value_type == "percentage":
        value = (amount * value / 100).quantize(CENT, ROUND_HALF_UP)
    return min(value, amount)


def covers_minimum(code: VoucherCode, channel: Channel, amount: Decimal) -> bool:
    """Tell whether goods for an amount are enough for a code."""
    least = code.voucher.channel_listings.get(channel=channel).min_spent_amount
    return not least or amount >= least


def spread(discount: Decimal, totals: Sequence[Decimal]) -> list[Decimal]:
    """Share a discount out over lines by what they cost; the last one takes what is left."""
    whole = sum(totals, Decimal(0))
    if not whole:
        return [Decimal(0) for _ in totals]
    parts = [in_cents(min(total / whole * discount, total)) for total in totals[:-1]]
    return [*parts, discount - sum(parts, Decimal(0))]


def count_use(code: VoucherCode | None) -> None:
    """Count that a code was used, where its voucher is limited; one for a single use is used up.

    :raises NotApplicable: whoever listens to the code says so.
    """
    if code is None:
        return
    if code.voucher.usage_limit:
        code.used = F("used") + 1
        code.save(update_fields=["used"])
    if code.voucher.single_use:
        code.is_active = False
        code.save(update_fields=["is_active"])
