# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


def _amount() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=20, decimal_places=3, default=Decimal(0))


class TransactionItem(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    idempotency_key = models.CharField(max_length=512, null=True)
    name = models.CharField(max_length=512, null=True, default="")
    message = models.CharField(max_length=512, null=True, default="")
    psp_reference = models.CharField(max_length=512, null=True)
    available_actions = ArrayField(models.CharField(max_length=128), default=list)
    currency = models.CharField(max_length=3)
    charged_value = _amount()
    authorized_value = _amount()
    refunded_value = _amount()
    canceled_value = _amount()
    refund_pending_value = _amount()
    charge_pending_value = _amount()
    authorize_pending_value = _amount()
    cancel_pending_value = _amount()
    external_url = models.URLField(null=True)
    checkout = models.ForeignKey(
        "checkout.Checkout",
        on_delete=models.SET_NULL,
        related_name="payment_transactions",
        null=True,
    )
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, related_name="payment_transactions", null=True
    )
    user = models.ForeignKey("account.User", on_delete=models.SET_NULL, related_name="+", null=True)
    app = models.ForeignKey("app.App", on_delete=models.SET_NULL, related_name="+", null=True)
    app_identifier = models.CharField(max_length=256, null=True)
    last_refund_success = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["app_identifier", "idempotency_key"], name="unique_transaction_idempotency"
            )
        ]


class TransactionEvent(models.Model):
    created_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.CharField(max_length=512, null=True)
    psp_reference = models.CharField(max_length=512, null=True)
    message = models.CharField(max_length=512, null=True, default="")
    transaction = models.ForeignKey(
        "TransactionItem", on_delete=models.CASCADE, related_name="events"
    )
    external_url = models.URLField(null=True)
    currency = models.CharField(max_length=3)
    type = models.CharField(max_length=128, default="info")
    amount_value = _amount()
    user = models.ForeignKey("account.User", on_delete=models.SET_NULL, related_name="+", null=True)
    app = models.ForeignKey("app.App", on_delete=models.SET_NULL, related_name="+", null=True)
    app_identifier = models.CharField(max_length=256, null=True)
    include_in_calculations = models.BooleanField(default=False)
    related_granted_refund = models.ForeignKey(
        "order.OrderGrantedRefund",
        on_delete=models.SET_NULL,
        related_name="transaction_events",
        null=True,
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction_id", "idempotency_key"],
                name="unique_transaction_event_idempotency",
            )
        ]


class Payment(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    gateway = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    to_confirm = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    charge_status = models.CharField(max_length=20, default="not-charged")
    token = models.CharField(max_length=512, default="")
    total = _amount()
    captured_amount = _amount()
    currency = models.CharField(max_length=3)
    checkout = models.ForeignKey(
        "checkout.Checkout", on_delete=models.SET_NULL, related_name="payments", null=True
    )
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, related_name="payments", null=True
    )
    billing_email = models.EmailField(max_length=254, default="")
    psp_reference = models.CharField(max_length=512, null=True)

    class Meta:
        ordering = ["pk"]


class Transaction(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    payment = models.ForeignKey("Payment", on_delete=models.PROTECT, related_name="transactions")
    token = models.CharField(max_length=512, default="")
    kind = models.CharField(max_length=25)
    is_success = models.BooleanField(default=False)
    action_required = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    amount = _amount()
    error = models.TextField(null=True)
    gateway_response = models.JSONField(default=dict)
    already_processed = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
