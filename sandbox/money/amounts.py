"""What a transaction holds, worked out from its events, which may come late and in any order."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sandbox.apps.payment.models import TransactionEvent, TransactionItem

# By kind of event: the amount under way, the amount it ends in, and the one it is taken from.
FLOWS: dict[str, tuple[str, str, str | None]] = {
    "authorization": ("authorize_pending_value", "authorized_value", None),
    "charge": ("charge_pending_value", "charged_value", "authorized_value"),
    "refund": ("refund_pending_value", "refunded_value", "charged_value"),
    "cancel": ("cancel_pending_value", "canceled_value", "authorized_value"),
}


def recalculate(item: TransactionItem) -> None:
    """Store a transaction's amounts."""
    for pending, done, _source in FLOWS.values():
        setattr(item, pending, Decimal(0))
        setattr(item, done, Decimal(0))
    attempts: dict[tuple[str, str], dict[str, TransactionEvent]] = defaultdict(dict)
    for event in item.events.filter(include_in_calculations=True).order_by("created_at", "pk"):
        kind, _, step = event.type.rpartition("_")
        if kind not in FLOWS:
            continue
        if event.psp_reference:
            attempts[kind, event.psp_reference][step] = event
        elif step == "success":
            _add(item, FLOWS[kind][1], event.amount_value)
    for (kind, _reference), steps in attempts.items():
        _add_attempt(item, kind, steps)
    item.authorized_value = max(item.authorized_value, Decimal(0))
    item.save()


def _add_attempt(item: TransactionItem, kind: str, steps: dict[str, TransactionEvent]) -> None:
    pending, done, source = FLOWS[kind]
    request, success, failure = steps.get("request"), steps.get("success"), steps.get("failure")
    if request and not success and not failure:
        _move(item, source, pending, request.amount_value)
    if success and (not failure or success.created_at > failure.created_at):
        _move(item, source, done, success.amount_value)
    if back := steps.get("back"):
        _add(item, "charged_value", -back.amount_value)
    if reverse := steps.get("reverse"):
        _move(item, "refunded_value", "charged_value", reverse.amount_value)


def _move(item: TransactionItem, source: str | None, target: str, amount: Decimal) -> None:
    if source:
        _add(item, source, -amount)
    _add(item, target, amount)


def _add(item: TransactionItem, name: str, amount: Decimal) -> None:
    setattr(item, name, getattr(item, name) + amount)
