from __future__ import annotations

from django.apps import AppConfig


class ShopAppConfig(AppConfig):
    name = "sandbox.apps.app"
    label = "app"
