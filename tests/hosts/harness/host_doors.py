"""Hold what the control door can do inside a host's process."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from host_seeds import SEEDS


def seed(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Make one thing that a test needs."""
    made: dict[str, Any] = SEEDS[kind](**values)
    return made


def command(name: str, arguments: list[str]) -> dict[str, Any]:
    """Run a management command and return what it printed and how it ended."""
    out = io.StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=out)
    except SystemExit as stop:
        return {"output": out.getvalue(), "status": stop.code or 0}
    except CommandError as error:
        return {"output": out.getvalue() + str(error), "status": error.returncode}
    return {"output": out.getvalue(), "status": 0}


def site_settings(values: dict[str, Any]) -> dict[str, Any]:
    """Change the shop's site settings, as far as this host has them."""
    found = apps.get_model("site", "SiteSettings").objects.get()
    known = {field.name for field in found._meta.get_fields()}
    applied = {name: value for name, value in values.items() if name in known}
    for name, value in applied.items():
        setattr(found, name, value)
    found.save()
    apps.get_model("sites", "Site").objects.clear_cache()
    return applied


def site(domain: str, name: str) -> dict[str, Any]:
    """Say where the shop is to be reached, and what it calls itself."""
    sites = apps.get_model("sites", "Site").objects
    sites.filter(pk=settings.SITE_ID).update(domain=domain, name=name)
    sites.clear_cache()
    return {}


def background() -> dict[str, Any]:
    """Make the plugin ready once more; tell what is on the schedule and which tasks are known."""
    apps.get_app_config("saleor_backorders").ready()
    current_app.loader.import_default_modules()
    schedule = {name: entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
    return {"schedule": schedule, "tasks": sorted(current_app.tasks)}


def task(name: str, long_ago: bool = False) -> dict[str, Any]:
    """Run a background task as a worker would; its last run may have been long ago."""
    if long_ago:
        cache.delete_many(["saleor_backorders:swept", "saleor_backorders:offers_looked_back"])
    current_app.tasks[name].delay()
    return {}


def host(method: str, arguments: dict[str, Any]) -> Any:
    """Call a method of the port to the host."""
    # Imported late: benchmarks serve hosts without the plugin, too.
    from shop_host import call_host

    return call_host(method, arguments)


def link(backorder: str, days_ago: int = 0, purpose: str = "") -> dict[str, Any]:
    """Return a customer's link, as they would find it in their mail."""
    # Imported late: benchmarks serve hosts without the plugin, too.
    from host_links import new_link

    made: dict[str, Any] = new_link(backorder, days_ago, purpose)
    return made


DOORS: dict[str, Callable[..., Any]] = {
    "seed": seed,
    "command": command,
    "site_settings": site_settings,
    "site": site,
    "background": background,
    "task": task,
    "host": host,
    "link": link,
}
