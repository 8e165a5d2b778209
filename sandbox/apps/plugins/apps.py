from __future__ import annotations

from django.apps import AppConfig


class PluginsConfig(AppConfig):
    name = "sandbox.apps.plugins"
    label = "plugins"
