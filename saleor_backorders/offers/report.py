"""Read what was given for waiting, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from saleor_backorders.models import Backorder, Offer
from saleor_backorders.settings import rules

USED, WITHDRAWN, EXPIRED, OPEN = "used", "withdrawn", "expired", "open"


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Money in one currency."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Uptake:
    """How many vouchers of a period became what; the four add up to ``issued``."""

    issued: int = 0
    used: int = 0
    withdrawn: int = 0
    expired: int = 0
    open: int = 0
    amount_issued: tuple[Amount, ...] = ()
    """What the credits among them were worth, by currency; a percentage is worth none."""
    amount_used: tuple[Amount, ...] = ()


def latest(*, ids: Collection[int], using: str) -> dict[int, Offer]:
    """Return the last offer of each backorder's order that was not withdrawn."""
    orders = dict(Backorder.objects.using(using).filter(pk__in=ids).values_list("pk", "order_id"))
    rows = Offer.objects.using(using).filter(order_id__in=set(orders.values()), withdrawn_at=None)
    found = {row.order_id: row for row in rows.order_by("pk")}
    return {key: found[order_id] for key, order_id in orders.items() if order_id in found}


def uptake(
    *, channel: str | None, since: date | None, until: date | None, now: datetime, using: str
) -> Uptake:
    """Return what became of the vouchers issued in a period of the shop's days, both included.

    :raises NotFound: no such channel.
    """
    rows = _issued(channel, since, until, using).annotate(fate=_fate(now))
    counts: dict[str, int] = {}
    worth: dict[tuple[str, str], Decimal] = {}
    for fate, currency, number, amount in (
        rows.order_by()
        .values("fate", "currency")
        .annotate(number=Count("pk"), amounts=Sum("amount"))
        .values_list("fate", "currency", "number", "amounts")
    ):
        counts[fate] = counts.get(fate, 0) + number
        worth[fate, currency] = amount
    return Uptake(
        issued=sum(counts.values()),
        **counts,
        amount_issued=_amounts(worth, (USED, WITHDRAWN, EXPIRED, OPEN)),
        amount_used=_amounts(worth, (USED,)),
    )


def _issued(
    channel: str | None, since: date | None, until: date | None, using: str
) -> QuerySet[Offer]:
    rows = Offer.objects.using(using).all()
    if channel is not None:
        rows = rows.filter(channel_id=rules.find_channel(channel, using=using))
    if since:
        rows = rows.filter(issued_at__gte=_midnight(since))
    if until:
        rows = rows.filter(issued_at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _fate(now: datetime) -> Case:
    return Case(
        When(Q(used_at__isnull=False), then=Value(USED)),
        When(Q(withdrawn_at__isnull=False), then=Value(WITHDRAWN)),
        When(Q(valid_until__lt=now), then=Value(EXPIRED)),
        default=Value(OPEN),
    )


def _amounts(worth: dict[tuple[str, str], Decimal], fates: Collection[str]) -> tuple[Amount, ...]:
    sums: dict[str, Decimal] = {}
    for (fate, currency), amount in worth.items():
        if fate in fates and amount:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return tuple(Amount(currency=key, amount=sums[key]) for key in sorted(sums))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
