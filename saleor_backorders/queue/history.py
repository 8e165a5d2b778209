"""What happened to backorders, in the order in which it did: units, dates, answers, money."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import formats
from django.utils.translation import gettext, pgettext

from saleor_backorders.models import (
    Cancellation,
    Decision,
    DecisionState,
    Movement,
    MovementKind,
    Promise,
    Refund,
    RefundState,
)


class Event(NamedTuple):
    """What happened to a backorder, in a sentence."""

    type: str
    created_at: datetime
    message: str


_CAUSES: dict[str, Callable[[], str]] = {
    "announced": lambda: gettext("a shipment was announced"),
    "shipment": lambda: gettext("a shipment was given another date"),
    "received": lambda: gettext("a shipment arrived"),
    "called_off": lambda: gettext("a shipment was called off"),
    "priority": lambda: gettext("somebody's priority changed"),
    "policy": lambda: gettext("the shop counts its lead time otherwise"),
    "overdue": lambda: gettext("the expected day passed"),
    "queue": lambda: gettext("others joined, left or were served"),
}


def of(*, ids: Collection[int], using: str) -> dict[int, list[Event]]:
    """Return what happened to each backorder, oldest first; one statement a table."""
    found: dict[int, list[Event]] = {key: [] for key in ids}
    for backorder_id, event in _all(ids, using):
        found[backorder_id].append(event)
    return {
        key: sorted(events, key=lambda event: event.created_at) for key, events in found.items()
    }


def _all(ids: Collection[int], using: str) -> Iterator[tuple[int, Event]]:
    for table, tell in _TELLERS:
        rows: Iterable[Any] = (
            table._base_manager.using(using).filter(backorder_id__in=ids).order_by("pk")
        )
        for row in rows:
            yield from ((row.backorder_id, event) for event in tell(row))
    refunds = Refund.objects.using(using).filter(cancellation__backorder_id__in=ids)
    for refund in refunds.select_related("cancellation").order_by("pk"):
        yield from ((refund.cancellation.backorder_id, event) for event in _of_refund(refund))


def _of_movement(row: Movement) -> list[Event]:
    what = MovementKind(row.kind).label
    message = gettext("%(what)s: %(units)s") % {"what": what, "units": row.quantity}
    return [Event(row.kind.upper(), row.created_at, message)]


def _of_promise(row: Promise) -> list[Event]:
    if row.previous_on is None:
        message = gettext("Promised for %(day)s") % {"day": _day(row.promised_on)}
        return [Event("PROMISED", row.created_at, message)]
    why = _CAUSES[row.cause]() if row.cause in _CAUSES else row.cause
    if row.previous_on == row.promised_on:
        message = gettext(
            "The first units are expected on %(first)s, the last still on %(day)s: %(why)s"
        )
        days = {"first": _day(row.first_on), "day": _day(row.promised_on), "why": why}
        return [Event("DATE_MOVED", row.created_at, message % days)]
    message = gettext("Expected on %(day)s instead of %(before)s: %(why)s") % {
        "day": _day(row.promised_on), "before": _day(row.previous_on), "why": why,
    }  # fmt: skip
    return [Event("DATE_MOVED", row.created_at, message)]


def _of_decision(row: Decision) -> list[Event]:
    asked = gettext("The customer is asked whether to wait until %(day)s") % {
        "day": _day(row.new_on)
    }
    events = [Event("DECISION_ASKED", row.opened_at, asked)]
    if row.decided_at is not None:
        answer = DecisionState(row.state).label
        events.append(Event(f"DECISION_{row.state.upper()}", row.decided_at, str(answer)))
    return events


def _of_cancellation(row: Cancellation) -> list[Event]:
    if row.replaced_by:
        message = gettext("Exchanged: %(units)s") % {"units": row.quantity}
        return [Event("SWITCHED", row.created_at, message)]
    message = gettext("Given up by %(who)s: %(units)s. %(reason)s") % {
        "who": row.by, "units": row.quantity, "reason": row.reason,
    }  # fmt: skip
    return [Event("GIVEN_UP", row.created_at, message.rstrip(". "))]


def _of_refund(row: Refund) -> list[Event]:
    numbers = {"amount": f"{row.amount.normalize():f}", "currency": row.currency}
    owed = gettext("Owed to the customer: %(amount)s %(currency)s") % numbers
    events = [Event("REFUND_OWED", row.created_at, owed)]
    if row.settled_at is not None:
        paid = gettext("Refunded: %(amount)s %(currency)s") % numbers
        events.append(Event("REFUNDED", row.settled_at, paid))
    elif row.state in (RefundState.FAILED, RefundState.UNKNOWN):
        failed = gettext("The refund did not work: %(why)s") % {"why": row.message}
        events.append(Event("REFUND_FAILED", row.created_at, failed))
    return events


def _day(day: date) -> str:
    return formats.date_format(day, pgettext("date format with the year", "j F Y"))


_TELLERS: tuple[tuple[type[Model], Callable[[Any], list[Event]]], ...] = (
    (Movement, _of_movement),
    (Promise, _of_promise),
    (Decision, _of_decision),
    (Cancellation, _of_cancellation),
)
