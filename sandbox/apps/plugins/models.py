# ruff: noqa: DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from django.db import models


class PluginConfiguration(models.Model):
    identifier = models.CharField(max_length=128)
    name = models.CharField(max_length=128)
    channel = models.ForeignKey("channel.Channel", on_delete=models.CASCADE, null=True)
    description = models.TextField(blank=True)
    active = models.BooleanField(default=False)
    configuration = models.JSONField(default=dict)

    class Meta:
        unique_together = [["identifier", "channel"]]
