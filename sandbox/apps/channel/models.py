# ruff: noqa: DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from django.db import models


class Channel(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=250)
    is_active = models.BooleanField(default=False)
    slug = models.SlugField(max_length=255, unique=True)
    currency_code = models.CharField(max_length=3)
    default_country = models.CharField(max_length=2)
    allocation_strategy = models.CharField(max_length=255, default="prioritize-sorting-order")
    order_mark_as_paid_strategy = models.CharField(max_length=255, default="payment_flow")
    automatically_confirm_all_new_orders = models.BooleanField(null=True, default=True)
    allow_unpaid_orders = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]
