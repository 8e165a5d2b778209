"""What was given up, and the money that is owed for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Cancellation(models.Model):
    """Append-only: units that were given up or exchanged, by whom, why, and what they came to."""

    id = models.BigAutoField(primary_key=True)
    backorder_id = models.BigIntegerField()
    order_id = models.UUIDField()
    order_line_id = models.UUIDField()
    quantity = models.IntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=3, help_text="Gross.")
    currency = models.CharField(max_length=3)
    reason = models.TextField(default="")
    by = models.CharField(max_length=10, help_text="customer, staff or silence")
    user_id = models.IntegerField(null=True)
    app_id = models.IntegerField(null=True)
    replaced_by = models.UUIDField(null=True, help_text="The order made instead.")
    replaced_value = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    idempotency_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, value__gte=0), name="bo_cancellation_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["order_id"], name="bo_cancellation_order")]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class RefundState(models.TextChoices):
    """How far owed money is on its way back."""

    OWED = "owed", _("Owed")
    REQUESTED = "requested", _("Requested")
    REFUNDED = "refunded", _("Refunded")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


class Refund(models.Model):
    """Money that is owed for a cancellation, and how far it is on its way back.

    Written with the cancellation, so that no crash forgets it;
    ``cancellations.refunds`` asks for it.
    """

    id = models.BigAutoField(primary_key=True)
    cancellation = models.ForeignKey(Cancellation, on_delete=models.PROTECT, related_name="refunds")
    order_id = models.UUIDField()
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    transaction_id = models.IntegerField(null=True)
    granted_refund_id = models.IntegerField(null=True)
    payment_id = models.IntegerField(null=True)
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.OWED)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    message = models.TextField(default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bo_refund_is_money"),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="bo_refund_order"),
            models.Index(
                fields=["next_attempt_at"],
                condition=~Q(state="refunded"),
                name="bo_refund_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}, {self.state}"
