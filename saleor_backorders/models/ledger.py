"""Who waits, and every unit that moved; written by the commit-time engine."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _


class BackorderStatus(models.TextChoices):
    """What became of a backorder's units, in one word."""

    WAITING = "waiting", _("Waiting")
    PARTIALLY_ALLOCATED = "partially_allocated", _("Partially allocated")
    ALLOCATED = "allocated", _("Allocated")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("Cancelled")


STATUS = Case(
    When(waiting=F("quantity"), waiting__gt=0, then=Value(BackorderStatus.WAITING.value)),
    When(waiting__gt=0, then=Value(BackorderStatus.PARTIALLY_ALLOCATED.value)),
    When(allocated__gt=0, then=Value(BackorderStatus.ALLOCATED.value)),
    When(fulfilled__gt=0, then=Value(BackorderStatus.FULFILLED.value)),
    default=Value(BackorderStatus.CANCELLED.value),
)


class Backorder(models.Model):
    """One order line that ever waited; written by the commit-time engine alone.

    ``waiting + allocated + fulfilled + cancelled`` is always ``quantity``.  The ``seen_*``
    columns hold what the engine last saw of Saleor's order line, so that it can tell a dispatch
    from a cancellation.
    """

    id = models.BigAutoField(primary_key=True)
    order_line_id = models.UUIDField(unique=True)
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=64)
    variant_id = models.IntegerField()
    channel_id = models.IntegerField()
    destination = models.CharField(
        max_length=64,
        help_text="channel/country/collection point: what decides which warehouse may serve it.",
    )
    product_name = models.CharField(max_length=386)
    variant_name = models.CharField(max_length=255)
    sku = models.CharField(max_length=255, null=True)  # noqa: DJ001  (Saleor's sku is nullable)
    status = models.GeneratedField(
        expression=STATUS,
        output_field=models.CharField(max_length=20, choices=BackorderStatus.choices),
        db_persist=True,
    )
    quantity = models.IntegerField()
    waiting = models.IntegerField()
    allocated = models.IntegerField(default=0)
    fulfilled = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    priority = models.IntegerField(default=0)
    placed_at = models.DateTimeField()
    promised_on = models.DateField(null=True, help_text="The first promise; never changed.")
    promised_source = models.CharField(max_length=20, default="lead_time", db_default="lead_time")
    expected_on = models.DateField(null=True, help_text="When the last waiting unit is expected.")
    expected_first_on = models.DateField(null=True, help_text="When the first one is.")
    expected_source = models.CharField(max_length=20, default="lead_time", db_default="lead_time")
    lead_from = models.DateField(null=True, help_text="The day from which the lead time counts.")
    agreed_on = models.DateField(
        null=True,
        help_text="The last date that the customer was content with; slips count from it.",
    )
    dated_units = models.IntegerField(
        default=0, db_default=0, help_text="How many units waited when it was last dated."
    )
    ship_asked_units = models.IntegerField(
        default=0, db_default=0, help_text="What had arrived when the customer asked to have it."
    )
    kept = models.BooleanField(
        null=True, help_text="Whether the first promise was kept, once all of it was allocated."
    )
    allocated_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    seen_quantity = models.IntegerField()
    seen_fulfilled = models.IntegerField()
    seen_returned = models.IntegerField()
    seen_on_hand = models.IntegerField(help_text="Allocated units of the line that never waited.")

    class Meta:
        constraints = [
            # A unit that is in two places, or in none, is a customer served twice or forgotten.
            models.CheckConstraint(
                condition=Q(
                    quantity=F("waiting") + F("allocated") + F("fulfilled") + F("cancelled")
                ),
                name="bo_ledger_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    waiting__gte=0,
                    allocated__gte=0,
                    fulfilled__gte=0,
                    cancelled__gte=0,
                    seen_on_hand__gte=0,
                ),
                name="bo_ledger_not_negative",
            ),
        ]
        indexes = [
            # The queue: who is next, for each destination apart.
            models.Index(
                "variant_id",
                "destination",
                F("priority").desc(),
                "placed_at",
                "id",
                condition=Q(waiting__gt=0),
                name="bo_ledger_queue",
            ),
            models.Index(fields=["order_id"], name="bo_ledger_order"),
            # Whose date has passed, and who was never given one.
            models.Index(
                fields=["variant_id", "expected_on"],
                condition=Q(waiting__gt=0),
                name="bo_ledger_expected",
            ),
            # Who was promised a shipment: all of them must be covered by one.
            models.Index(
                fields=["variant_id"],
                condition=Q(waiting__gt=0, expected_source="incoming_shipment"),
                name="bo_ledger_covered",
            ),
            # Who is asked how it went.
            models.Index(
                fields=["fulfilled_at"],
                condition=Q(fulfilled_at__isnull=False),
                name="bo_ledger_fulfilled",
            ),
            # The staff's list, newest first.
            models.Index(F("placed_at").desc(), F("id").desc(), name="bo_ledger_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class MovementKind(models.TextChoices):
    """What can happen to units."""

    PLACED = "placed", _("Began to wait")
    ALLOCATED = "allocated", _("Given from a shelf")
    WITHDRAWN = "withdrawn", _("Back to waiting")
    FULFILLED = "fulfilled", _("Shipped")
    FORCED = "forced", _("Shipped while still waiting")
    REOPENED = "reopened", _("Shipment cancelled")
    CANCELLED = "cancelled", _("Given up")


class Movement(models.Model):
    """Append-only: units of a backorder that went from one state to another, and why."""

    id = models.BigAutoField(primary_key=True)
    backorder_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    quantity = models.IntegerField()
    stock_id = models.IntegerField(null=True, help_text="The shelf, where there is one.")
    cause = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bo_movement_moves"),
        ]
        indexes = [models.Index(fields=["backorder_id", "id"], name="bo_movement_backorder")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class DirtyVariant(models.Model):
    """A variant that a transaction touched; gone at its COMMIT unless something was put off."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    put_off = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One mark a transaction and variant: it carries the deferred trigger.
            models.UniqueConstraint(
                fields=["transaction_id", "variant_id"], name="bo_dirtyvariant_once"
            ),
        ]
        indexes = [
            models.Index(fields=["variant_id"], name="bo_dirtyvariant_variant"),
        ]

    def __str__(self) -> str:
        return f"variant {self.variant_id}"


class AllocationChange(models.Model):
    """What a running transaction changed of a line's allocations; gone at its COMMIT."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    order_line_id = models.UUIDField()
    stock_id = models.IntegerField()
    change = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["variant_id", "transaction_id"], name="bo_allocationchange_work")
        ]

    def __str__(self) -> str:
        return f"{self.change:+d} for line {self.order_line_id}"
