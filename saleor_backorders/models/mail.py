"""What people are told: the outbox, who does not want to hear, and who asked to be told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class MessageKind(models.TextChoices):
    """What a message is about; the last five are for staff."""

    PLACED = "placed", _("What ships now and what waits")
    DELAYED = "delayed", _("A date moved back")
    EARLIER = "earlier", _("A date moved forward")
    ALLOCATED = "allocated", _("Arrived and reserved")
    CANCELLED = "cancelled", _("Cancelled or exchanged")
    REFUNDED = "refunded", _("Money sent back")
    STATUS = "status", _("Still waiting")
    OFFER = "offer", _("A voucher for waiting")
    CONFIRM = "confirm", _("Confirm a sign-up")
    BACK_IN_STOCK = "back_in_stock", _("Back in stock")
    RATE = "rate", _("How was the wait")
    LOW_STOCK = "low_stock", _("Low stock")
    LIMIT = "limit", _("Limit nearly reached")
    LATE = "late", _("Promises late or about to be")
    REFUND_FAILED = "refund_failed", _("A refund failed")
    GIVEN_UP = "given_up", _("Messages given up")


FOR_STAFF = frozenset(
    {
        MessageKind.LOW_STOCK,
        MessageKind.LIMIT,
        MessageKind.LATE,
        MessageKind.REFUND_FAILED,
        MessageKind.GIVEN_UP,
    }
)
OPTIONAL = frozenset(
    {MessageKind.STATUS, MessageKind.OFFER, MessageKind.BACK_IN_STOCK, MessageKind.RATE}
)
"""Not strictly about the order: they carry a way out, and stop for who took it."""


class MessageState(models.TextChoices):
    """How far a message is on its way."""

    PENDING = "pending", _("To be sent")
    CLAIMED = "claimed", _("Being prepared")
    HANDING_OVER = "handing_over", _("Being handed over")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("No longer true")
    UNKNOWN = "unknown", _("Perhaps sent")
    GIVEN_UP = "given_up", _("Given up")


class Message(models.Model):
    """The outbox: one message to one person, written by the transaction that causes it.

    Triggers on the ledger write what orders cause, whoever caused it; the rooms write the rest.
    ``outbox`` alone changes rows afterwards.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    key = models.CharField(max_length=200)
    channel_id = models.IntegerField()
    order_id = models.UUIDField(null=True)
    variant_id = models.IntegerField(null=True)
    backorder_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    about_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        help_text="The refunds, cancellations, offers or sign-up that it speaks of.",
    )
    state = models.CharField(
        max_length=12,
        choices=MessageState.choices,
        default=MessageState.PENDING,
        db_default=MessageState.PENDING,
    )
    recipient = models.CharField(
        max_length=254, default="", db_default="", help_text="Set once it was sent."
    )
    language = models.CharField(max_length=35, default="", db_default="")
    attempts = models.IntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    claimed_by = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When it was sent, or will not be.")
    last_error = models.TextField(
        default="", db_default="", help_text="Why it was not sent, or not yet."
    )
    created_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        constraints = [
            # The same news twice is a customer who stops reading.
            models.UniqueConstraint(fields=["key"], name="bo_message_once"),
        ]
        indexes = [
            # What is due: sent messages, however many, cost nothing here.
            models.Index(
                fields=["due_at", "id"], condition=Q(state="pending"), name="bo_message_due"
            ),
            # What a worker took and may have died with.
            models.Index(
                fields=["claimed_at"],
                condition=Q(state__in=["claimed", "handing_over"]),
                name="bo_message_claimed",
            ),
            models.Index(fields=["order_id", "id"], name="bo_message_order"),
            # What staff have to look at.
            models.Index(
                fields=["settled_at"],
                condition=Q(state__in=["given_up", "unknown"]),
                name="bo_message_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Unsubscribed(models.Model):
    """Somebody who wants only what is strictly about their orders.

    Kept as a keyed digest of the address: enough to stay silent, useless to anybody else.
    """

    address_digest = models.CharField(primary_key=True, max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address_digest


class BackInStockSubscription(models.Model):
    """Somebody who wants to hear when a variant is back; gone once they take it back.

    It counts once it is confirmed, and is done once it was told.
    """

    id = models.BigAutoField(primary_key=True)
    variant_id = models.IntegerField()
    channel_id = models.IntegerField()
    email = models.CharField(max_length=254)
    language = models.CharField(max_length=35)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Twice on the list would be told twice.
            models.UniqueConstraint(
                "variant_id",
                "channel_id",
                Lower("email"),
                condition=Q(told_at=None),
                name="bo_subscription_once",
            ),
        ]
        indexes = [
            # Who is next.
            models.Index(
                fields=["variant_id", "channel_id", "confirmed_at", "id"],
                condition=Q(told_at=None, confirmed_at__isnull=False),
                name="bo_subscription_queue",
            ),
            # Who was told lately: units are counted as theirs for a while.
            models.Index(fields=["told_at"], name="bo_subscription_told"),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class Alert(models.Model):
    """Something that staff were told and that still is so: told again only after it was not."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    channel_id = models.IntegerField()
    variant_id = models.IntegerField()
    message_id = models.BigIntegerField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            # Two rows would be two mails about one shelf.
            models.UniqueConstraint(
                fields=["kind", "channel_id", "variant_id"], name="bo_alert_once"
            ),
        ]
        indexes = [models.Index(fields=["message_id"], name="bo_alert_message")]

    def __str__(self) -> str:
        return f"{self.kind}, variant {self.variant_id}"
