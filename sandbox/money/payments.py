"""Payments the legacy way: marked by hand, or held by a gateway that does what it is told."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from sandbox.apps.order.models import Order
from sandbox.apps.payment.models import Payment
from sandbox.money import charge, transactions
from sandbox.money.price import in_cents
from sandbox.orders import events
from sandbox.orders.events import Who

MANUAL = "manual"
DUMMY = "mirumee.payments.dummy"
REFUNDABLE = ("partially-charged", "fully-charged", "partially-refunded")


class PaymentError(Exception):
    """The payment does not allow this."""


class GatewayError(Exception):
    """The payment's gateway cannot be reached."""


@transaction.atomic
def mark_as_paid(order: Order, who: Who, reference: str | None = None) -> None:
    """Believe that an order was paid, in the way that its channel wants it written down."""
    if order.channel.order_mark_as_paid_strategy == "transaction_flow":
        transactions.create(
            order,
            order.total_gross_amount,
            who=who,
            name="Manual charge",
            psp_reference=reference,
            actions=["refund"],
        )
    else:
        _mark_by_payment(order, token=reference or "")
    parameters = {"transaction_reference": reference} if reference else {}
    events.record(order, "order_marked_as_paid", who, **parameters)
    order.refresh_from_db()
    charge.refresh(order)


def _mark_by_payment(order: Order, *, token: str) -> None:
    payment = Payment.objects.create(
        order=order,
        gateway=MANUAL,
        token=token,
        total=order.total_gross_amount,
        captured_amount=order.total_gross_amount,
        charge_status="fully-charged",
        currency=order.currency,
        billing_email=order.user_email,
        psp_reference=token,
    )
    payment.transactions.create(
        kind="external",
        token=token,
        is_success=True,
        amount=order.total_gross_amount,
        currency=order.currency,
        already_processed=True,
    )


@transaction.atomic
def refund(payment: Payment, amount: Decimal, who: Who) -> None:
    """Send money back through the gateway of a payment, whose row the caller holds.

    :raises PaymentError: when it is not to be had.
    :raises GatewayError: when there is no such gateway.
    """
    _check_refund(payment, amount)
    kind = "external" if payment.gateway == MANUAL else "capture"
    taken = payment.transactions.filter(kind=kind, is_success=True).last()
    if taken is None:
        raise PaymentError(f"Cannot find successful {kind} transaction.")
    if payment.gateway not in (MANUAL, DUMMY):
        raise GatewayError(f"Payment plugin {payment.gateway} is inaccessible.")
    payment.transactions.create(
        kind="refund",
        token=taken.token,
        is_success=True,
        amount=amount,
        currency=payment.currency,
        already_processed=True,
    )
    _take_off(payment, amount)
    if payment.order:
        charge.refresh(payment.order)
        events.record(
            payment.order,
            "payment_refunded",
            who,
            amount=in_cents(amount),
            payment_id=payment.token,
            payment_gateway=payment.gateway,
        )


def _check_refund(payment: Payment, amount: Decimal) -> None:
    if amount <= 0:
        raise PaymentError("Amount should be a positive number.")
    if amount > payment.captured_amount:
        raise PaymentError("Cannot refund more than captured.")
    if payment.charge_status not in REFUNDABLE:
        raise PaymentError("This payment cannot be refunded.")


def _take_off(payment: Payment, amount: Decimal) -> None:
    payment.captured_amount -= amount
    payment.is_active = payment.captured_amount > 0
    payment.charge_status = "partially-refunded" if payment.is_active else "fully-refunded"
    payment.save()


def record_failure(payment: Payment, message: str, who: Who) -> None:
    """Write into an order's history that a payment could not be handled."""
    if payment.order:
        events.record(
            payment.order,
            "payment_failed",
            who,
            message=message,
            gateway=payment.gateway,
            payment_id=payment.token,
        )
