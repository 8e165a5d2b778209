from __future__ import annotations

from django.apps import AppConfig


class OrderConfig(AppConfig):
    name = "sandbox.apps.order"
    label = "order"
