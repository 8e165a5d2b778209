from __future__ import annotations

from django.apps import AppConfig


class ProductConfig(AppConfig):
    name = "sandbox.apps.product"
    label = "product"
