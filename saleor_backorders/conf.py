"""Django settings of the plugin, for what the Dashboard cannot say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

PLUGIN_ID = "saleor.backorders"
MAIL_PAUSES = (10, 60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
SWEEP_TASK = "saleor_backorders.sweep"
RESYNC_TASK = "saleor_backorders.resync"
SETTLE_TASK = "saleor_backorders.settle"
DELIVER_TASK = "saleor_backorders.deliver"
REMIND_TASK = "saleor_backorders.remind"


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


def deliver_seconds() -> int:
    """Return how often the outbox is looked into."""
    return int(getattr(settings, "SALEOR_BACKORDERS_DELIVER_SECONDS", 10))


def remind_seconds() -> int:
    """Return how often it is looked for what only time makes worth a message."""
    return int(getattr(settings, "SALEOR_BACKORDERS_REMIND_SECONDS", 300))


def lease_seconds() -> int:
    """Return for how long a worker may keep a message before it counts as dead."""
    return int(getattr(settings, "SALEOR_BACKORDERS_LEASE_SECONDS", 120))


def mail_timeout() -> int:
    """Return for how many seconds a mail server is waited for."""
    return int(getattr(settings, "SALEOR_BACKORDERS_MAIL_TIMEOUT", 20))


def mail_retry_delays() -> tuple[timedelta, ...]:
    """Return the pauses before each further attempt at a message; after the last it is given up."""
    seconds = getattr(settings, "SALEOR_BACKORDERS_MAIL_PAUSES", MAIL_PAUSES)
    return tuple(timedelta(seconds=each) for each in seconds)


def messages_kept_days() -> int:
    """Return for how long it stays on record to whom which message was sent."""
    return int(getattr(settings, "SALEOR_BACKORDERS_MESSAGES_KEPT_DAYS", 400))


def sign_ups_an_hour() -> int:
    """Return how many back-in-stock sign-ups one address of the net may send in an hour."""
    return int(getattr(settings, "SALEOR_BACKORDERS_SIGN_UPS_AN_HOUR", 20))


def confirm_mails_a_day() -> int:
    """Return how many mails a day ask one address to confirm sign-ups."""
    return int(getattr(settings, "SALEOR_BACKORDERS_CONFIRM_MAILS_A_DAY", 5))


def back_in_stock_hold_hours() -> int:
    """Return for how long a free unit counts as taken by whoever was told of it."""
    return int(getattr(settings, "SALEOR_BACKORDERS_BACK_IN_STOCK_HOLD_HOURS", 24))


def proxies() -> int:
    """Return how many proxies of the shop add to X-Forwarded-For before a request arrives."""
    return int(getattr(settings, "SALEOR_BACKORDERS_PROXIES", 0))


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
        "saleor-backorders-deliver": {
            "task": DELIVER_TASK,
            "schedule": timedelta(seconds=deliver_seconds()),
            "options": {"expires": deliver_seconds()},
        },
        "saleor-backorders-remind": {
            "task": REMIND_TASK,
            "schedule": timedelta(seconds=remind_seconds()),
            "options": {"expires": remind_seconds()},
        },
        "saleor-backorders-resync": {
            "task": RESYNC_TASK,
            "schedule": timedelta(hours=resync_hours()),
        },
    }
