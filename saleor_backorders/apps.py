"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class BackordersConfig(AppConfig):
    """The app: its receivers and checks."""

    name = "saleor_backorders"
    label = "saleor_backorders"
    verbose_name = "Backorders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers and the checks, and register the background work."""
        # Imported late: both need the models of every app.
        from . import checks, conf, receivers

        receivers.connect()
        checks.register()
        # The dictionary is Celery's own schedule, which it reads after the apps are loaded.
        schedule = getattr(settings, "CELERY_BEAT_SCHEDULE", {})
        for name, entry in conf.beat_schedule().items():
            schedule.setdefault(name, entry)
