from __future__ import annotations

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "sandbox.apps.checkout"
    label = "checkout"
