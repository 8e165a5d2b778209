"""The shop that the rooms live in: its tables, and what is asked of it."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from .port import Host

DEFAULT_HOST = "saleor_backorders.host.saleor.HOST"


@cache
def get_host() -> Host:
    """Return the shop that we live in."""
    host: Host = import_string(getattr(settings, "SALEOR_BACKORDERS_HOST", DEFAULT_HOST))
    return host
