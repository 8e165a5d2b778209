from __future__ import annotations

from django.apps import AppConfig


class DiscountConfig(AppConfig):
    name = "sandbox.apps.discount"
    label = "discount"
