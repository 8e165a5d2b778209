"""What customers are told of their orders, from the rows as they are now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from saleor_backorders.common import i18n, links
from saleor_backorders.common.i18n import Money
from saleor_backorders.common.product_name import full_name
from saleor_backorders.host.rows import OrderLine
from saleor_backorders.models import (
    Backorder,
    Cancellation,
    Decision,
    DecisionState,
    Message,
    MessageKind,
    MessageState,
    Offer,
    Rating,
    Refund,
    RefundState,
)

from .facts import Facts, OrderFacts, of_order
from .mail import Draft, Line, OutdatedMessage, VoucherLine


def draft(message: Message, facts: Facts) -> Draft:
    """Say what is to be said of an order, in the language in force.

    :raises OutdatedMessage: it is not so any more.
    """
    order = facts.orders.get(message.order_id) if message.order_id else None
    if order is None:
        raise OutdatedMessage("the order is gone")
    if not order.email:
        raise OutdatedMessage("nobody knows the customer's address")
    if order.is_closed and message.kind not in (MessageKind.CANCELLED, MessageKind.REFUNDED):
        raise OutdatedMessage("the order is closed")
    return _KINDS[message.kind](message, order, facts)


def _placed(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    if facts.placed_before.get(order.id, message.pk) < message.pk:
        raise OutdatedMessage("it was told before")
    _require(sum(row.waiting for row in order.backorders), "nothing waits any more")
    here, waiting = _units(order)
    return _draft(
        message, order, facts, lines=_every_line(order, facts),
        split=i18n.split(here, waiting), some_here=bool(here),
    )  # fmt: skip


def _delayed(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    rows = [row for row in _named(message, order) if row.waiting and _is_news(message, row, facts)]
    _require(rows, "nobody is asked any more")
    asked = {row.pk: _open(facts.decisions.get(row.pk, ())) for row in rows}
    silence = min((d.silence_on for d in asked.values() if d and d.silence_on), default=None)
    part = all(_only_first_moved(row, asked[row.pk]) for row in rows)
    firsts = [row.expected_first_on for row in rows if row.expected_first_on]
    return _draft(
        message, order, facts,
        lines=[_line(row, facts, before=asked[row.pk]) for row in rows],
        day=i18n.day(max(firsts)) if part and firsts else _last_day(rows), part=part,
        silence=i18n.day(silence) if silence else "", asked=any(asked.values()),
    )  # fmt: skip


def _earlier(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    rows = []
    for row in _named(message, order):
        told = facts.promises.get((row.pk, message.transaction_id))
        still = told is None or (row.expected_on and row.expected_on <= told.promised_on)
        if row.waiting and still:
            rows.append(row)
    _require(rows, "it is not earlier any more")
    lines = [_line(row, facts) for row in rows]
    return _draft(message, order, facts, lines=lines, day=_last_day(rows))


def _allocated(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    rows = [row for row in _named(message, order) if row.allocated]
    _require(rows, "it has left, or was taken back")
    here, waiting = _units(order)
    return _draft(
        message, order, facts, lines=[_line(row, facts) for row in rows],
        split=i18n.split(here, waiting), all_here=not waiting,
    )  # fmt: skip


def _cancelled(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    given_up = [
        each for each in facts.cancellations.get(order.id, []) if each.pk in message.about_ids
    ]
    _require(given_up, "nothing was given up")
    refunds = [refund for each in given_up for refund in each.refunds.all()]
    settled = all(refund.state == RefundState.REFUNDED for refund in refunds)
    switched = [each for each in given_up if each.replaced_by]
    return _draft(
        message, order, facts,
        lines=[*(_given_up(each, order) for each in given_up), *_instead(switched)],
        amount=_sum(refunds), settled=settled,
        by_silence=any(each.by == "silence" for each in given_up),
        switched=bool(switched), still_waiting=sum(row.waiting for row in order.backorders),
    )  # fmt: skip


def _refunded(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    refunds = list(Refund.objects.filter(pk__in=message.about_ids, state=RefundState.REFUNDED))
    told = Message.objects.filter(
        order_id=order.id, kind=MessageKind.CANCELLED, state=MessageState.SENT
    ).values_list("settled_at", flat=True)
    news = [
        refund
        for refund in refunds
        if not any(at and refund.settled_at and at >= refund.settled_at for at in told)
    ]
    _require(news, "it was told with the cancellation")
    return _draft(message, order, facts, amount=_sum(news))


def _status(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    rows = [row for row in order.backorders if row.waiting]
    _require(rows, "nothing waits any more")
    here, waiting = _units(order)
    return _draft(
        message, order, facts, lines=[_line(row, facts) for row in rows],
        split=i18n.split(here, waiting),
    )  # fmt: skip


def _offer(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    untold = [each for each in facts.offers.get(order.id, []) if each.told_at is None]
    _require(untold, "it was told before, used or withdrawn")
    return _draft(message, order, facts)


def _rate(message: Message, order: OrderFacts, facts: Facts) -> Draft:
    done = [row for row in order.backorders if row.fulfilled]
    open_ = [row for row in order.backorders if row.waiting or row.allocated]
    _require(done and not open_, "not all of it has left")
    rated = set(
        Rating.objects.filter(backorder_id__in=[row.pk for row in done]).values_list(
            "backorder_id", flat=True
        )
    )
    asked = [row for row in done if row.pk not in rated]
    _require(asked, "it was rated")
    lines = [
        Line(name=_name(row, order), url=links.rate_url(row.pk, facts.base_url)) for row in asked
    ]
    return _draft(message, order, facts, lines=lines)


_KINDS: dict[str, Callable[[Message, OrderFacts, Facts], Draft]] = {
    MessageKind.PLACED: _placed,
    MessageKind.DELAYED: _delayed,
    MessageKind.EARLIER: _earlier,
    MessageKind.ALLOCATED: _allocated,
    MessageKind.CANCELLED: _cancelled,
    MessageKind.REFUNDED: _refunded,
    MessageKind.STATUS: _status,
    MessageKind.OFFER: _offer,
    MessageKind.RATE: _rate,
}
KINDS = frozenset(_KINDS)
BRINGS_OFFERS = frozenset({MessageKind.PLACED, MessageKind.DELAYED, MessageKind.OFFER})
"""Messages in which a customer finds vouchers that no message brought yet."""


def offers_told(message: Message, facts: Facts) -> list[Offer]:
    """Return the vouchers that a message brings."""
    if message.kind not in BRINGS_OFFERS or message.order_id is None:
        return []
    return [each for each in facts.offers.get(message.order_id, []) if each.told_at is None]


def _draft(
    message: Message,
    order: OrderFacts,
    facts: Facts,
    lines: Iterable[Line] = (),
    **more: Any,
) -> Draft:
    return Draft(
        kind=message.kind,
        recipients=(order.email,),
        language=message.language,
        lines=tuple(lines),
        voucher_lines=tuple(voucher_line(each) for each in offers_told(message, facts)),
        facts={"number": order.number, **more},
    )


def voucher_line(offer: Offer) -> VoucherLine:
    """Say what a voucher is worth, and on what terms."""
    worth = (
        gettext("%(percent)s%% off") % {"percent": offer.percent}
        if offer.percent
        else str(Money(offer.amount, offer.currency))
    )
    terms = [gettext("Once, for orders placed with this e-mail address.")]
    if offer.valid_from > offer.issued_at:
        terms.append(gettext("From %(day)s on.") % {"day": i18n.day(offer.valid_from.date())})
    if offer.valid_until:
        terms.append(gettext("Until %(day)s.") % {"day": i18n.day(offer.valid_until.date())})
    if offer.minimum:
        least = Money(offer.minimum, offer.currency)
        terms.append(gettext("For orders of %(amount)s and more.") % {"amount": least})
    return VoucherLine(code=offer.code, worth=worth, terms=" ".join(terms))


def _named(message: Message, order: OrderFacts) -> list[Backorder]:
    return [row for row in order.backorders if row.pk in message.backorder_ids]


def _is_news(message: Message, row: Backorder, facts: Facts) -> bool:
    """Tell whether a slip is still to be told: asked and open, or never a question at all."""
    since = [
        each
        for each in facts.decisions.get(row.pk, ())
        if each.opened_at >= message.created_at
        or (each.decided_at and each.decided_at >= message.created_at)
        or each.state == DecisionState.OPEN
    ]
    return not since or _open(since) is not None


def _open(decisions: Collection[Decision]) -> Decision | None:
    return next((each for each in decisions if each.state == DecisionState.OPEN), None)


def _units(order: OrderFacts) -> tuple[int, int]:
    """Return how many units of an order ship now, and how many wait."""
    waiting = sum(row.waiting for row in order.backorders)
    # What was refunded counts as fulfilled in Saleor, too.
    left = sum(line.quantity - line.quantity_fulfilled for line in order.lines)
    return max(left - waiting, 0), waiting


def _every_line(order: OrderFacts, facts: Facts) -> list[Line]:
    waiting = {row.order_line_id: row for row in order.backorders}
    return [
        _line(waiting[line.id], facts)
        if line.id in waiting
        else Line(name=_called(line), split=i18n.split(line.quantity, 0))
        for line in order.lines
    ]


def _line(row: Backorder, facts: Facts, before: Decision | None = None) -> Line:
    until = _coming(row, facts) if row.waiting else ""
    return Line(
        name=_name(row, facts.orders[row.order_id]),
        split=i18n.split(row.allocated + row.seen_on_hand, row.waiting),
        until=until,
        first=(
            i18n.day(row.expected_first_on)
            if until and row.expected_first_on and row.expected_first_on != row.expected_on
            else ""
        ),
        before=i18n.day(_told(row, before)) if before else "",
        url=links.url(row.pk, facts.base_url) if row.waiting or row.allocated else "",
    )


def _told(row: Backorder, asked: Decision) -> date:
    """Return the day that holds no more: the first one, where the last still stands."""
    return asked.previous_first_on if _only_first_moved(row, asked) else asked.previous_on


def _only_first_moved(row: Backorder, asked: Decision | None) -> bool:
    return bool(asked and row.expected_on and row.expected_on <= asked.previous_on)


def _coming(row: Backorder, facts: Facts) -> str:
    on = row.expected_on
    return i18n.day(on) if on and on >= facts.today else ""


def _last_day(rows: Collection[Backorder]) -> str:
    days = [row.expected_on for row in rows if row.expected_on]
    return i18n.day(max(days)) if days else ""


def _given_up(each: Cancellation, order: OrderFacts) -> Line:
    row = next((row for row in order.backorders if row.pk == each.backorder_id), None)
    name = _name(row, order) if row else ""
    if each.replaced_by:
        note = ngettext("%(units)s exchanged", "%(units)s exchanged", each.quantity)
    else:
        note = ngettext("%(units)s cancelled", "%(units)s cancelled", each.quantity)
    return Line(name=name, note=note % {"units": each.quantity})


def _instead(switched: Iterable[Cancellation]) -> Iterator[Line]:
    """Name what comes instead, under an order number of its own."""
    for key in dict.fromkeys(each.replaced_by for each in switched if each.replaced_by):
        made = of_order(key)
        if made:
            note = gettext("yours instead, order %(number)s") % {"number": made.number}
            for line in made.lines:
                yield Line(name=_called(line), note=note)


def _name(row: Backorder, order: OrderFacts) -> str:
    line = next((line for line in order.lines if line.id == row.order_line_id), None)
    return _called(line) if line else full_name(row.product_name, row.variant_name)


def _called(line: OrderLine) -> str:
    """Return what a line is called in the order's language."""
    return full_name(
        line.translated_product_name or line.product_name,
        line.translated_variant_name or line.variant_name,
    )


def _sum(refunds: Collection[Refund]) -> Money | None:
    if not refunds:
        return None
    return Money(sum((row.amount for row in refunds), Decimal(0)), refunds[0].currency)  # type: ignore[index]


def _require(found: object, otherwise: str) -> None:
    if not found:
        raise OutdatedMessage(otherwise)
