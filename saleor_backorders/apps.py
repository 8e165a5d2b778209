from __future__ import annotations

from django.apps import AppConfig


class BackordersConfig(AppConfig):
    name = "saleor_backorders"
    label = "saleor_backorders"
    verbose_name = "Backorders"
    default_auto_field = "django.db.models.BigAutoField"
