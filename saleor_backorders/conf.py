"""Django settings of the plugin, for what the Dashboard cannot say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

PLUGIN_ID = "saleor.backorders"
SWEEP_TASK = "saleor_backorders.sweep"
RESYNC_TASK = "saleor_backorders.resync"
SETTLE_TASK = "saleor_backorders.settle"


def tick_seconds() -> int:
    """Return how often Celery beat asks whether a sweep is due; the Dashboard sets when it is."""
    return int(getattr(settings, "SALEOR_BACKORDERS_TICK_SECONDS", 10))


def resync_hours() -> int:
    """Return how often every variant's policy is resolved anew, to catch what no hook tells."""
    return int(getattr(settings, "SALEOR_BACKORDERS_RESYNC_HOURS", 1))


def link_days() -> int:
    """Return for how long a customer's link leads somewhere."""
    return int(getattr(settings, "SALEOR_BACKORDERS_LINK_DAYS", 60))


def wrong_links_a_minute() -> int:
    """Return how many links that lead nowhere one address may try in a minute."""
    return int(getattr(settings, "SALEOR_BACKORDERS_WRONG_LINKS_A_MINUTE", 20))


def settle_seconds() -> int:
    """Return how often open refunds are looked after, and answers that never came."""
    return int(getattr(settings, "SALEOR_BACKORDERS_SETTLE_SECONDS", 60))


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the plugin's entries for ``CELERY_BEAT_SCHEDULE``."""
    tick = timedelta(seconds=tick_seconds())
    return {
        # Ticks that no worker took in time are worth nothing: the next one does the same.
        "saleor-backorders-sweep": {
            "task": SWEEP_TASK,
            "schedule": tick,
            "options": {"expires": tick.total_seconds()},
        },
        "saleor-backorders-settle": {
            "task": SETTLE_TASK,
            "schedule": timedelta(seconds=settle_seconds()),
            "options": {"expires": settle_seconds()},
        },
        "saleor-backorders-resync": {
            "task": RESYNC_TASK,
            "schedule": timedelta(hours=resync_hours()),
        },
    }
