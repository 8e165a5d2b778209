from __future__ import annotations

from django.apps import AppConfig


class WebhookConfig(AppConfig):
    name = "sandbox.apps.webhook"
    label = "webhook"
