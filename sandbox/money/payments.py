"""Payments the legacy way, through a dummy gateway or marked by hand."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import transaction

from sandbox.apps.order.models import Order
from sandbox.apps.payment.models import Payment, Transaction
from sandbox.money import charge, transactions
from sandbox.money.price import in_cents
from sandbox.orders import events
from sandbox.orders.events import Who

MANUAL = "manual"
DUMMY = "mirumee.payments.dummy"
REFUSING_TOKEN = "refuse"  # noqa: S105
"""A payment with this token is one whose refund the dummy gateway refuses."""
REFUNDABLE = ("partially-charged", "fully-charged", "partially-refunded")


class PaymentError(Exception):
    """The payment does not allow this, or its gateway does not."""


@transaction.atomic
def mark_as_paid(order: Order, who: Who, reference: str | None = None) -> None:
    """Believe that an order was paid, in the way that its channel wants it written down."""
    if order.channel.order_mark_as_paid_strategy == "transaction_flow":
        transactions.create(
            order,
            {"charged_value": order.total_gross_amount},
            who=who,
            name="Manual charge",
            psp_reference=reference,
            actions=["refund"],
        )
    else:
        _capture(order, MANUAL, "external", token=reference or "")
    parameters = {"transaction_reference": reference} if reference else {}
    events.record(order, "order_marked_as_paid", who, **parameters)
    order.refresh_from_db()
    charge.refresh(order)


def _capture(order: Order, gateway: str, kind: str, *, token: str) -> Payment:
    payment = Payment.objects.create(
        order=order,
        gateway=gateway,
        token=token,
        total=order.total_gross_amount,
        captured_amount=order.total_gross_amount,
        charge_status="fully-charged",
        currency=order.currency,
        billing_email=order.user_email,
        psp_reference=token,
    )
    payment.transactions.create(
        kind=kind,
        token=token or str(uuid.uuid4()),
        is_success=True,
        amount=order.total_gross_amount,
        currency=order.currency,
        already_processed=True,
    )
    return payment


@transaction.atomic
def _refund(payment: Payment, amount: Decimal) -> Transaction:
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if amount <= 0:
        raise PaymentError("Amount should be a positive number.")
    if amount > payment.captured_amount:
        raise PaymentError("Cannot refund more than captured.")
    if payment.charge_status not in REFUNDABLE:
        raise PaymentError("This payment cannot be refunded.")
    refused = payment.gateway != MANUAL and payment.token == REFUSING_TOKEN
    made = payment.transactions.create(
        kind="refund",
        token=payment.token,
        is_success=not refused,
        amount=amount,
        currency=payment.currency,
        error="Unable to process refund" if refused else None,
        already_processed=not refused,
    )
    if not refused:
        _take_off(payment, amount)
    return made


def _take_off(payment: Payment, amount: Decimal) -> None:
    payment.captured_amount -= amount
    payment.is_active = payment.captured_amount > 0
    payment.charge_status = "partially-refunded" if payment.is_active else "fully-refunded"
    payment.save()
    if payment.order:
        charge.refresh(payment.order)


def refund(payment: Payment, amount: Decimal, who: Who) -> None:
    """Send money back through a payment's gateway.

    :raises PaymentError: when it is not to be had, or the gateway refuses.
    """
    made = _refund(payment, amount)
    if not made.is_success:
        raise PaymentError(made.error or "Transaction was unsuccessful.")
    if payment.order:
        events.record(
            payment.order,
            "payment_refunded",
            who,
            amount=in_cents(amount),
            payment_id=payment.token,
            payment_gateway=payment.gateway,
        )
