"""Background work: each task makes one call into a room and may run twice without harm."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from . import db
from .back_in_stock import notify, subscriptions
from .cancellations import refunds, silence
from .common import clock
from .conf import DELIVER_TASK, REMIND_TASK, RESYNC_TASK, SETTLE_TASK, SWEEP_TASK
from .host import get_host
from .notifications import delivery, reminders
from .offers import issue
from .policies import resync as sweeping

DUE = "saleor_backorders:swept"


@shared_task(name=SWEEP_TASK, ignore_result=True)
def sweep(**_kwargs: object) -> None:
    """Finish what was put off, as often as the Dashboard says; beat asks more often than that."""
    _writing(_sweep_if_due)


@shared_task(name=RESYNC_TASK, ignore_result=True)
def resync(**_kwargs: object) -> None:
    """Bring every virtual warehouse and policy into line."""
    _writing(sweeping.refresh)


@shared_task(name=SETTLE_TASK, ignore_result=True)
def settle(**_kwargs: object) -> None:
    """Ask for refunds that are due, and cancel where silence means that."""
    _writing(_settle)


@shared_task(name=DELIVER_TASK, ignore_result=True)
def deliver(**_kwargs: object) -> None:
    """Send the messages that are due."""
    _writing(_deliver)


@shared_task(name=REMIND_TASK, ignore_result=True)
def remind(**_kwargs: object) -> None:
    """Write the messages that only time makes worth sending."""
    _writing(_remind)


def _deliver() -> None:
    host = get_host()
    now = timezone.now()
    try:
        try:
            notify.tell(now=now)
        finally:
            # Before the emails that leave next: they bring it.
            issue.issue_due(host=host, now=now, today=clock.today())
    finally:
        # Whatever is wrong with sign-ups or vouchers keeps no order's message waiting.
        delivery.deliver(host=host, now=now)


def _remind() -> None:
    subscriptions.forget(now=timezone.now())
    reminders.remind(now=timezone.now(), today=clock.today())


def _settle() -> None:
    host = get_host()
    now = timezone.now()
    silence.apply(host=host, now=now, today=clock.today())
    refunds.settle(host=host, now=now)


def _sweep_if_due() -> None:
    seconds = get_host().shop.settings().sweep_seconds
    if cache.add(DUE, "", timeout=seconds):
        sweeping.sweep()


def _writing(work: Callable[[], object]) -> None:
    get_host().shop.writer()(_where_installed)(work)


def _where_installed(work: Callable[[], object]) -> None:
    # A shop that has only just got the package, or is about to lose it, has no tables of ours.
    if db.is_installed():
        work()
