from __future__ import annotations

from django.apps import AppConfig


class PluginsConfig(AppConfig):
    name = "sandbox.apps.plugins"
    label = "plugins"

    def ready(self) -> None:
        # Imported for its effect: shared tasks find the application that was made last.
        from sandbox import celery  # noqa: F401
