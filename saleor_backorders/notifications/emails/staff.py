"""What staff are told, from the rows as they are now: one email to all addresses of a channel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext

from saleor_backorders.common import i18n
from saleor_backorders.common.i18n import Money
from saleor_backorders.common.product_name import full_name
from saleor_backorders.host.rows import variants
from saleor_backorders.models import (
    Alert,
    Backorder,
    Message,
    MessageKind,
    MessageState,
    Refund,
    RefundState,
)
from saleor_backorders.notifications import queries as notifications_queries
from saleor_backorders.notifications.queries import Crossed, LateRow

from .facts import Facts
from .mail import Draft, Line, OutdatedMessage

MAX_LINES = 50
"""Of more than that the email says only how many there are."""


def draft(message: Message, facts: Facts) -> Draft:
    """Say what staff are to look at, in the language in force.

    :raises OutdatedMessage: it is not so any more, or nobody is named.
    """
    if message.channel_id not in facts.channels:
        raise OutdatedMessage("the channel is gone")
    if not facts.rules[message.channel_id].staff:
        raise OutdatedMessage("no address of staff is named")
    return _KINDS[message.kind](message, facts)


def _low_stock(message: Message, facts: Facts) -> Draft:
    found = notifications_queries.low_stock(
        channels=[message.channel_id], variants=_alerted(message)
    )
    _require(found, "none of it is low any more")
    return _of_variants(message, facts, found, _free)


def _limit(message: Message, facts: Facts) -> Draft:
    percent = facts.rules[message.channel_id].limit_warning_percent
    found = notifications_queries.limits(
        percents={message.channel_id: percent} if percent else {}, variants=_alerted(message)
    )
    _require(found, "no limit is nearly reached any more")
    return _of_variants(message, facts, found, _full)


def _late(message: Message, facts: Facts) -> Draft:
    ahead = timedelta(days=facts.rules[message.channel_id].late_warning_days)
    found = notifications_queries.late_orders(
        channel_id=message.channel_id,
        today=facts.today,
        until=facts.today + ahead,
        most=MAX_LINES,
    )
    _require(found, "nobody waits too long any more")
    late, soon = found[0].late, found[0].soon
    return _draft(
        message, facts, [_late_line(row) for row in found], late=late, soon=soon,
        more=late + soon - len(found),
    )  # fmt: skip


def _refund_failed(message: Message, facts: Facts) -> Draft:
    refund = Refund.objects.filter(pk__in=message.about_ids).first()
    if refund is None:
        raise OutdatedMessage("the refund is gone")
    if refund.state == RefundState.REFUNDED:
        raise OutdatedMessage("it was paid back")
    if refund.next_attempt_at is not None:
        raise OutdatedMessage("it is being asked for again")
    return _draft(
        message, facts, number=_numbers([refund.order_id]).get(refund.order_id, ""),
        amount=Money(refund.amount, refund.currency), last_error=refund.message,
    )  # fmt: skip


def _given_up(message: Message, facts: Facts) -> Draft:
    lost = Message.objects.filter(
        pk__in=message.about_ids, state__in=[MessageState.GIVEN_UP, MessageState.UNKNOWN]
    )
    things = lost.count()
    _require(things, "they were sent again")
    shown = list(lost.order_by("-pk")[:MAX_LINES])
    numbers = _numbers({each.order_id for each in shown if each.order_id})
    lines = [_lost_line(each, numbers) for each in shown]
    return _draft(message, facts, lines, things=things, more=things - len(lines))


_KINDS: dict[str, Callable[[Message, Facts], Draft]] = {
    MessageKind.LOW_STOCK: _low_stock,
    MessageKind.LIMIT: _limit,
    MessageKind.LATE: _late,
    MessageKind.REFUND_FAILED: _refund_failed,
    MessageKind.GIVEN_UP: _given_up,
}


def _draft(message: Message, facts: Facts, lines: Sequence[Line] = (), **more: Any) -> Draft:
    return Draft(
        kind=message.kind,
        recipients=facts.rules[message.channel_id].staff,
        language=message.language,
        lines=tuple(lines),
        facts={"channel": facts.channels[message.channel_id].name, **more},
    )


def _alerted(message: Message) -> list[int]:
    """Return the variants that a message was written about and that did not recover since."""
    alerts = Alert.objects.filter(message_id=message.pk, channel_id=message.channel_id)
    return list(alerts.values_list("variant_id", flat=True))


def _of_variants(
    message: Message, facts: Facts, found: Sequence[Crossed], note: Callable[[Crossed], str]
) -> Draft:
    shown = found[:MAX_LINES]
    names = _names([row.variant_id for row in shown])
    lines = [Line(name=names.get(row.variant_id, ""), note=note(row)) for row in shown]
    return _draft(message, facts, lines, things=len(found), more=len(found) - len(shown))


def _free(row: Crossed) -> str:
    free = ngettext("%(units)s is free", "%(units)s are free", row.units)
    return free % {"units": row.units}


def _full(row: Crossed) -> str:
    waiting = ngettext(
        "%(units)s of at most %(limit)s waits", "%(units)s of at most %(limit)s wait", row.units
    )
    return waiting % {"units": row.units, "limit": row.threshold}


def _late_line(row: LateRow) -> Line:
    things = ", ".join(
        full_name(product, variant)
        for product, variant in zip(row.products, row.variants, strict=True)
    )
    return Line(
        name=gettext("Order %(number)s: %(things)s")
        % {"number": row.order_number, "things": things},
        split=i18n.split(0, row.units),
        note=gettext("promised for %(day)s") % {"day": i18n.day(row.due_on)},
    )


def _lost_line(lost: Message, numbers: dict[UUID, str]) -> Line:
    kind = str(MessageKind(lost.kind).label)
    number = numbers.get(lost.order_id) if lost.order_id else None
    name = (
        gettext("Order %(number)s: %(things)s") % {"number": number, "things": kind}
        if number
        else kind
    )
    return Line(name=name, note=lost.last_error)


def _names(variant_ids: Collection[int]) -> dict[int, str]:
    rows = variants().filter(pk__in=variant_ids).values_list("pk", "product__name", "name", "sku")
    return {
        key: " · ".join(filter(None, [full_name(product, variant), sku]))
        for key, product, variant, sku in rows
    }


def _numbers(order_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the numbers of orders, as the ledger knows them even where they are gone."""
    rows = Backorder.objects.filter(order_id__in=order_ids)
    return dict(rows.values_list("order_id", "order_number"))


def _require(found: object, otherwise: str) -> None:
    if not found:
        raise OutdatedMessage(otherwise)
