"""Who asks the sandbox, and what its admin set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saleor_backorders.host.port import Requester
from saleor_backorders.settings import form
from saleor_backorders.settings.shop import ShopSettings
from sandbox import hooks
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.graphql import view
from sandbox.graphql.auth import permissions_of


def settings() -> ShopSettings:
    """Return the plugin's settings as the shop's admin last saved them."""
    row = (
        PluginConfiguration.objects.filter(identifier=hooks.PLUGIN_ID, channel=None)
        .values_list("configuration", "active")
        .first()
    )
    configuration, active = row or ([], False)
    return form.parse(configuration or [], active=active)


def requester(context: Any) -> Requester:
    """Return who sends a GraphQL request, with the permissions that they hold."""
    if context.app is not None:
        return Requester(app_id=context.app.pk, is_staff=True, permissions=permissions_of(context))
    user = context.user
    if user is None:
        return Requester()
    return Requester(
        user_id=user.pk,
        email=user.email,
        is_staff=user.is_staff,
        permissions=permissions_of(context),
    )


def read_connection(context: Any) -> str:
    """Return the alias of the one database."""
    return "default"


def writer() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that changes nothing: every connection may write."""
    return lambda function: function


def graphql_view(schema: Any) -> Callable[..., Any]:
    """Build a Django view that serves a graphene schema with the shop's authentication."""
    return view.graphql_view(lambda: schema)
