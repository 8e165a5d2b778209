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
    dated_by = models.CharField(
        max_length=40,
        default="",
        db_default="",
        help_text="The lead time, as a text, by which those without a shipment were last dated.",
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


class ChannelRule(models.Model):
    """How a channel counts days and deals with delays; what is null it takes from the shop.

    The row of channel 0 is the shop's: a copy of the plugin's settings, which SQL cannot read.
    """

    channel_id = models.IntegerField(primary_key=True)
    working_days = models.BooleanField(null=True)
    safety_days = models.IntegerField(null=True)
    tolerance_days = models.IntegerField(null=True)
    silence_days = models.IntegerField(
        null=True, help_text="Cancel after so many days without an answer; 0 keeps waiting."
    )
    dearer_at_same_price = models.BooleanField(null=True)
    overdue_days = models.IntegerField(
        null=True, help_text="How long an overdue shipment is still believed; the shop's row alone."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(safety_days__isnull=True) | Q(safety_days__range=(0, 365)),
                name="bo_rule_safety_range",
            ),
            models.CheckConstraint(
                condition=Q(tolerance_days__isnull=True) | Q(tolerance_days__range=(0, 365)),
                name="bo_rule_tolerance_range",
            ),
            models.CheckConstraint(
                condition=Q(silence_days__isnull=True) | Q(silence_days__range=(0, 365)),
                name="bo_rule_silence_range",
            ),
        ]

    def __str__(self) -> str:
        return f"channel {self.channel_id}" if self.channel_id else "the shop"


class ShipmentStatus(models.TextChoices):
    EXPECTED = "expected", _("Expected")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


class IncomingShipment(models.Model):
    """Supply that is on its way to one warehouse; written by ``services.shipments``."""

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


class Cover(models.Model):
    """Waiting units that a shipment is expected to serve; written by the engine alone."""

    id = models.BigAutoField(primary_key=True)
    variant_id = models.IntegerField()
    backorder_id = models.BigIntegerField()
    line_id = models.BigIntegerField(help_text="The shipment's line.")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["backorder_id", "line_id"], name="bo_cover_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bo_cover_covers"),
        ]
        indexes = [models.Index(fields=["variant_id"], name="bo_cover_variant")]

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
    OPEN = "open", _("Open")
    KEPT_WAITING = "kept_waiting", _("Keeps waiting")
    CANCELLED = "cancelled", _("Cancelled")
    SWITCHED = "switched", _("Took something else")
    MOOT = "moot", _("No longer needed")


class Decision(models.Model):
    """What a customer is asked after a slip, and what they chose.

    The engine opens it; a service records the answer under the queue's lock.
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
            models.Index(
                fields=["silence_on"],
                condition=Q(state="open", silence_on__isnull=False),
                name="bo_decision_silence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}, backorder {self.backorder_id}"


class Cancellation(models.Model):
    """Append-only: units that were given up or exchanged, by whom, why, and what they came to."""

    id = models.BigAutoField(primary_key=True)
    backorder_id = models.BigIntegerField(null=True, help_text="Null for a whole order's shipping.")
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
    OWED = "owed", _("Owed")
    REQUESTED = "requested", _("Requested")
    REFUNDED = "refunded", _("Refunded")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


class Refund(models.Model):
    """Money that is owed for a cancellation, and how far it is on its way back.

    Written with the cancellation, so that no crash forgets it; ``services.refunds`` asks for it.
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
