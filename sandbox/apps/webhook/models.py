# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from django.db import models


class Webhook(models.Model):
    name = models.CharField(max_length=255, null=True)
    app = models.ForeignKey("app.App", on_delete=models.CASCADE, related_name="webhooks")
    target_url = models.URLField(max_length=255)
    is_active = models.BooleanField(default=True)
    secret_key = models.CharField(max_length=255, null=True)
    subscription_query = models.TextField(null=True)

    class Meta:
        ordering = ["pk"]


class WebhookEvent(models.Model):
    webhook = models.ForeignKey("Webhook", on_delete=models.CASCADE, related_name="events")
    event_type = models.CharField(max_length=128, db_index=True)
