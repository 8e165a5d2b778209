# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Voucher(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    type = models.CharField(max_length=20, default="entire_order")
    name = models.CharField(max_length=255, null=True)
    usage_limit = models.PositiveIntegerField(null=True)
    start_date = models.DateTimeField(default=timezone.now)
    end_date = models.DateTimeField(null=True)
    discount_value_type = models.CharField(max_length=10, default="fixed")
    single_use = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]


class VoucherCode(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(max_length=255, unique=True)
    used = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    voucher = models.ForeignKey("Voucher", on_delete=models.CASCADE, related_name="codes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "code"]


class VoucherChannelListing(models.Model):
    voucher = models.ForeignKey(
        "Voucher", on_delete=models.CASCADE, related_name="channel_listings"
    )
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.CASCADE, related_name="voucher_listings"
    )
    discount_value = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    min_spent_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)

    class Meta:
        ordering = ["pk"]
        unique_together = [["voucher", "channel"]]
