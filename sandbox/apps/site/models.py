# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from django.db import models


class SiteSettings(models.Model):
    site = models.OneToOneField("sites.Site", on_delete=models.CASCADE, related_name="settings")
    default_mail_sender_name = models.CharField(max_length=78, default="")
    default_mail_sender_address = models.EmailField(max_length=254, null=True)
    fulfillment_auto_approve = models.BooleanField(default=True)
    fulfillment_allow_unpaid = models.BooleanField(default=True)
    reserve_stock_duration_anonymous_user = models.IntegerField(null=True)
    reserve_stock_duration_authenticated_user = models.IntegerField(null=True)
    limit_quantity_per_checkout = models.IntegerField(null=True, default=50)
    use_legacy_shipping_zone_stock_availability = models.BooleanField(default=False)
