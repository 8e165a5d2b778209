"""How the sandbox speaks to people."""

from __future__ import annotations

from typing import Any

from django.contrib.sites.models import Site
from django.core.mail import get_connection

from sandbox import notifications


def base_url() -> str:
    """Return the address of the API's host, without a trailing slash."""
    return f"http://{Site.objects.get_current().domain}"


def connection(*, timeout: int) -> Any:
    """Return a mail backend, not opened yet."""
    return get_connection(timeout=timeout)


def notify(*, event: str, payload: dict[str, Any], channel_slug: str) -> None:
    """Tell the apps that listen.

    :raises NobodyListens: none does.
    """
    notifications.notify(event, payload)
