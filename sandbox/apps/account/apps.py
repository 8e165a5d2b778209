from __future__ import annotations

from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "sandbox.apps.account"
    label = "account"
