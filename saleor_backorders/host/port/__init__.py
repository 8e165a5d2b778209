"""What the plugin needs from the shop that it lives in: four ports, and the shop itself.

Modules satisfy them: those of ``saleor_backorders.host.saleor`` and those of ``sandbox.host``.  The
setting ``SALEOR_BACKORDERS_HOST`` names the host in force; differences between versions of
Saleor are settled inside the adapter.  Host tables have the same names in both, so SQL and
what is alike in both hosts (``saleor_backorders.host.vouchers`` and its like) need no port.
"""

from __future__ import annotations

from dataclasses import dataclass

from .mail import Mail
from .orders import Actor, Exchange, Orders, Replacement, Shortage
from .refunds import Grant, RefundAnswer, RefundOutcome, RefundPart, Refunds
from .shop import MANAGE_ORDERS, MANAGE_PRODUCTS, Requester, Shop
from .vouchers import VoucherCampaign, Vouchers

__all__ = [
    "MANAGE_ORDERS",
    "MANAGE_PRODUCTS",
    "Actor",
    "Exchange",
    "Grant",
    "Host",
    "Mail",
    "Orders",
    "RefundAnswer",
    "RefundOutcome",
    "RefundPart",
    "Refunds",
    "Replacement",
    "Requester",
    "Shop",
    "Shortage",
    "VoucherCampaign",
    "Vouchers",
]


@dataclass(frozen=True, kw_only=True)
class Host:
    """The shop, as the modules that know how."""

    shop: Shop
    orders: Orders
    refunds: Refunds
    vouchers: Vouchers
    mail: Mail
