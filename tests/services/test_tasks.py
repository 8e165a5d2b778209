"""The background work: on the schedule once, as often as the Dashboard says, and to the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.core import mail as django_mail
from django.core.cache import cache
from django.db import connection

from saleor_backorders import conf, engine, tasks
from saleor_backorders.back_in_stock import notify
from saleor_backorders.models import DirtyVariant, Message, VirtualStock
from saleor_backorders.offers import issue
from saleor_backorders.policies import virtual_warehouses
from tests.services.front import Front, run_triggers
from tests.services.mailing import STAFF, age, placed, rule
from tests.sql.world import model


@pytest.fixture(autouse=True)
def never_swept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def put_off(variant: Any) -> None:
    """Leave the mark that a commit leaves when it could not finish."""
    DirtyVariant.objects.create(
        transaction_id=1, variant_id=variant.pk, put_off="busy", created_at="2026-11-01T00:00Z"
    )


def overlooked(front: Front) -> Any:
    """Return a line that waits although its goods have come, past the engine's triggers."""
    variant = front.sold(0, limit=10)
    waits = front.wait(variant, 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('saleor_backorders.busy', 'on', true)")
        front.set_stock(variant, front.shelves, change=2)
        cursor.execute("SELECT set_config('saleor_backorders.busy', '', true)")
    put_off(variant)
    return waits


def test_schedule__has_each_task_once_however_often_the_app_is_ready(settings: Any) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"the-shops-own": {"task": "shop.task", "schedule": 60}}
    for _ in range(2):
        apps.get_app_config("saleor_backorders").ready()
    found = {name: entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
    assert found == {
        "the-shops-own": "shop.task",
        "saleor-backorders-sweep": "saleor_backorders.sweep",
        "saleor-backorders-settle": "saleor_backorders.settle",
        "saleor-backorders-deliver": "saleor_backorders.deliver",
        "saleor-backorders-remind": "saleor_backorders.remind",
        "saleor-backorders-resync": "saleor_backorders.resync",
    }


def test_schedule__an_entry_that_the_shop_wrote_itself_stays(settings: Any) -> None:
    own = {"task": conf.SWEEP_TASK, "schedule": 300}
    settings.CELERY_BEAT_SCHEDULE = {"saleor-backorders-sweep": own}
    apps.get_app_config("saleor_backorders").ready()
    assert settings.CELERY_BEAT_SCHEDULE["saleor-backorders-sweep"] == own


def test_schedule__every_entry_names_a_task_that_a_worker_knows() -> None:
    assert {entry["task"] for entry in conf.beat_schedule().values()} <= set(current_app.tasks)


def test_schedule__ticks_as_the_django_settings_say(settings: Any) -> None:
    settings.SALEOR_BACKORDERS_TICK_SECONDS = 5
    settings.SALEOR_BACKORDERS_RESYNC_HOURS = 6
    settings.SALEOR_BACKORDERS_SETTLE_SECONDS = 30
    settings.SALEOR_BACKORDERS_DELIVER_SECONDS = 4
    settings.SALEOR_BACKORDERS_REMIND_SECONDS = 900
    found = {
        entry["task"]: (entry["schedule"], entry.get("options"))
        for entry in conf.beat_schedule().values()
    }
    assert found == {
        conf.SWEEP_TASK: (timedelta(seconds=5), {"expires": 5.0}),
        conf.SETTLE_TASK: (timedelta(seconds=30), {"expires": 30}),
        conf.DELIVER_TASK: (timedelta(seconds=4), {"expires": 4}),
        conf.REMIND_TASK: (timedelta(seconds=900), {"expires": 900}),
        conf.RESYNC_TASK: (timedelta(hours=6), None),
    }


def test_sweep__finishes_what_was_put_off(front: Front) -> None:
    waits = overlooked(front)
    tasks.sweep()
    waits.refresh_from_db()
    assert (waits.waiting, waits.allocated) == (1, 2)
    assert not DirtyVariant.objects.exists()
    assert engine.broken_invariants() == []


def test_sweep__as_often_as_the_dashboard_says(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    add = cache.add

    def remember(key: str, value: str, timeout: int | None = None) -> bool:
        asked.append(timeout)
        return bool(add(key, value, timeout=timeout))

    monkeypatch.setattr(cache, "add", remember)
    front.activate(sweep_seconds="45")
    tasks.sweep()
    waits = overlooked(front)

    tasks.sweep()
    waits.refresh_from_db()
    assert waits.waiting == 3

    cache.delete(tasks.DUE)
    tasks.sweep()
    waits.refresh_from_db()
    assert waits.waiting == 1
    assert asked == [45, 45, 45]


def test_sweep__keeps_the_virtual_warehouses_where_they_belong(front: Front) -> None:
    front.activate(allow="true")
    front.sold(0)
    tasks.resync()
    virtual = model("warehouse", "Warehouse").objects.get(slug__startswith="00-backorders-")
    zone = front.zone([front.main], [front.shelves], "CA")
    tasks.sweep()
    assert virtual.shipping_zones.filter(pk=zone.pk).exists()
    assert virtual_warehouses.sync() == 0


def test_resync__gives_rows_to_variants_that_no_hook_told_of(front: Front) -> None:
    front.activate(allow="true", limit="7")
    variant = front.sold(0)
    assert not VirtualStock.objects.exists()
    tasks.resync()
    tasks.resync()
    assert list(VirtualStock.objects.values_list("variant_id", "limit_units")) == [(variant.pk, 7)]


def test_resync__the_day_after_until_admits_nobody(front: Front) -> None:
    variant = front.sold(0, limit=10)
    waits = front.wait(variant, 3)
    VirtualStock.objects.update(until="2020-01-01")
    front.activate()
    tasks.resync()
    run_triggers()
    stock = model("warehouse", "Stock").objects.get(pk__gte=1_000_000_000)
    assert stock.quantity == 3
    waits.refresh_from_db()
    assert waits.waiting == 3


@pytest.mark.parametrize("broken", [notify, issue])
def test_deliver__what_is_wrong_elsewhere_keeps_no_order_waiting(
    front: Front, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    placed(front, 3, user_email="grace@example.com")
    Message.objects.update(state="pending", settled_at=None)

    def fail(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(broken, "tell" if broken is notify else "issue_due", fail)
    with pytest.raises(RuntimeError):
        tasks.deliver()
    assert [mail.to for mail in django_mail.outbox] == [["grace@example.com"]]


def test_tasks__do_nothing_where_the_tables_are_not_there(front: Front) -> None:
    placed(front, 3, user_email="grace@example.com")
    Message.objects.update(state="pending", settled_at=None)
    run_triggers()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE saleor_backorders_virtualstock RENAME TO taken_away")
        for task in (tasks.sweep, tasks.resync, tasks.settle, tasks.deliver, tasks.remind):
            task()
        cursor.execute("ALTER TABLE taken_away RENAME TO saleor_backorders_virtualstock")
    assert django_mail.outbox == []
    tasks.deliver()
    assert len(django_mail.outbox) == 1


def test_remind_and_deliver__what_is_due_reaches_whom_it_concerns(front: Front) -> None:
    rule(front.main, status_days=14, late_warning_days=0)
    placed(front, 3, user_email="grace@example.com")
    age(14)
    variant = front.sold(1, limit=9, low_stock=1)
    for _ in range(2):
        tasks.remind()
        tasks.deliver()
    assert sorted(mail.to for mail in django_mail.outbox) == [list(STAFF), ["grace@example.com"]]
    told = {message.kind: message.state for message in Message.objects.exclude(kind="placed")}
    assert told == {"low_stock": "sent", "status": "sent"}
    assert variant.sku in django_mail.outbox[-1].body
