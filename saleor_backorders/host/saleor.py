"""Saleor as the host: the one module of the plugin that imports ``saleor``.

Written for Saleor 3.21 to 3.23.  What differs between them is met here by looking for the thing
itself, never for a version number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urljoin

from django.apps import apps
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from saleor.core.db.connection import allow_writer
from saleor.core.exceptions import InsufficientStock, InsufficientStockData
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode

from saleor_backorders import settings_form
from saleor_backorders.conf import PLUGIN_ID

from .port import MANAGE_ORDERS, MANAGE_PRODUCTS, Requester, ShopSettings, Shortage

__all__ = ["BasePlugin", "SaleorHost", "config_structure", "refuse_settings"]

_FIELD_TYPES = {
    "string": ConfigurationTypeField.STRING,
    "boolean": ConfigurationTypeField.BOOLEAN,
}


def config_structure() -> dict[str, dict[str, str]]:
    """Return the settings as Saleor's Dashboard wants them described."""
    return {
        field.name: {
            "type": _FIELD_TYPES[field.kind],
            "label": field.label,
            "help_text": field.help_text,
        }
        for field in settings_form.FIELDS
    }


def refuse_settings(wrong: dict[str, str]) -> None:
    """Answer ``pluginUpdate`` with one error for each wrong field.

    :raises ValidationError: something is wrong.
    """
    if wrong:
        raise ValidationError(
            {
                name: ValidationError(message, code=PluginErrorCode.INVALID.value)
                for name, message in wrong.items()
            }
        )


class SaleorHost:
    """The port to a real Saleor."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""
        # From the primary: a replica may still hold what was just replaced.
        with allow_writer():
            row = (
                apps.get_model("plugins", "PluginConfiguration")
                .objects.filter(identifier=PLUGIN_ID, channel=None)
                .values_list("configuration", "active")
                .first()
            )
        configuration, active = row or ([], False)
        return settings_form.parse(configuration or [], active=active)

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""
        app = getattr(context, "app", None)
        if app is not None:
            return Requester(is_staff=True, permissions=_permissions(app))
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

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""
        if getattr(context, "allow_replica", True):
            return str(_settings().DATABASE_CONNECTION_REPLICA_NAME)
        return str(_settings().DATABASE_CONNECTION_DEFAULT_NAME)

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""
        return translation.get_language_from_request(context)

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""
        variants = apps.get_model("product", "ProductVariant").objects.in_bulk(
            [s.variant_id for s in shortages if s.variant_id is not None]
        )
        return InsufficientStock(
            [
                InsufficientStockData(
                    variant=variants.get(shortage.variant_id),
                    order_line=shortage.order_line,
                    warehouse_pk=shortage.warehouse_id,
                    available_quantity=shortage.available,
                )
                for shortage in shortages
            ]
        )

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""
        return ValidationError({field: ValidationError(message, code=code)})

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""
        decorator: Callable[[Callable[..., Any]], Callable[..., Any]] = allow_writer()
        return decorator

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""
        view_class, new_backend = _view_parts()
        view: Callable[..., Any] = view_class.as_view(schema=schema, backend=new_backend(schema))
        return view

    def today(self) -> date:
        """Return the shop's current day."""
        return timezone.now().date()


def _settings() -> Any:
    # Typed loosely: these names are Saleor's, not Django's.
    return django_settings


def _permissions(holder: Any) -> frozenset[str]:
    return frozenset(p for p in (MANAGE_ORDERS, MANAGE_PRODUCTS) if holder.has_perm(p))


@cache
def _view_parts() -> tuple[Any, Callable[[Any], Any]]:
    """Return a view like Saleor's for a schema of our own, and what makes its backend.

    Saleor keeps answers to introspection in its cache under the text of the query alone, so two
    schemas would answer for each other.  Our backend gives each document a text that also names
    the schema; parsing and the positions in error messages stay as they are.
    """
    # Imported late: Saleor's schema must not be built while Django is still loading apps.
    from graphql import GraphQLCachedBackend
    from saleor.core.utils.cache import CacheDict
    from saleor.graphql.api import SaleorGraphQLBackend
    from saleor.graphql.app.dataloaders import get_app_promise
    from saleor.graphql.views import GraphQLView

    class NamedDocumentBackend(SaleorGraphQLBackend):
        def __init__(self, schema: Any) -> None:
            super().__init__()
            digest = hashlib.sha256(str(schema).encode()).hexdigest()
            self.prefix = f"# {PLUGIN_ID} {digest}\n"

        def document_from_string(self, schema: Any, document_string: str) -> Any:
            document = super().document_from_string(schema, document_string)
            document.document_string = self.prefix + document_string
            return document

    class BackordersView(GraphQLView):
        def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not hasattr(request, "app"):
                # Saleor looks for the app's token on its own path only.
                request.app = get_app_promise(request).get()
            return super().dispatch(request, *args, **kwargs)

        def render_playground(self, request: HttpRequest) -> HttpResponse:
            base = _settings().PUBLIC_URL or request.build_absolute_uri("/")
            context = {
                "api_url": urljoin(base, request.path),
                "plugins_url": urljoin(base, "/plugins/"),
            }
            return render(request, "graphql/playground.html", context)

    def new_backend(schema: Any) -> Any:
        return GraphQLCachedBackend(NamedDocumentBackend(schema), cache_map=CacheDict(1000))

    return BackordersView, new_backend
