"""Call Saleor's functions with what the version at hand wants."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from django.contrib.sites.models import Site
from saleor.plugins.manager import get_plugins_manager

from saleor_backorders.host.people import people
from saleor_backorders.host.port import Actor


def call_with(function: Callable[..., Any], **offered: Any) -> Any:
    """Call a function with those of the arguments that it knows by name."""
    known = signature(function).parameters
    return function(**{name: value for name, value in offered.items() if name in known})


def manager() -> Any:
    """Return Saleor's plugins, reading their settings from the primary database."""
    return get_plugins_manager(allow_replica=False)


def site_settings() -> Any:
    """Return the settings of the whole shop."""
    site: Any = Site.objects.get_current()
    return site.settings


def doing(actor: Actor) -> dict[str, Any]:
    """Return what most of Saleor's actions want besides their object."""
    user, app = people(actor)
    return {
        "user": user,
        "app": app,
        "requestor": app or user,
        "manager": manager(),
        "site_settings": site_settings(),
    }
