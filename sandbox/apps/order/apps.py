from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def create_numbers(using: str, **_: Any) -> None:
    """Make sure that orders have a sequence to draw their numbers from."""
    with connections[using].cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS order_order_number_seq AS integer")


class OrderConfig(AppConfig):
    name = "sandbox.apps.order"
    label = "order"

    def ready(self) -> None:
        post_migrate.connect(create_numbers, sender=self)
