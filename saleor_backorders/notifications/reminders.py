"""What only time makes worth a message: who waits and hears nothing, and what staff have to know.

Each kind is looked for by set-based statements in a transaction of its own, by one worker at a
time: who finds another one looking leaves it to that one.  Keys and alerts make sure that a
message is written once, whoever looks and how often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import transaction

from saleor_backorders import conf, outbox
from saleor_backorders.host.rows import channels
from saleor_backorders.models import FOR_STAFF, MessageKind
from saleor_backorders.settings import mail_rules
from saleor_backorders.settings.channel import MailRule

from . import queries

RATE_WINDOW = 30
"""Who could have been asked how it was so many days ago, and was not, is asked no more."""
BATCH = 1000
"""How many old messages one run forgets at most."""
_HOUSEKEEPING = "housekeeping"

Rules = Mapping[int, MailRule]


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """How many messages a run wrote of each kind, and how many old ones it forgot."""

    status: int
    rate: int
    low_stock: int
    limit: int
    late: int
    given_up: int
    forgotten: int


def remind(*, now: datetime, today: date) -> Reminded:
    """Write the messages that are due by the calendar.

    Safe to run any number of times at once: what one run writes no other does.
    """
    rules = mail_rules.in_force(_channels())
    return Reminded(
        status=_alone(MessageKind.STATUS, partial(_status, rules, now, today)),
        rate=_alone(MessageKind.RATE, partial(_rate, rules, now)),
        low_stock=_alone(MessageKind.LOW_STOCK, partial(_low_stock, rules)),
        limit=_alone(MessageKind.LIMIT, partial(_limits, rules)),
        late=_alone(MessageKind.LATE, partial(_late, rules, today)),
        given_up=_alone(MessageKind.GIVEN_UP, partial(_given_up, rules, now)),
        forgotten=_alone(_HOUSEKEEPING, partial(_forget, rules, now)),
    )


@transaction.atomic
def _alone(what: str, work: Callable[[], int]) -> int:
    return work() if queries.hold(what) else 0


def _status(rules: Rules, now: datetime, today: date) -> int:
    days = {key: rule.status_days for key, rule in _who_hears(rules, MessageKind.STATUS).items()}
    return queries.status(days=_some(days), now=now, today=today)


def _rate(rules: Rules, now: datetime) -> int:
    days = {key: rule.rate_days for key, rule in _who_hears(rules, MessageKind.RATE).items()}
    return queries.rate(days=_some(days), window=RATE_WINDOW, now=now)


def _low_stock(rules: Rules) -> int:
    channels = list(_who_hears(rules, MessageKind.LOW_STOCK))
    crossed = queries.low_stock(channels=channels)
    return queries.alerts(kind=MessageKind.LOW_STOCK, crossed=crossed)


def _limits(rules: Rules) -> int:
    concerned = _who_hears(rules, MessageKind.LIMIT)
    percents = {key: rule.limit_warning_percent for key, rule in concerned.items()}
    crossed = queries.limits(percents=_some(percents))
    return queries.alerts(kind=MessageKind.LIMIT, crossed=crossed)


def _late(rules: Rules, today: date) -> int:
    concerned = _who_hears(rules, MessageKind.LATE)
    days = {key: rule.late_warning_days for key, rule in concerned.items()}
    return queries.late(days=days, today=today)


def _given_up(rules: Rules, now: datetime) -> int:
    channels = list(_who_hears(rules, MessageKind.GIVEN_UP))
    hour = now.astimezone(UTC).strftime("%Y%m%d%H")
    return queries.given_up(channels=channels, hour=hour)


def _forget(rules: Rules, now: datetime) -> int:
    # As long as reminders look back, they have to find what was written.
    looked_back = [rule.status_days for rule in rules.values()]
    days = max(conf.messages_kept_days(), RATE_WINDOW, *looked_back)
    return outbox.forget(before=now - timedelta(days=days), most=BATCH)


def _who_hears(rules: Rules, kind: str) -> dict[int, MailRule]:
    """Return the rules of the channels that send a kind, and that have somebody to send it to."""
    return {
        key: rule
        for key, rule in rules.items()
        if rule.sends(kind) and (rule.staff or kind not in FOR_STAFF)
    }


def _some(by_channel: Mapping[int, int]) -> dict[int, int]:
    """Leave out the channels in which it is never done."""
    return {key: number for key, number in by_channel.items() if number}


def _channels() -> list[int]:
    return list(channels().order_by("pk").values_list("pk", flat=True))
