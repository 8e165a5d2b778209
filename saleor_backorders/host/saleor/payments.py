"""Refunds through payments of the older kind: a gateway is called, and answers at once.

Gateways keep no idempotency keys.  So that a call was made is written into the payment's private
metadata before it is made, and a call of which nobody knows the end stays UNKNOWN until somebody
who has looked asks again.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from django.db import transaction
from saleor.order import events
from saleor.order.actions import order_refunded
from saleor.payment import PaymentError, TransactionKind
from saleor.payment.gateway import ERROR_MSG
from saleor.payment.gateway import refund as call_gateway
from saleor.payment.models import Payment

from saleor_backorders.host.people import people
from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome, RefundPart

from .compat import manager

logger = logging.getLogger(__name__)

MARK = "saleor_backorders.refund."
"""Start of the key; the value is one of the words below and what belongs to it."""
ASKED = "asked"
"""And the payment's last transaction before, and whose call it is."""
ONGOING = "ongoing"
"""Like ``asked``, and the gateway said that it will take some time."""
PAID = "paid"
"""And the transaction that paid."""
REFUSED = "refused"
"""And the gateway's words."""

DONE = (RefundOutcome.REFUNDED, RefundOutcome.REQUESTED)


def to_ask(order: Any) -> list[Any]:
    """Return the payments of an order that have money which a gateway can send back."""
    return [
        payment
        for payment in order.payments.filter(is_active=True).order_by("pk")
        if payment.can_refund() and payment.captured_amount > 0 and not payment.is_manual()
    ]


def outcome(part: RefundPart, key: str) -> RefundAnswer:
    """Read the payment's marks and transactions."""
    return _outcome(Payment.objects.get(pk=part.payment_id), part, key)


def ask(part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Call the gateway, unless it has paid already."""
    with transaction.atomic():
        payment = _locked(part)
        known = _outcome(payment, part, key)
        if known.outcome in DONE:
            return known
        ticket = _mark(payment, key, ASKED, f"{_last(payment)} {uuid4().hex}")
    try:
        with transaction.atomic():
            return _call(part, key, ticket, actor)
    except Exception as error:
        logger.exception("A refund of %s %s broke off.", part.amount, part.currency)
        # It may have broken off after the commit, in what the shop tells others of it.
        known = outcome(part, key)
        if known.outcome in DONE:
            return known
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=str(error))


def _outcome(payment: Any, part: RefundPart, key: str) -> RefundAnswer:
    word, _, rest = payment.private_metadata.get(MARK + key, "").partition(" ")
    if not word:
        return RefundAnswer(outcome=RefundOutcome.OWED)
    if word == REFUSED:
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=rest)
    if word == PAID or _paid_since(payment, part, int(rest.split()[0])):
        return RefundAnswer(outcome=RefundOutcome.REFUNDED)
    if word == ONGOING:
        return RefundAnswer(outcome=RefundOutcome.REQUESTED)
    return RefundAnswer(outcome=RefundOutcome.UNKNOWN)


def _paid_since(payment: Any, part: RefundPart, last: int) -> bool:
    """Tell whether the amount was paid by a transaction that no other refund has to its name."""
    marks = (v for name, v in payment.private_metadata.items() if name.startswith(MARK))
    taken = [int(mark.split()[1]) for mark in marks if mark.split()[0] == PAID]
    found: bool = (
        payment.transactions.filter(
            kind=TransactionKind.REFUND, is_success=True, amount=part.amount, pk__gt=last
        )
        .exclude(pk__in=taken)
        .exists()
    )
    return found


def _call(part: RefundPart, key: str, ticket: str, actor: Actor) -> RefundAnswer:
    """Call the gateway and write down its answer in one transaction."""
    payment = _locked(part)
    if payment.private_metadata.get(MARK + key) != ticket:
        # Somebody asked at the same moment, and it is their call.
        return _outcome(payment, part, key)
    before = _last(payment)
    try:
        made = call_gateway(
            payment, manager(), channel_slug=payment.order.channel.slug, amount=part.amount
        )
    except PaymentError as error:
        return _refused(payment, key, str(error), actor)
    payment.refresh_from_db()
    if made.kind != TransactionKind.REFUND:
        _mark(payment, key, ONGOING, before)
        return RefundAnswer(outcome=RefundOutcome.REQUESTED)
    _mark(payment, key, PAID, made.pk)
    user, app = people(actor)
    order_refunded(payment.order, user, app, part.amount, payment, manager())
    return RefundAnswer(outcome=RefundOutcome.REFUNDED)


def _refused(payment: Any, key: str, message: str, actor: Actor) -> RefundAnswer:
    user, app = people(actor)
    events.payment_failed_event(
        order=payment.order, user=user, app=app, message=message, payment=payment
    )
    # With these words Saleor covers whatever the gateway answered that was no answer.
    if message == ERROR_MSG:
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=message)
    _mark(payment, key, REFUSED, message)
    return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)


def _locked(part: RefundPart) -> Any:
    return Payment.objects.select_for_update(of=("self",)).get(pk=part.payment_id)


def _last(payment: Any) -> int:
    made = payment.transactions.order_by("pk").last()
    return made.pk if made else 0


def _mark(payment: Any, key: str, word: str, detail: object) -> str:
    """Write a mark into a payment and return it."""
    mark = f"{word} {detail}"
    payment.private_metadata[MARK + key] = mark
    payment.save(update_fields=["private_metadata"])
    return mark
