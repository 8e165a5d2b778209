"""Saleor as the host: the one package of the plugin that imports ``saleor``.

Written for Saleor 3.21 to 3.23.  What differs between them is met here by looking for the thing
itself, never for a version number.
"""

from __future__ import annotations

from .host import SaleorHost
from .settings import BasePlugin, config_structure, refuse_settings
from .vouchers import release as release_voucher

__all__ = [
    "BasePlugin",
    "SaleorHost",
    "config_structure",
    "refuse_settings",
    "release_voucher",
]
