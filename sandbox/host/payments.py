"""Refunds through payments of the older kind: a gateway is called, and answers at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome
from sandbox.apps.order.models import Order
from sandbox.apps.payment.models import Payment
from sandbox.money import payments

OWED = RefundAnswer(outcome=RefundOutcome.OWED)
REFUNDED = RefundAnswer(outcome=RefundOutcome.REFUNDED)
UNKNOWN = RefundAnswer(outcome=RefundOutcome.UNKNOWN)


def to_ask(order: Order) -> list[Payment]:
    """Return the payments of an order whose gateway can send money back."""
    rows = order.payments.filter(is_active=True, charge_status__in=payments.REFUNDABLE)
    return list(rows.exclude(gateway=payments.MANUAL).order_by("pk"))


def outcome(payment_id: int, key: str) -> RefundAnswer:
    """Return what is noted of a refund."""
    return _noted(Payment.objects.get(pk=payment_id), key)


def ask(payment_id: int, amount: Decimal, key: str, actor: Actor) -> RefundAnswer:
    """Let the gateway pay, unless it has; whoever asks again while nobody knows means it."""
    with transaction.atomic():
        payment = _locked(payment_id)
        known = _noted(payment, key)
        if known.outcome == RefundOutcome.REFUNDED:
            return known
        ticket = _note(payment, key, UNKNOWN)
    try:
        with transaction.atomic():
            payment = _locked(payment_id)
            if payment.private_metadata[_name(key)]["ticket"] != ticket:
                # The call belongs to whoever marked it last.
                return _noted(payment, key)
            payments.refund(payment, amount, actor)
            _note(payment, key, REFUNDED)
    except payments.GatewayError as error:
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=str(error))
    except payments.PaymentError as error:
        payments.record_failure(payment, str(error), actor)
        refused = RefundAnswer(outcome=RefundOutcome.FAILED, message=str(error))
        _note(payment, key, refused)
        return refused
    return REFUNDED


def _locked(payment_id: int) -> Payment:
    rows = Payment.objects.select_related("order").select_for_update(of=("self",))
    return rows.get(pk=payment_id)


def _noted(payment: Payment, key: str) -> RefundAnswer:
    noted: dict[str, Any] | None = payment.private_metadata.get(_name(key))
    if noted is None:
        return OWED
    return RefundAnswer(outcome=RefundOutcome(noted["outcome"]), message=noted["message"])


def _note(payment: Payment, key: str, answer: RefundAnswer) -> str:
    """Write down how far a refund is; return a word by which the writer knows this note again."""
    ticket = uuid4().hex
    payment.private_metadata[_name(key)] = {
        "outcome": answer.outcome.value,
        "message": answer.message,
        "ticket": ticket,
    }
    payment.save(update_fields=["private_metadata"])
    return ticket


def _name(key: str) -> str:
    return f"backorders.refund.{key}"
