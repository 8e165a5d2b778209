"""The plugin that Saleor loads: settings and hooks, each one call into a room.

Saleor calls hooks of events after the commit, when what they tell of exists already; whatever
they raised would be answered to the caller as a failure and would skip the hooks that follow.
So they log instead; the hourly resync does what a failed hook left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone

from . import tasks
from .checkout import admission
from .common import clock
from .conf import PLUGIN_ID
from .graphql import body_limit
from .host import get_host
from .host.rows import channels, variants
from .host.saleor import BasePlugin, config_structure, refuse_settings, release_voucher
from .offers import codes
from .pages import router
from .policies import resync
from .settings import form

logger = logging.getLogger(__name__)

GRAPHQL_PATH = "/graphql/"


class BackordersPlugin(BasePlugin):
    """Saleor's hooks, each one call into a room."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Backorders"
    PLUGIN_DESCRIPTION = (
        "Sell what is not on the shelf, up to a limit, and give what arrives to those who wait."
    )
    # Stock, variant and warehouse hooks run without a channel and would miss per-channel copies.
    CONFIGURATION_PER_CHANNEL = False
    CONFIG_STRUCTURE: ClassVar[dict[str, Any]] = config_structure()
    DEFAULT_CONFIGURATION: ClassVar[list[dict[str, Any]]] = form.defaults()

    def get_plugin_configuration(self, configuration: Any) -> Any:
        """Return the settings in their groups, also those that were never saved."""
        return form.in_order(super().get_plugin_configuration(configuration))

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **kwargs: Any) -> None:
        """Refuse settings with one error for each wrong field."""
        slugs = channels().values_list("slug", flat=True)
        refuse_settings(form.validate(plugin_configuration.configuration, channel_slugs=set(slugs)))

    @classmethod
    def save_plugin_configuration(cls, plugin_configuration: Any, cleaned_data: Any) -> Any:
        """Save, then resolve every policy anew."""
        saved = super().save_plugin_configuration(plugin_configuration, cleaned_data)
        transaction.on_commit(tasks.resync.delay)
        return saved

    def preprocess_order_creation(
        self, checkout_info: Any, lines: Any, previous_value: Any = None, **kwargs: Any
    ) -> Any:
        """Refuse a checkout that asks for too much, before Saleor writes an order."""
        user = checkout_info.user
        try:
            admission.check_checkout(
                shop=get_host().shop,
                checkout_id=checkout_info.checkout.pk,
                channel_slug=checkout_info.channel.slug,
                country=checkout_info.get_country(),
                collection_point_id=checkout_info.checkout.collection_point_id,
                lines=[
                    admission.CheckoutDemand(info.line.pk, info.line.variant_id, info.line.quantity)
                    for info in lines
                ],
                now=timezone.now(),
                today=clock.today(),
                voucher_code=checkout_info.checkout.voucher_code,
                emails=[checkout_info.checkout.email, user.email if user else None],
            )
        except Exception:
            # Where Saleor counted the use of a voucher before it asked, it would stay counted.
            release_voucher(checkout_info)
            raise
        return previous_value

    def order_created(self, order: Any, previous_value: Any = None, **kwargs: Any) -> Any:
        """Note which of our vouchers an order used."""
        used = partial(codes.order_placed, order_id=order.pk, code=order.voucher_code)
        _log_failure(partial(used, now=timezone.now()))
        return previous_value

    def product_variant_created(
        self, product_variant: Any, previous_value: Any = None, **kwargs: Any
    ) -> Any:
        """Give a new variant the row that its policy asks for."""
        _log_failure(partial(_resync_variants, product_variant.pk))
        return previous_value

    product_variant_updated = product_variant_created

    def product_updated(self, product: Any, previous_value: Any = None, **kwargs: Any) -> Any:
        """Follow a product to another category or out of a channel."""
        _log_failure(partial(_resync_product, product.pk))
        return previous_value

    def channel_created(self, channel: Any, previous_value: Any = None, **kwargs: Any) -> Any:
        """Resolve every policy anew: another channel may be concerned."""
        _log_failure(tasks.resync.delay)
        return previous_value

    channel_updated = channel_created
    channel_deleted = channel_created
    channel_status_changed = channel_created
    # Staff may have deleted a virtual warehouse that policies still ask for.
    warehouse_deleted = channel_created

    def warehouse_created(self, warehouse: Any, previous_value: Any = None, **kwargs: Any) -> Any:
        """Keep the virtual warehouses in the channels and zones of the physical ones."""
        _log_failure(resync.follow_places)
        return previous_value

    warehouse_updated = warehouse_created
    shipping_zone_created = warehouse_created
    shipping_zone_updated = warehouse_created
    shipping_zone_deleted = warehouse_created

    def webhook(self, request: HttpRequest, path: str, previous_value: Any) -> HttpResponse:
        """Serve the plugin's own GraphQL API, and the pages behind links in mails."""
        if self.active and path == GRAPHQL_PATH:
            body_limit.admit_files(request)
            return _view()(request)
        page = router.answer(request, path) if self.active else None
        return page or HttpResponseNotFound()


@cache
def _view() -> Callable[..., HttpResponse]:
    # Imported late: building the schema needs every app's models.
    from .graphql.schema import schema

    return get_host().shop.graphql_view(schema)


def _resync_variants(*variant_ids: int) -> None:
    resync.resync(variants=variant_ids)


def _resync_product(product_id: int) -> None:
    its = variants().filter(product_id=product_id)
    resync.resync(variants=list(its.values_list("pk", flat=True)))


def _log_failure(work: Callable[[], object]) -> None:
    """Do the work; a failure is logged, since what the hook tells of cannot be undone."""
    try:
        work()
    except Exception:
        logger.exception("A hook failed; the hourly resync repeats its work.")
