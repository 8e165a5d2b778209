"""What customers get for waiting, and what they say of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OfferKind(models.TextChoices):
    """What a voucher is given for."""

    WAITING = "waiting", _("For waiting")
    SLIP = "slip", _("For a delay")


class Offer(models.Model):
    """A one-use voucher code of the shop for one customer; written by ``issue.issue``."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=OfferKind.choices)
    order_id = models.UUIDField()
    step = models.IntegerField(
        default=0, help_text="Of a credit that grows: the started weeks that it brings it up to."
    )
    channel_id = models.IntegerField()
    email = models.CharField(max_length=254, help_text="Who may use it.")
    percent = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    currency = models.CharField(max_length=3)
    code = models.CharField(max_length=255, unique=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    minimum = models.DecimalField(
        max_digits=20, decimal_places=3, default=0, help_text="What an order has to come to."
    )
    issued_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When a message brought it.")
    used_at = models.DateTimeField(null=True)
    used_order_id = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One order's patience is rewarded once, and each week of its delay once.
            models.UniqueConstraint(fields=["order_id", "kind", "step"], name="bo_offer_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, amount=0, percent__lte=100) | Q(percent=0, amount__gt=0),
                name="bo_offer_is_something",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None), name="bo_offer_used_or_withdrawn"
            ),
        ]
        indexes = [
            # What a channel gave away this month.
            models.Index(fields=["channel_id", "issued_at"], name="bo_offer_issued"),
            # What may still be used or withdrawn.
            models.Index(
                fields=["order_id"],
                condition=Q(used_at=None, withdrawn_at=None),
                name="bo_offer_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for order {self.order_id}"


class Rating(models.Model):
    """How the wait was handled, as the customer sees it."""

    backorder_id = models.BigIntegerField(primary_key=True)
    score = models.IntegerField()
    comment = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="bo_rating_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.score} for backorder {self.backorder_id}"
