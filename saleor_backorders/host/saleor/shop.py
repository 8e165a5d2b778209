"""Who asks Saleor, over which connection, and what its admin set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saleor.core.db.connection import allow_writer

from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS, Requester

from .settings import read_settings as settings
from .views import graphql_view, saleor_settings

__all__ = ["graphql_view", "read_connection", "requester", "settings", "writer"]


def requester(context: Any) -> Requester:
    """Return who sends a GraphQL request, with the permissions that they hold."""
    app = getattr(context, "app", None)
    if app is not None:
        return Requester(app_id=app.pk, is_staff=True, permissions=_permissions(app))
    user = context.user
    # ``user`` is lazy and may hold None, so only its truth can be asked.
    if not user or not user.is_active:
        return Requester()
    return Requester(
        user_id=user.pk,
        email=user.email,
        is_staff=user.is_staff,
        permissions=_permissions(user) if user.is_staff else frozenset(),
    )


def read_connection(context: Any) -> str:
    """Return the replica's alias, unless the request has written."""
    if getattr(context, "allow_replica", True):
        return str(saleor_settings().DATABASE_CONNECTION_REPLICA_NAME)
    return str(saleor_settings().DATABASE_CONNECTION_DEFAULT_NAME)


def writer() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator inside which writing to the primary database is allowed."""
    decorator: Callable[[Callable[..., Any]], Callable[..., Any]] = allow_writer()
    return decorator


def _permissions(holder: Any) -> frozenset[str]:
    return frozenset(p for p in (MANAGE_ORDERS, MANAGE_PRODUCTS) if holder.has_perm(p))
