"""The small shop of ``tests/sql`` with a shop window: prices, publication, checkouts, people."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_backorders.conf import PLUGIN_ID
from saleor_backorders.models import Backorder
from tests.sql.world import Shop, model

_serial = itertools.count(1)


class Front(Shop):
    """One channel, one zone for the US, one warehouse; more on request."""

    def __init__(self) -> None:
        super().__init__()
        self.now = timezone.now()
        self.main = self.channel()
        self.shelves = self.warehouse([self.main])
        self.zone([self.main], [self.shelves])
        self.publish(self.product, self.main)

    def publish(self, product: Any, channel: Any, **fields: Any) -> Any:
        yesterday = self.now - timedelta(days=1)
        return model("product", "ProductChannelListing").objects.create(
            product=product,
            channel=channel,
            currency="USD",
            **{
                "is_published": True,
                "published_at": yesterday,
                "available_for_purchase_at": yesterday,
                **fields,
            },
        )

    def price(self, variant: Any, channel: Any, amount: int | None = 10) -> Any:
        return model("product", "ProductVariantChannelListing").objects.create(
            variant=variant, channel=channel, currency="USD", price_amount=amount
        )

    def sold(self, free_stock: int, *, limit: int | None = None, **fields: Any) -> Any:
        """Return a variant on sale, back-orderable where a limit is given."""
        variant = self.variant()
        self.price(variant, self.main)
        self.stock(variant, self.shelves, free_stock)
        if limit is not None:
            self.allow(variant, self.main, limit, **fields)
        return variant

    def count_zones(self) -> None:
        """Turn Saleor's legacy availability by shipping zones on."""
        settings = model("site", "SiteSettings").objects
        assert settings.update(use_legacy_shipping_zone_stock_availability=True) == 1

    def activate(self, **settings: Any) -> None:
        """Switch the plugin on."""
        model("plugins", "PluginConfiguration").objects.update_or_create(
            identifier=PLUGIN_ID,
            channel=None,
            defaults={
                "active": True,
                "name": "Backorders",
                "configuration": [
                    {"name": name, "value": value} for name, value in settings.items()
                ],
            },
        )

    def checkout(self, *lines: tuple[Any, int], **fields: Any) -> Any:
        checkout = model("checkout", "Checkout").objects.create(
            channel=self.main, currency="USD", country="US", **fields
        )
        for variant, quantity in lines:
            model("checkout", "CheckoutLine").objects.create(
                checkout=checkout, variant=variant, quantity=quantity, currency="USD"
            )
        return checkout

    def user(self, *permissions: str, **fields: Any) -> Any:
        """Return a user; staff as soon as there is a permission to hold."""
        user = model("account", "User").objects.create(
            email=f"user-{next(_serial)}@example.com", **{"is_staff": bool(permissions), **fields}
        )
        for name in permissions:
            label, codename = name.split(".")
            kind, _ = model("contenttypes", "ContentType").objects.get_or_create(
                app_label=label, model="permission"
            )
            permission, _ = model("permission", "Permission").objects.get_or_create(
                content_type=kind, codename=codename, name=codename
            )
            user.user_permissions.add(permission)
        return user

    def wait(self, variant: Any, quantity: int = 1, **fields: Any) -> Backorder:
        """Place an order and return the backorder that it leaves."""
        line = self.buy(variant, quantity, self.main, **fields)
        run_triggers()
        return Backorder.objects.get(order_line_id=line.pk)

    def restock(self, variant: Any, units: int) -> None:
        self.set_stock(variant, self.shelves, change=units)
        run_triggers()


def run_triggers() -> None:
    """Run what waits for COMMIT now, so that a test can roll all of it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
