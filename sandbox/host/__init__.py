"""The sandbox as the host: what ``saleor_backorders.host.saleor`` is to Saleor."""

from __future__ import annotations

from saleor_backorders.host.port import Host

from . import mail, orders, refunds, shop, vouchers

__all__ = ["HOST"]

HOST = Host(shop=shop, orders=orders, refunds=refunds, vouchers=vouchers, mail=mail)
