from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from .port import Host

DEFAULT_HOST = "saleor_backorders.host.saleor.SaleorHost"


@cache
def get_host() -> Host:
    """Return the adapter to the shop, made once for each process."""
    path = getattr(settings, "SALEOR_BACKORDERS_HOST", DEFAULT_HOST)
    host: Host = import_string(path)()
    return host
