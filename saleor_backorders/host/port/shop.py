"""Who asks the shop, over which connection, and what its admin set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from saleor_backorders.settings.shop import ShopSettings

MANAGE_ORDERS = "order.manage_orders"
MANAGE_PRODUCTS = "product.manage_products"


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asks: a user, an app, or nobody."""

    user_id: int | None = None
    app_id: int | None = None
    email: str | None = None
    is_staff: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Tell whether the requester holds a permission, named as ``app_label.codename``."""
        return permission in self.permissions


class Shop(Protocol):
    """The process that we run in."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""
