# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid

from django.db import models


class Checkout(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    last_change = models.DateTimeField(auto_now=True)
    user = models.ForeignKey(
        "account.User", on_delete=models.CASCADE, related_name="checkouts", null=True
    )
    email = models.EmailField(max_length=254, null=True)
    token = models.UUIDField(primary_key=True, default=uuid.uuid4)
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.PROTECT, related_name="checkouts"
    )
    billing_address = models.ForeignKey(
        "account.Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    shipping_address = models.ForeignKey(
        "account.Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    shipping_method = models.ForeignKey(
        "shipping.ShippingMethod", on_delete=models.SET_NULL, related_name="checkouts", null=True
    )
    collection_point = models.ForeignKey(
        "warehouse.Warehouse", on_delete=models.SET_NULL, related_name="checkouts", null=True
    )
    note = models.TextField(default="")
    voucher_code = models.CharField(max_length=255, null=True)
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2, default="US")
    total_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    shipping_price_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    authorize_status = models.CharField(max_length=32, default="none")
    charge_status = models.CharField(max_length=32, default="none")
    redirect_url = models.URLField(null=True)
    language_code = models.CharField(max_length=35, default="en")

    class Meta:
        ordering = ["-last_change", "pk"]


class CheckoutLine(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    checkout = models.ForeignKey("Checkout", on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(
        "product.ProductVariant", on_delete=models.CASCADE, related_name="+"
    )
    quantity = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    undiscounted_unit_price_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    total_price_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)

    class Meta:
        ordering = ["created_at", "id"]
