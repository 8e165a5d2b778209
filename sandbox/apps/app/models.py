# ruff: noqa: DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid

from django.contrib.auth.hashers import make_password
from django.db import models


class App(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True)
    type = models.CharField(max_length=60, default="local")
    identifier = models.CharField(max_length=256, blank=True)
    permissions = models.ManyToManyField("permission.Permission", related_name="app_set")

    class Meta:
        ordering = ["name", "pk"]

    def permission_names(self) -> frozenset[str]:
        """Return the permissions held, named as ``app_label.codename``."""
        held = self.permissions.values_list("content_type__app_label", "codename").order_by()
        return frozenset(f"{label}.{codename}" for label, codename in held)


class AppToken(models.Model):
    app = models.ForeignKey("App", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=128, default="")
    auth_token = models.CharField(max_length=128, unique=True)
    token_last_4 = models.CharField(max_length=4)

    def set_auth_token(self, raw_token: str) -> None:
        """Store a token's hash and how it ends; the caller saves."""
        self.auth_token = make_password(raw_token)
        self.token_last_4 = raw_token[-4:]
