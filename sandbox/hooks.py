"""The moments at which the shop calls the plugin, which are Saleor's.

Before an order is made of a checkout the plugin may refuse; everything else it hears after the
commit.  Its services are called here one by one, since its plugin class needs Saleor's base.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sandbox import carts
from sandbox.apps.checkout.models import Checkout
from sandbox.apps.order.models import Order
from sandbox.apps.plugins.models import PluginConfiguration

logger = logging.getLogger(__name__)

PLUGIN_APP = "saleor_backorders"
PLUGIN_ID = "saleor.backorders"


def plugin_is_installed() -> bool:
    """Tell whether the plugin is part of this shop at all."""
    return apps.is_installed(PLUGIN_APP)


def plugin_is_active() -> bool:
    """Tell whether the plugin is installed and switched on."""
    return (
        plugin_is_installed()
        and PluginConfiguration.objects.filter(
            identifier=PLUGIN_ID, channel=None, active=True
        ).exists()
    )


def plugin_module(name: str) -> Any:
    """Import a module of the plugin, which the sandbox must do without as well."""
    return import_module(f"{PLUGIN_APP}.{name}")


def preprocess_order_creation(checkout: Checkout) -> None:
    """Let the plugin refuse a checkout before anything is written.

    :raises ValidationError: when it does, or ``InsufficientStock``.
    """
    if not plugin_is_active():
        return
    admit = plugin_module("checkout.admission")
    admit.check_checkout(
        shop=plugin_module("host").get_host().shop,
        checkout_id=checkout.pk,
        channel_slug=checkout.channel.slug,
        country=carts.country(checkout),
        collection_point_id=checkout.collection_point_id,
        lines=[
            admit.CheckoutDemand(line.pk, line.variant_id, line.quantity)
            for line in checkout.lines.all()
        ],
        now=timezone.now(),
        today=timezone.now().date(),
        voucher_code=checkout.voucher_code,
        emails=[checkout.email, checkout.user.email if checkout.user else None],
    )


def order_created(order: Order) -> None:
    """Tell the plugin, after the commit, of a new order."""
    _after_commit(partial(_note_voucher, order.pk, order.voucher_code))


def customer_page(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return the plugin's page behind a customer's link, where the path is one."""
    page: HttpResponse | None = plugin_module("pages.router").answer(request, path)
    return page


def settings_changed() -> None:
    """Tell the plugin, after the commit, that its settings were saved."""
    transaction.on_commit(_resync)


def channel_changed() -> None:
    """Tell the plugin, after the commit, that a channel is not what it was."""
    _after_commit(_resync)


def places_changed() -> None:
    """Tell the plugin, after the commit, that warehouses or shipping zones are not the same."""
    _after_commit(_sync_places)


def variants_changed(variant_ids: Sequence[int]) -> None:
    """Tell the plugin, after the commit, that variants are new or sold otherwise than before."""
    _after_commit(partial(_resync_variants, list(variant_ids)))


def _after_commit(work: Callable[[], object]) -> None:
    if plugin_is_active():
        transaction.on_commit(partial(_log_failure, work))


def _log_failure(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        # As in the plugin: what the hook tells of has happened and cannot be refused.
        logger.exception("A hook of the plugin failed")


def _note_voucher(order_id: UUID, code: str | None) -> None:
    plugin_module("offers.codes").order_placed(order_id=order_id, code=code, now=timezone.now())


def _resync() -> None:
    plugin_module("tasks").resync.delay()


def _resync_variants(variant_ids: Sequence[int]) -> None:
    plugin_module("policies.resync").resync(variants=variant_ids)


def _sync_places() -> None:
    plugin_module("policies.resync").follow_places()
