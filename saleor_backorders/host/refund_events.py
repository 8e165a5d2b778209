"""How far a refund through a transaction is, told by its events; alike in both hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from .port import RefundAnswer, RefundOutcome, RefundPart
from .rows import TransactionEvent, TransactionItem, transaction_events, transaction_items

REQUEST = "refund_request"
SUCCESS = "refund_success"
FAILURE = "refund_failure"
REVERSE = "refund_reverse"
STORY = (REQUEST, SUCCESS, FAILURE, REVERSE)
# What Saleor notes where it found nobody to send a request to.  After every other failure that it
# notes itself, such as a time-out, the app may have paid.
NEVER_SENT = frozenset(
    {
        "No app or plugin is configured to handle payment action requests.",
        "Transaction request skipped. Missing relation to PaymentApp.",
        "Cannot process the action as the given transaction is not attached to any app.",
        "Cannot find a webhook that can process the action.",
        "Cannot generate a payload for the action.",
    }
)
SETTLED = (RefundOutcome.REFUNDED, RefundOutcome.REQUESTED)


def outcome(part: RefundPart) -> RefundAnswer:
    """Read the events of a granted refund, whoever made them."""
    found = RefundAnswer(outcome=RefundOutcome.OWED)
    request = None
    for event in _story(part):
        if event.type == REQUEST:
            request = event
            found = RefundAnswer(outcome=RefundOutcome.UNKNOWN)
        else:
            found = _after(found, event)
    if found.outcome is RefundOutcome.UNKNOWN and request is not None and request.psp_reference:
        return RefundAnswer(outcome=RefundOutcome.REQUESTED)
    return found


@transaction.atomic
def open_request(
    part: RefundPart, key: str, *, names: Callable[[TransactionItem], Mapping[str, object]]
) -> RefundAnswer | Any:
    """Return the request to send, or the answer where nobody is to be asked.

    It is the same one once more where nobody knows what became of it.  ``names`` says of a
    transaction in whose name it is asked.
    """
    items = transaction_items().select_for_update(of=("self",))
    item = items.get(pk=part.transaction_id)
    known = outcome(part)
    if known.outcome in SETTLED:
        return known
    # Asked before, and perhaps heard: then the charge may be gone for this very refund.
    heard = known.outcome is RefundOutcome.UNKNOWN
    if item.charged_value < part.amount and not heard:
        message = f"Only {item.charged_value} {item.currency} is charged."
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)
    return _requests(part).last() if heard else _new_request(item, part, key, names(item))


def tie_reports(part: RefundPart) -> bool:
    """Tie what an app reported on its own to the grant, or staff would see it as not paid."""
    loose = _story(part).filter(related_granted_refund=None)
    return bool(loose.update(related_granted_refund_id=part.granted_refund_id))


def _story(part: RefundPart) -> QuerySet[Model, TransactionEvent]:
    """Return the events of a granted refund, in the order in which they were written."""
    made = transaction_events().filter(transaction_id=part.transaction_id, type__in=STORY)
    own = Q(related_granted_refund_id=part.granted_refund_id)
    requests = made.filter(own, type=REQUEST)
    # Saleor does not tie what an app reports before it has answered the request.
    reported = Q(psp_reference__in=requests.exclude(psp_reference=None).values("psp_reference"))
    return made.filter(own | reported).order_by("pk")


def _after(known: RefundAnswer, event: TransactionEvent) -> RefundAnswer:
    """Return what is known after one more answer."""
    message = event.message or ""
    if event.type == SUCCESS:
        return RefundAnswer(outcome=RefundOutcome.REFUNDED)
    if event.type == REVERSE or event.include_in_calculations:
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)
    # Saleor's own notes: a second delivery that failed takes nothing back.
    if known.outcome is RefundOutcome.REFUNDED:
        return known
    sent = message not in NEVER_SENT
    result = RefundOutcome.UNKNOWN if sent else RefundOutcome.FAILED
    return RefundAnswer(outcome=result, message=message)


def _requests(part: RefundPart) -> QuerySet[Model, TransactionEvent]:
    return _story(part).filter(type=REQUEST)


def _new_request(
    item: TransactionItem, part: RefundPart, key: str, names: Mapping[str, object]
) -> Model:
    """Write a request, with a key of its own where an earlier one was refused."""
    earlier = _requests(part).count()
    return transaction_events().create(
        transaction_id=item.id,
        type=REQUEST,
        amount_value=part.amount,
        currency=item.currency,
        idempotency_key=f"{key}-{earlier + 1}" if earlier else key,
        related_granted_refund_id=part.granted_refund_id,
        **names,
    )
