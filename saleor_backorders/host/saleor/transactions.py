"""Refunds through Saleor's transactions: a payment app is asked, and answers when it can."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from saleor.order import OrderGrantedRefundStatus
from saleor.order.models import OrderGrantedRefund
from saleor.order.utils import calculate_order_granted_refund_status, updates_amounts_for_order
from saleor.payment import PaymentError, TransactionEventType
from saleor.payment.gateway import request_refund_action
from saleor.payment.lock_objects import get_order_and_transaction_item_locked_for_update
from saleor.payment.models import TransactionEvent, TransactionItem
from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome, RefundPart

from . import gift_cards
from .calls import manager, people

logger = logging.getLogger(__name__)

STORY = (
    TransactionEventType.REFUND_REQUEST,
    TransactionEventType.REFUND_SUCCESS,
    TransactionEventType.REFUND_FAILURE,
    TransactionEventType.REFUND_REVERSE,
)
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


def can_be_asked(item: Any) -> bool:
    """Tell whether somebody stands behind a transaction; one written by hand has nobody."""
    return bool(item.app_id or item.app_identifier)


def left(item: Any) -> Decimal:
    """Return what is charged and not promised back yet."""
    promised = OrderGrantedRefund.objects.filter(transaction_item=item).exclude(
        status=OrderGrantedRefundStatus.SUCCESS
    ).aggregate(total=Sum("amount_value"))["total"] or Decimal(0)
    # What an app has confirmed as on its way has left the charged value already.
    free: Decimal = item.charged_value - max(promised - item.refund_pending_value, Decimal(0))
    return max(free, Decimal(0))


def outcome(part: RefundPart) -> RefundAnswer:
    """Read the events of a granted refund, whoever made them."""
    found = RefundAnswer(outcome=RefundOutcome.OWED)
    request = None
    for event in _story(part):
        if event.type == TransactionEventType.REFUND_REQUEST:
            request = event
            found = RefundAnswer(outcome=RefundOutcome.UNKNOWN)
        else:
            found = _after(found, event)
    if found.outcome is RefundOutcome.UNKNOWN and request is not None and request.psp_reference:
        return RefundAnswer(outcome=RefundOutcome.REQUESTED)
    return found


def ask(part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask the app, once more with the same request where nobody knows what became of it."""
    with transaction.atomic():
        item = TransactionItem.objects.select_for_update(of=("self",)).get(pk=part.transaction_id)
        known = outcome(part)
        if known.outcome in SETTLED:
            return known
        # Asked before, and perhaps heard: then the charge may be gone for this very refund.
        heard = known.outcome is RefundOutcome.UNKNOWN
        if item.charged_value < part.amount and not heard:
            message = f"Only {item.charged_value} {item.currency} is charged."
            return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)
        request = _requests(part).last() if heard else _new_request(item, part, key, actor)
    return _send(item, request, part, actor)


def _story(part: RefundPart) -> Any:
    """Return the events of a granted refund, in the order in which they were written."""
    made = TransactionEvent.objects.filter(transaction_id=part.transaction_id, type__in=STORY)
    own = Q(related_granted_refund_id=part.granted_refund_id)
    requests = made.filter(own, type=TransactionEventType.REFUND_REQUEST)
    # Saleor does not tie what an app reports before it has answered the request.
    reported = Q(psp_reference__in=requests.exclude(psp_reference=None).values("psp_reference"))
    return made.filter(own | reported).order_by("pk")


def _after(known: RefundAnswer, event: Any) -> RefundAnswer:
    """Return what is known after one more answer."""
    message = event.message or ""
    if event.type == TransactionEventType.REFUND_SUCCESS:
        return RefundAnswer(outcome=RefundOutcome.REFUNDED)
    if event.type == TransactionEventType.REFUND_REVERSE or event.include_in_calculations:
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)
    # Saleor's own notes: a second delivery that failed takes nothing back.
    if known.outcome is RefundOutcome.REFUNDED:
        return known
    sent = message not in NEVER_SENT
    result = RefundOutcome.UNKNOWN if sent else RefundOutcome.FAILED
    return RefundAnswer(outcome=result, message=message)


def _requests(part: RefundPart) -> Any:
    return _story(part).filter(type=TransactionEventType.REFUND_REQUEST)


def _new_request(item: Any, part: RefundPart, key: str, actor: Actor) -> Any:
    """Write a request, with a key of its own where an earlier one was refused."""
    earlier = _requests(part).count()
    user, app = people(actor)
    return item.events.create(
        type=TransactionEventType.REFUND_REQUEST,
        amount_value=part.amount,
        currency=item.currency,
        user=user,
        app=app,
        app_identifier=gift_cards.identifier_of(item) or (app.identifier if app else None),
        idempotency_key=f"{key}-{earlier + 1}" if earlier else key,
        related_granted_refund_id=part.granted_refund_id,
    )


def _send(item: Any, request: Any, part: RefundPart, actor: Actor) -> RefundAnswer:
    granted = OrderGrantedRefund.objects.get(pk=part.granted_refund_id)
    trouble = ""
    try:
        _dispatch(item, request, granted, actor)
    except PaymentError:
        # Saleor has written down why, as an event.
        pass
    except Exception as error:
        logger.exception("A refund of %s %s broke off.", part.amount, part.currency)
        trouble = str(error)
    finally:
        _tie_reports(part)
        _count_anew(item)
        calculate_order_granted_refund_status(granted)
    known = outcome(part)
    if known.outcome is not RefundOutcome.UNKNOWN or known.message:
        return known
    if trouble:
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=trouble)
    # With a worker between, the answer is still to come.
    return RefundAnswer(outcome=RefundOutcome.REQUESTED)


def _tie_reports(part: RefundPart) -> None:
    """Tie what an app reported on its own to the grant, or staff would see it as not paid."""
    loose = _story(part).filter(related_granted_refund=None)
    loose.update(related_granted_refund_id=part.granted_refund_id)


def _count_anew(item: Any) -> None:
    """Sum a transaction's events once more, under the locks of its order and of itself.

    Saleor sums them without a lock after an app's answer: of two answers at once, the one that
    read first and wrote last left the other's money counted as charged.  Whoever wrote comes by
    here afterwards, so the last sum is a whole one.
    """
    with transaction.atomic():
        order, locked = get_order_and_transaction_item_locked_for_update(item.order_id, item.pk)
        recalculate_transaction_amounts(locked)
        updates_amounts_for_order(order)


def _dispatch(item: Any, request: Any, granted: Any, actor: Actor) -> None:
    user, app = people(actor)
    if gift_cards.identifier_of(item):
        gift_cards.refund(item, request, app)
        return
    request_refund_action(
        transaction=item,
        manager=manager(),
        refund_value=request.amount_value,
        request_event=request,
        channel_slug=item.order.channel.slug,
        user=user,
        app=app,
        granted_refund=granted,
    )
