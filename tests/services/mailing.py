"""What the tests of reminders share: a shop whose staff read mail, and a clock to turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from saleor_backorders.common import clock
from saleor_backorders.models import Backorder, ChannelRule, Message, MessageState, Promise
from saleor_backorders.notifications.reminders import Reminded, remind
from tests.services.front import Front, run_triggers

STAFF = ("ada@shop.example", "bob@shop.example")
NOTHING = Reminded(status=0, rate=0, low_stock=0, limit=0, late=0, given_up=0, forgotten=0)
MOMENTS = ("created_at", "settled_at", "due_at", "claimed_at")


def rule(channel: Any, **values: Any) -> None:
    """Let a channel speak as it likes; staff are named unless somebody says otherwise."""
    defaults = {"staff_emails": ", ".join(STAFF), **values}
    ChannelRule.objects.update_or_create(channel_id=channel.pk, defaults=defaults)


def look(days: int = 0, hours: int = 0, now: datetime | None = None) -> Reminded:
    """Let the reminder look, as if so much time had passed."""
    run_triggers()
    later = timedelta(days=days, hours=hours)
    now = now or timezone.now()
    return remind(now=now + later, today=clock.today() + later)


def all_sent(days_ago: float = 0) -> None:
    """Let every message that was to be sent be sent, some days ago."""
    then = timezone.now() - timedelta(days=days_ago)
    Message.objects.filter(state=MessageState.PENDING).update(
        state=MessageState.SENT, settled_at=then, created_at=then
    )


def age(days: float) -> None:
    """Let all that has happened have happened so many days earlier."""
    back = timedelta(days=days)
    Message.objects.update(**{name: F(name) - back for name in MOMENTS})
    Promise.objects.update(promised_on=F("promised_on") - back)
    Backorder.objects.update(
        placed_at=F("placed_at") - back,
        fulfilled_at=F("fulfilled_at") - back,
        promised_on=F("promised_on") - back,
        expected_on=F("expected_on") - back,
    )


def promise(row: Backorder, days: int, expected: int | None = None) -> None:
    """Let a day have been promised for what waits, and another one be expected now."""
    today = clock.today()
    Promise.objects.filter(backorder_id=row.pk).update(promised_on=today + timedelta(days=days))
    Backorder.objects.filter(pk=row.pk).update(
        promised_on=today + timedelta(days=days),
        expected_on=today + timedelta(days=days if expected is None else expected),
    )


def placed(front: Front, units: int, variant: Any = None, **fields: Any) -> Backorder:
    """Return what waits, for a long time, of an order that was just placed and told of."""
    row = front.wait(variant or front.sold(0, limit=100), units, **fields)
    Backorder.objects.filter(pk=row.pk).update(placed_at=timezone.now())
    promise(row, 365)
    all_sent()
    row.refresh_from_db()
    return row


def written(kind: str) -> list[str]:
    """Return the keys of the messages of a kind, oldest first."""
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("key", flat=True))
