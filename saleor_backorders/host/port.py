"""What the plugin needs from the shop that it lives in.

Two classes implement it: ``saleor_backorders.host.saleor.SaleorHost`` and the sandbox's.  The
setting ``SALEOR_BACKORDERS_HOST`` names the one in force; differences between versions of
Saleor are settled inside the adapter.  Host tables have the same names in both, so SQL and
``django.apps.apps.get_model`` need no port.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

MANAGE_ORDERS = "order.manage_orders"
MANAGE_PRODUCTS = "product.manage_products"


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    """The plugin's settings in the Dashboard, parsed; defaults for every channel concerned."""

    active: bool
    channels: tuple[str, ...] = ()
    """Slugs of the channels concerned; empty means all of them."""
    allow: bool = False
    limit: int | None = None
    lead_time_days: int = 30
    agreement_required: bool = False
    priority: int = 0
    sweep_seconds: int = 60

    def requires_agreement(self, channel_slug: str) -> bool:
        """Tell whether a shopper of a channel has to agree before units may wait."""
        return self.agreement_required and (not self.channels or channel_slug in self.channels)


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asks: a user, an app, or nobody."""

    user_id: int | None = None
    email: str | None = None
    is_staff: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Tell whether the requester holds a permission, named as ``app_label.codename``."""
        return permission in self.permissions


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One line that cannot be had."""

    variant_id: int | None
    available: int
    order_line: Any = None
    warehouse_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NewAddress:
    """The address of a virtual warehouse: nobody ships from it, but Saleor wants one."""

    company_name: str
    country: str


class Host(Protocol):
    """The shop."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""

    def today(self) -> date:
        """Return the shop's current day."""
