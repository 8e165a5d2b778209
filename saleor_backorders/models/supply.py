"""What is on its way, and what arrived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ShipmentStatus(models.TextChoices):
    """How much of a shipment is here."""

    EXPECTED = "expected", _("Expected")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


class IncomingShipment(models.Model):
    """Supply that is on its way to one warehouse; written by ``supply.shipments``."""

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=100, unique=True)
    warehouse_id = models.UUIDField()
    expected_on = models.DateField()
    status = models.CharField(
        max_length=20, choices=ShipmentStatus.choices, default=ShipmentStatus.EXPECTED
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expected_on", "id"], name="bo_shipment_expected")]

    def __str__(self) -> str:
        return self.reference


class IncomingShipmentLine(models.Model):
    """One variant of a shipment.

    ``to_come`` is what customers may still be promised.  What a delivery was short of is not:
    it counts again once staff say when it follows.
    """

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(
        IncomingShipment, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    variant_id = models.IntegerField()
    quantity = models.IntegerField(help_text="As announced.")
    received = models.IntegerField(default=0)
    to_come = models.IntegerField()
    promised = models.IntegerField(
        default=0, help_text="Of what is to come, spoken for by those who wait; kept by the engine."
    )
    dated_on = models.DateField(null=True, help_text="The day by which those were last dated.")

    class Meta:
        constraints = [
            # Two lines for one variant would leave it open which of them arrived.
            models.UniqueConstraint(
                fields=["shipment", "variant_id"], name="bo_shipment_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, received__gte=0, to_come__gte=0, promised__gte=0),
                name="bo_shipment_line_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["variant_id"], condition=Q(to_come__gt=0), name="bo_shipment_line_to_come"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of variant {self.variant_id}"


class Receipt(models.Model):
    """Append-only: one delivery note that was booked, by the key that makes it book once."""

    idempotency_key = models.CharField(primary_key=True, max_length=200)
    shipment = models.ForeignKey(
        IncomingShipment, on_delete=models.CASCADE, related_name="receipts"
    )
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.idempotency_key


class ReceiptLine(models.Model):
    """Append-only: units that a delivery note put on a shelf."""

    id = models.BigAutoField(primary_key=True)
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    variant_id = models.IntegerField()
    stock_id = models.IntegerField()
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bo_receipt_line_moves")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of variant {self.variant_id}"
