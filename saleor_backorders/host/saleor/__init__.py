"""Saleor as the host: the one package of the plugin that imports ``saleor``.

Written for Saleor 3.21 to 3.23.  What differs between them is met here by looking for the thing
itself, never for a version number.
"""

from __future__ import annotations

from saleor_backorders.host.port import Host

from . import mail, orders, refunds, shop, vouchers
from .settings import BasePlugin, config_structure, refuse_settings
from .vouchers import release as release_voucher

__all__ = ["HOST", "BasePlugin", "config_structure", "refuse_settings", "release_voucher"]

HOST = Host(shop=shop, orders=orders, refunds=refunds, vouchers=vouchers, mail=mail)
