"""Which day it is, asked when it matters: a test that began before midnight may end after it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone


def today() -> date:
    """Return the day that the database counts."""
    return timezone.now().date()


def in_days(days: int) -> date:
    """Return the day so many days from today."""
    return today() + timedelta(days=days)
