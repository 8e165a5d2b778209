"""Which rules hold: policies, virtual rows and how a channel deals with delays."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
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
    low_stock = models.IntegerField(
        null=True, help_text="Staff are told when so few are free; 0 where they are not."
    )
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
                condition=Q(low_stock__isnull=True) | Q(low_stock__range=(0, NO_LIMIT)),
                name="bo_policy_low_stock_range",
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
    the shop sets none.  The policy columns are a copy that ``policies.update`` keeps true, so
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
    low_stock = models.IntegerField(default=0, db_default=0)
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


class Transport(models.TextChoices):
    """How messages leave."""

    MAIL = "mail", _("The shop's mail server")
    NOTIFY = "notify", _("Saleor's notifications, for a plugin or an app")
    OFF = "off", _("Not at all")


class ChannelRule(models.Model):
    """How a channel counts days, deals with delays and speaks; what is null the shop says.

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
    transport = models.CharField(  # noqa: DJ001
        max_length=10, null=True, choices=Transport.choices
    )
    sender_name = models.CharField(max_length=100, null=True)  # noqa: DJ001
    sender_address = models.CharField(max_length=254, null=True)  # noqa: DJ001
    reply_to = models.CharField(max_length=254, null=True)  # noqa: DJ001
    staff_emails = models.TextField(null=True, help_text="Separated by commas.")  # noqa: DJ001
    muted = models.TextField(  # noqa: DJ001
        null=True, help_text="Kinds of messages that are not sent, separated by commas."
    )
    language = models.CharField(  # noqa: DJ001
        max_length=35, null=True, help_text="For orders whose language has no templates."
    )
    product_url = models.CharField(  # noqa: DJ001
        max_length=500, null=True, help_text="Where the storefront shows a product."
    )
    status_days = models.IntegerField(
        null=True, help_text="Days between two words to who waits; 0 for none."
    )
    rate_days = models.IntegerField(
        null=True, help_text="Days after the last unit was sent; 0 asks nobody."
    )
    late_warning_days = models.IntegerField(
        null=True, help_text="Staff hear of a promise so many days ahead."
    )
    limit_warning_percent = models.IntegerField(
        null=True, help_text="Staff hear when so much of a limit waits; 0 for never."
    )
    offer_start_days = models.IntegerField(
        null=True, help_text="Days until a voucher for waiting may be used."
    )
    offer_valid_days = models.IntegerField(
        null=True, help_text="Days for which it may be; 0 for ever."
    )
    offer_minimum = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    credit_per_week = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    credit_most = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    credit_budget = models.DecimalField(
        max_digits=20, decimal_places=3, null=True, help_text="A month; 0 for no bound."
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
