from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from saleor_backorders import settings_form
from saleor_backorders.host.port import Requester, ShopSettings, Shortage
from sandbox import hooks
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.apps.product.models import ProductVariant
from sandbox.graphql.auth import permissions_of
from sandbox.graphql.view import graphql_view
from sandbox.stock.errors import InsufficientStock, InsufficientStockData


class SandboxHost:
    """The port to the sandbox."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""
        row = (
            PluginConfiguration.objects.filter(identifier=hooks.PLUGIN_ID, channel=None)
            .values_list("configuration", "active")
            .first()
        )
        configuration, active = row or ([], False)
        return settings_form.parse(configuration or [], active=active)

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""
        user = context.user
        if user is None:
            return Requester()
        return Requester(
            user_id=user.pk,
            email=user.email,
            is_staff=user.is_staff,
            permissions=permissions_of(context),
        )

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""
        return "default"

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""
        return translation.get_language_from_request(context)

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""
        variants = ProductVariant.objects.in_bulk(
            [each.variant_id for each in shortages if each.variant_id is not None]
        )
        return InsufficientStock(
            [
                InsufficientStockData(
                    available_quantity=each.available,
                    variant=variants.get(each.variant_id),
                    order_line=each.order_line,
                    warehouse_pk=each.warehouse_id,
                )
                for each in shortages
            ]
        )

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""
        return ValidationError({field: ValidationError(message, code=code)})

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""
        return lambda function: function

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""
        return graphql_view(lambda: schema)

    def today(self) -> date:
        """Return the shop's current day."""
        return timezone.now().date()
