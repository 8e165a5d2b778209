"""Refunds through Saleor's transactions: a payment app is asked, and answers when it can."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from saleor.order.models import OrderGrantedRefund
from saleor.order.utils import calculate_order_granted_refund_status, updates_amounts_for_order
from saleor.payment import PaymentError
from saleor.payment.gateway import request_refund_action
from saleor.payment.lock_objects import get_order_and_transaction_item_locked_for_update
from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

from saleor_backorders.host import refund_events
from saleor_backorders.host.people import people
from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome, RefundPart

from . import gift_cards
from .compat import manager

logger = logging.getLogger(__name__)


def ask(part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask the app, once more with the same request where nobody knows what became of it."""
    request = refund_events.open_request(part, key, names=lambda item: _names(item, actor))
    return request if isinstance(request, RefundAnswer) else _send(request, part, actor)


def _names(item: Any, actor: Actor) -> dict[str, Any]:
    user, app = people(actor)
    identifier = gift_cards.identifier_of(item) or (app.identifier if app else None)
    return {"user": user, "app": app, "app_identifier": identifier}


def _send(request: Any, part: RefundPart, actor: Actor) -> RefundAnswer:
    item = request.transaction
    granted = OrderGrantedRefund.objects.get(pk=part.granted_refund_id)
    last_error = ""
    try:
        _dispatch(item, request, granted, actor)
    except PaymentError:
        # Saleor has written down why, as an event.
        pass
    except Exception as error:
        logger.exception("A refund of %s %s broke off.", part.amount, part.currency)
        last_error = str(error)
    finally:
        refund_events.tie_reports(part)
        _count_anew(item)
        calculate_order_granted_refund_status(granted)
    known = refund_events.outcome(part)
    if known.outcome is not RefundOutcome.UNKNOWN or known.message:
        return known
    if last_error:
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=last_error)
    # With a worker between, the answer is still to come.
    return RefundAnswer(outcome=RefundOutcome.REQUESTED)


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
