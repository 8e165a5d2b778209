"""What day it is in the shop."""

from __future__ import annotations

from datetime import date

from django.utils import timezone


def today() -> date:
    """Return the current day, in UTC as everywhere in Saleor."""
    return timezone.now().date()
