"""How the sandbox speaks to people."""

from __future__ import annotations

from typing import Any

from django.contrib.sites.models import Site

from saleor_backorders.host import smtp
from sandbox import notifications


def base_url() -> str:
    """Return the address of the API's host, without a trailing slash."""
    return f"http://{Site.objects.get_current().domain}"


def connection(*, timeout: int) -> Any:
    """Return a mail backend, not opened yet."""
    return smtp.backend(timeout=timeout)


def notify(*, event: str, payload: dict[str, Any], channel_slug: str) -> None:
    """Tell the apps that listen.

    :raises NobodyListens: none does.
    """
    notifications.notify(event, payload)
