from __future__ import annotations

from django.apps import AppConfig


class AppConfig(AppConfig):
    name = "sandbox.apps.app"
    label = "app"
