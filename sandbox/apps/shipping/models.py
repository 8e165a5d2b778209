# ruff: noqa: DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from typing import Any

from django.db import models


class CountriesField(models.CharField):
    """Country codes in one column, joined by commas; takes a list as well."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple | set):
            value = ",".join(str(getattr(code, "code", code)) for code in value)
        return super().get_prep_value(value)


class ShippingZone(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=100)
    countries = CountriesField(max_length=752, blank=True)
    channels = models.ManyToManyField("channel.Channel", related_name="shipping_zones")
    default = models.BooleanField(default=False)
    description = models.TextField(blank=True)


class ShippingMethod(models.Model):
    listing: ShippingMethodChannelListing | None = None
    """The price in the channel for which the method was asked."""

    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=30)
    shipping_zone = models.ForeignKey(
        "ShippingZone", on_delete=models.CASCADE, related_name="shipping_methods"
    )
    tax_class = models.ForeignKey(
        "tax.TaxClass", on_delete=models.SET_NULL, related_name="shipping_methods", null=True
    )

    class Meta:
        ordering = ["pk"]


class ShippingMethodChannelListing(models.Model):
    shipping_method = models.ForeignKey(
        "ShippingMethod", on_delete=models.CASCADE, related_name="channel_listings"
    )
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.CASCADE, related_name="shipping_method_listings"
    )
    currency = models.CharField(max_length=3)
    price_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)

    class Meta:
        ordering = ["pk"]
