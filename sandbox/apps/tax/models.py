# ruff: noqa: DJ008
from __future__ import annotations

from django.db import models


class TaxConfiguration(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    channel = models.OneToOneField(
        "channel.Channel", on_delete=models.CASCADE, related_name="tax_configuration"
    )
    charge_taxes = models.BooleanField(default=True)
    prices_entered_with_tax = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]


class TaxClass(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=255)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "tax classes"


class TaxClassCountryRate(models.Model):
    # Without a class it is the country's default.
    tax_class = models.ForeignKey(
        "TaxClass", on_delete=models.CASCADE, related_name="country_rates", null=True
    )
    country = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=20, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class"], name="unique_country_tax_class"
            ),
            models.UniqueConstraint(
                fields=["country"],
                condition=models.Q(tax_class=None),
                name="unique_country_without_tax_class",
            ),
        ]
