from __future__ import annotations

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    name = "sandbox.apps.payment"
    label = "payment"
