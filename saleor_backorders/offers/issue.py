"""Give customers what they are due for waiting: a percentage once, and a credit that grows.

What is due is asked of the orders that the outbox names lately, since whatever earns an offer
writes a message in the same transaction; so the search costs the same however many wait.  Once an
hour it looks back over all that may still earn something.  Each order has a short transaction of
its own, in which what it is due is asked again under the order's key, and where a budget bounds
the channel's month, under the channel's: no two workers give the same, or more than there is.

A credit that does not fit into what is left of the month is not given, not even in part; it is
asked for again while its news are fresh, so that a larger budget or a new month gives it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from itertools import groupby
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from saleor_backorders import db, outbox
from saleor_backorders.common import i18n
from saleor_backorders.common.i18n import Money
from saleor_backorders.host import vouchers
from saleor_backorders.host.port import Host, VoucherCampaign
from saleor_backorders.models import MessageKind, Offer, OfferKind
from saleor_backorders.settings import mail_rules
from saleor_backorders.settings.channel import MailRule

from . import codes, queries
from .queries import DueRow

logger = logging.getLogger(__name__)

MAILS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Those that nobody takes for another."""
PREFIX = {OfferKind.WAITING: "WAIT", OfferKind.SLIP: "LATE"}
NEWEST = 5_000
LATELY = timedelta(minutes=15)
STILL_DUE = timedelta(days=2)
"""Who began to wait longer ago is not given what a shop offers from today on."""
LOOK_BACK = timedelta(hours=1)
AFTER_THE_NEWS = timedelta(minutes=1)
PAGE = 500
LOOKED_BACK = "saleor_backorders:offers_looked_back"
OVER_BUDGET = "saleor_backorders:over_budget:"


def issue_due(*, host: Host, now: datetime, today: date, seconds: float = 120) -> int:
    """Issue what is due, and take back what nobody waits for any more; return how many were issued.

    Safe to run any number of times at once.
    """
    # Whoever comes first in an hour looks back further.
    all_of_it = cache.add(LOOKED_BACK, "", timeout=LOOK_BACK.total_seconds())
    newest, since = (queries.ALL, STILL_DUE) if all_of_it else (NEWEST, LATELY)
    _follow(host, now, newest, since, all_of_it=all_of_it)
    until = time.monotonic() + seconds
    done = 0
    for order_id in _due(queries.named(newest=newest, since=now - since), today):
        if time.monotonic() > until:
            break
        try:
            done += len(issue(order_id=order_id, now=now, today=today))
        except Exception:
            # One order keeps the others from nothing; while its news are fresh it is tried again.
            logger.exception("Order %s cannot be given what it is due.", order_id)
    return done


@transaction.atomic
def issue(*, order_id: UUID, now: datetime, today: date) -> list[Offer]:
    """Issue what one order is due now, with the messages that bring it."""
    db.lock_key(key=f"offers of order {order_id}")
    rows = queries.due(order_ids=[order_id], month_from=_month(today))
    if any(row.is_bounded for row in rows):
        db.lock_key(key=f"credit of channel {rows[0].channel_id}")
        rows = queries.due(order_ids=[order_id], month_from=_month(today))
    return [_issue(row, now, today) for row in rows if row.fits]


def _follow(host: Host, now: datetime, newest: int, since: timedelta, *, all_of_it: bool) -> None:
    """Note what was used and withdraw what is to be withdrawn."""
    codes.note_used(since=now - since)
    if all_of_it:
        codes.reconcile(host=host, now=now)
        codes.withdraw(now=now)
        return
    given_up = queries.given_up(newest=newest, since=now - since)
    if given_up:
        codes.withdraw(now=now, order_ids=given_up)


def _due(order_ids: Sequence[UUID], today: date) -> Iterator[UUID]:
    """Yield the orders that are due something which can be given."""
    for start in range(0, len(order_ids), PAGE):
        rows = queries.due(order_ids=order_ids[start : start + PAGE], month_from=_month(today))
        for order_id, each in groupby(rows, key=lambda row: row.order_id):
            fitting = [row.fits or _tell_once(row) for row in each]
            if any(fitting):
                yield order_id


def _tell_once(row: DueRow) -> bool:
    if cache.add(f"{OVER_BUDGET}{row.order_id}:{row.step}", "", STILL_DUE.total_seconds()):
        logger.warning(
            "The budget of channel %s does not cover the credit of %s %s for order %s.",
            row.channel_id, row.amount, row.currency, row.order_id,
        )  # fmt: skip
    return False


def _issue(row: DueRow, now: datetime, today: date) -> Offer:
    rule = mail_rules.of_channel(row.channel_id)
    campaign = _campaign(row, rule, today)
    code = new_code(row.kind)
    vouchers.issue(campaign=campaign, code=code)
    offer = Offer.objects.create(
        kind=row.kind,
        order_id=row.order_id,
        step=row.step,
        channel_id=row.channel_id,
        email=row.email,
        percent=row.percent,
        amount=row.amount,
        currency=row.currency,
        code=code,
        valid_from=campaign.starts_at,
        valid_until=campaign.ends_at,
        minimum=campaign.minimum,
        issued_at=now,
    )
    told = outbox.new(
        MessageKind.OFFER, f"offer:{offer.pk}", row.channel_id,
        order_id=row.order_id, about_ids=[offer.pk],
    )  # fmt: skip
    # What it was earned with brings it, if it leaves first.
    told.due_at += AFTER_THE_NEWS
    outbox.write([told])
    return offer


def new_code(kind: str) -> str:
    """Return a code that nobody can guess and anybody can type."""
    parts = ("".join(secrets.choice(MAILS) for _ in range(4)) for _ in range(3))
    return "-".join([PREFIX[OfferKind(kind)], *parts])


def _campaign(row: DueRow, rule: MailRule, today: date) -> VoucherCampaign:
    first = today + timedelta(days=rule.offer_start_days)
    last = first + timedelta(days=rule.offer_valid_days) if rule.offer_valid_days else None
    ends_at = _midnight(last + timedelta(days=1)) - timedelta(microseconds=1) if last else None
    return VoucherCampaign(
        kind=row.kind,
        name=_name(row, first, last),
        channel_id=row.channel_id,
        currency=row.currency,
        percent=row.percent,
        amount=row.amount,
        minimum=rule.offer_minimum,
        starts_at=_midnight(first),
        ends_at=ends_at,
    )


def _name(row: DueRow, first: date, last: date | None) -> str:
    """Name a voucher for staff, who read it in a list, and customers, who read it on an order."""
    with i18n.for_staff():
        worth = f"{row.percent} %" if row.percent else str(Money(row.amount, row.currency))
        label = OfferKind(row.kind).label
    days = first.isoformat() if last is None else f"{first.isoformat()} – {last.isoformat()}"
    return f"{label} · {worth} · {days}"


def _month(today: date) -> datetime:
    return _midnight(today.replace(day=1))


def _midnight(day: date) -> datetime:
    # The shop's day is counted in UTC, as ``host.today`` does.
    return datetime.combine(day, time_of_day.min, tzinfo=UTC)
