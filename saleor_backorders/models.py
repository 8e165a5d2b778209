"""The plugin's own tables.

Rows point at Saleor's rows by plain ids without database constraints: Saleor deletes some of
its rows with raw SQL (``clearorders``), and the ledger has to outlive what it speaks of.  The
commit-time engine in ``sql/`` writes most of these tables; Python only reads them, except where
a docstring says otherwise.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

NO_LIMIT = 1_000_000
FIRST_VIRTUAL_STOCK_ID = 1_000_000_000


class PolicyScope(models.TextChoices):
    """What a rule speaks about, from the widest to the narrowest."""

    CHANNEL = "channel", _("Channel")
    CATEGORY = "category", _("Category")
    PRODUCT = "product", _("Product")
    VARIANT = "variant", _("Variant")


class BackorderPolicy(models.Model):
    """A rule of the shop; every field left null is inherited from the next wider scope."""

    channel_id = models.IntegerField()
    scope = models.CharField(max_length=8, choices=PolicyScope.choices)
    target_id = models.IntegerField(default=0, help_text="0 where the scope is the channel.")
    allow = models.BooleanField(null=True)
    limit = models.IntegerField(null=True, db_column="limit_units")
    limit_is_set = models.BooleanField(default=False)
    lead_time_days = models.IntegerField(null=True)
    discount_percent = models.IntegerField(null=True)
    priority = models.IntegerField(null=True)
    until = models.DateField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            # Two rules for one thing would leave it open which of them holds.
            models.UniqueConstraint(
                fields=["channel_id", "scope", "target_id"], name="bo_policy_one_rule_each"
            ),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gte=0, limit__lte=NO_LIMIT),
                name="bo_policy_limit_range",
            ),
            models.CheckConstraint(
                condition=Q(lead_time_days__isnull=True) | Q(lead_time_days__range=(0, 3650)),
                name="bo_policy_lead_time_range",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__isnull=True) | Q(discount_percent__range=(0, 100)),
                name="bo_policy_discount_range",
            ),
            models.CheckConstraint(
                condition=(Q(scope=PolicyScope.CHANNEL) & Q(target_id=0))
                | (~Q(scope=PolicyScope.CHANNEL) & Q(target_id__gt=0)),
                name="bo_policy_target_matches_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.target_id} in channel {self.channel_id}"


class VirtualStock(models.Model):
    """The virtual stock row of a variant in a channel, and the policy in force for it.

    ``limit_units`` is what may wait at once: 0 where nobody new is admitted, ``NO_LIMIT`` where
    the shop sets none.  The policy columns are a copy that ``services.policies`` keeps true, so
    that admission and the commit trigger read one row.
    """

    stock_id = models.IntegerField(primary_key=True)
    variant_id = models.IntegerField()
    channel_id = models.IntegerField()
    allow = models.BooleanField(default=False)
    limit_units = models.IntegerField(default=0)
    lead_time_days = models.IntegerField(default=0)
    discount_percent = models.IntegerField(default=0)
    priority = models.IntegerField(default=0)
    until = models.DateField(null=True)
    waiting_units = models.IntegerField(
        default=0, help_text="The sum of the ledger's waiting units, kept by the engine."
    )

    class Meta:
        constraints = [
            # A second virtual row would double what may wait.
            models.UniqueConstraint(
                fields=["variant_id", "channel_id"], name="bo_virtual_one_row_each"
            ),
            models.CheckConstraint(
                condition=Q(limit_units__gte=0, limit_units__lte=NO_LIMIT),
                name="bo_virtual_limit_range",
            ),
            # Saleor locks and deallocates in id order: virtual rows have to come last.
            models.CheckConstraint(
                condition=Q(stock_id__gte=FIRST_VIRTUAL_STOCK_ID), name="bo_virtual_id_is_high"
            ),
            models.CheckConstraint(
                condition=Q(waiting_units__gte=0), name="bo_virtual_waiting_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"variant {self.variant_id} in channel {self.channel_id}"


class VirtualWarehouse(models.Model):
    """The warehouse of ours that stands for what a channel may sell without having it."""

    channel_id = models.IntegerField(primary_key=True)
    warehouse_id = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"channel {self.channel_id}"


class BackorderStatus(models.TextChoices):
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
    promised_on = models.DateField(null=True)
    allocated_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    seen_quantity = models.IntegerField()
    seen_fulfilled = models.IntegerField()
    seen_returned = models.IntegerField()
    seen_on_shelf = models.IntegerField(help_text="Allocated units of the line that never waited.")

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
                    seen_on_shelf__gte=0,
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
            # The staff's list, newest first.
            models.Index(F("placed_at").desc(), F("id").desc(), name="bo_ledger_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class MovementKind(models.TextChoices):
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


class Mark(models.Model):
    """A variant that a transaction touched; gone at its COMMIT unless something was put off."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    put_off = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One mark a transaction and variant: it carries the deferred trigger.
            models.UniqueConstraint(fields=["transaction_id", "variant_id"], name="bo_mark_once"),
        ]
        indexes = [
            models.Index(fields=["variant_id"], name="bo_mark_variant"),
        ]

    def __str__(self) -> str:
        return f"variant {self.variant_id}"


class Touch(models.Model):
    """What a running transaction changed of a line's allocations; gone at its COMMIT."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.BigIntegerField()
    variant_id = models.IntegerField()
    order_line_id = models.UUIDField()
    stock_id = models.IntegerField()
    change = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["variant_id", "transaction_id"], name="bo_touch_work")]

    def __str__(self) -> str:
        return f"{self.change:+d} for line {self.order_line_id}"


class Acknowledgement(models.Model):
    """What a shopper was shown of a checkout and agreed to; written by ``services.agree``."""

    checkout_id = models.UUIDField(primary_key=True)
    lines = models.JSONField(
        help_text="For each checkout line: variant, quantity, waiting units and last date."
    )
    acknowledged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkout {self.checkout_id}"
