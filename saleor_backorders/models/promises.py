"""What customers agreed to, were promised, are covered by and are asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Acknowledgement(models.Model):
    """What a shopper was shown of a checkout and agreed to; written by ``checkout``."""

    checkout_id = models.UUIDField(primary_key=True)
    lines = models.JSONField(
        help_text="For each checkout line: variant, quantity, waiting units and last date."
    )
    acknowledged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkout {self.checkout_id}"


class SupplyAssignment(models.Model):
    """Waiting units that a shipment is expected to serve; written by the engine alone."""

    id = models.BigAutoField(primary_key=True)
    variant_id = models.IntegerField()
    backorder_id = models.BigIntegerField()
    line_id = models.BigIntegerField(help_text="The shipment's line.")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["backorder_id", "line_id"], name="bo_supplyassignment_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bo_supplyassignment_covers"),
        ]
        indexes = [models.Index(fields=["variant_id"], name="bo_supplyassignment_variant")]

    def __str__(self) -> str:
        return f"{self.quantity} of backorder {self.backorder_id}"


class Promise(models.Model):
    """Append-only: every date that a customer was given, and why it was another than before."""

    id = models.BigAutoField(primary_key=True)
    backorder_id = models.BigIntegerField()
    quantity = models.IntegerField(help_text="Units that waited then.")
    promised_on = models.DateField(help_text="For the last of them.")
    first_on = models.DateField(help_text="For the first of them.")
    source = models.CharField(max_length=20)
    previous_on = models.DateField(null=True)
    cause = models.CharField(max_length=20)
    shipment_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["backorder_id", "id"], name="bo_promise_backorder")]

    def __str__(self) -> str:
        return f"{self.promised_on} for backorder {self.backorder_id}"


class DecisionState(models.TextChoices):
    """What became of a question to a customer."""

    OPEN = "open", _("Open")
    KEPT_WAITING = "kept_waiting", _("Keeps waiting")
    CANCELLED = "cancelled", _("Cancelled")
    SWITCHED = "switched", _("Took something else")
    MOOT = "moot", _("No longer needed")


class Decision(models.Model):
    """What a customer is asked after a slip, and what they chose.

    The engine opens it; ``cancellations.delay_answers`` records the answer under the queue's lock.
    """

    id = models.BigAutoField(primary_key=True)
    backorder_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    state = models.CharField(
        max_length=12, choices=DecisionState.choices, default=DecisionState.OPEN
    )
    previous_on = models.DateField(help_text="What the customer was content with.")
    previous_first_on = models.DateField(help_text="And the day for the first of the units.")
    new_on = models.DateField()
    slip_days = models.IntegerField()
    opened_at = models.DateTimeField()
    silence_on = models.DateField(null=True, help_text="When silence counts as cancelling.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=10, default="")

    class Meta:
        constraints = [
            # A customer is asked once at a time.
            models.UniqueConstraint(
                fields=["backorder_id"], condition=Q(state="open"), name="bo_decision_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["variant_id"], condition=Q(state="open"), name="bo_decision_open"),
            # What a customer was asked, for the email that tells of it.
            models.Index(fields=["backorder_id", "id"], name="bo_decision_backorder"),
            models.Index(
                fields=["silence_on"],
                condition=Q(state="open", silence_on__isnull=False),
                name="bo_decision_silence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}, backorder {self.backorder_id}"
