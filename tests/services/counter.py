"""A shop whose staff set policies, for the tests of what follows from them."""

from __future__ import annotations

from typing import Any

from django.db import connection

from saleor_backorders.models import PolicyScope, VirtualStock
from saleor_backorders.policies import update
from saleor_backorders.settings.shop import ShopSettings
from tests.days import today
from tests.sql.world import Shop, model


class Counter:
    """One channel with one shelf, categories one inside the other, and staff."""

    def __init__(self, **settings: Any) -> None:
        self.shop = Shop()
        self.today = today()
        self.settings = ShopSettings(active=True, **settings)
        self.channel = self.shop.channel()
        self.warehouse = self.shop.warehouse([self.channel])
        self.zone = self.shop.zone([self.channel], [self.warehouse])
        self.outer = model("product", "Category").objects.create(name="Home", slug="home")
        self.inner = model("product", "Category").objects.create(
            name="Lamps", slug="lamps", parent=self.outer
        )
        self.product = self.shop.product
        self.product.category = self.inner
        self.product.save()

    def sold(self, quantity: int = 0, price: int | None = 10, **fields: Any) -> Any:
        """Return a variant with a price in the channel and a shelf."""
        variant = self.shop.variant()
        type(variant).objects.filter(pk=variant.pk).update(**fields)
        self.price(variant, price)
        self.shop.stock(variant, self.warehouse, quantity)
        return variant

    def price(self, variant: Any, price: int | None, channel: Any = None) -> None:
        model("product", "ProductVariantChannelListing").objects.create(
            variant=variant, channel=channel or self.channel, currency="USD", price_amount=price
        )

    def rule(
        self, scope: PolicyScope = PolicyScope.CHANNEL, *targets: Any, **values: Any
    ) -> update.PolicyUpdate:
        return update.update_policy(
            channel=self.channel.slug,
            scope=scope,
            target_ids=[target.pk for target in targets],
            values=values,
            settings=self.settings,
            today=self.today,
        )

    def policy(self, variant: Any, channel: Any = None) -> update.EffectivePolicy:
        return update.effective_policy(
            variant_id=variant.pk,
            channel=(channel or self.channel).slug,
            settings=self.settings,
            today=self.today,
        )

    def row(self, variant: Any) -> VirtualStock | None:
        return VirtualStock.objects.filter(variant_id=variant.pk).first()

    def virtual_quantity(self, variant: Any) -> int | None:
        """Return what the virtual row of a variant says is there."""
        row = self.row(variant)
        stocks = model("warehouse", "Stock").objects
        if row is None:
            return None
        found = stocks.filter(pk=row.stock_id).values_list("quantity", flat=True).first()
        return None if found is None else int(found)


def run_triggers() -> None:
    """Let the engine do what it would do at COMMIT."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
