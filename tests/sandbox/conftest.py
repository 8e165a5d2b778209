from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sandbox.apps.account.models import Address, User
from sandbox.apps.channel.models import Channel
from sandbox.apps.permission.models import Permission
from sandbox.apps.product.models import (
    Category,
    Product,
    ProductChannelListing,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from sandbox.apps.shipping.models import ShippingMethod, ShippingMethodChannelListing, ShippingZone
from sandbox.apps.warehouse.models import Allocation, ChannelWarehouse, Stock, Warehouse
from sandbox.graphql.auth import make_token
from sandbox.graphql.ids import from_global_id, to_global_id
from tests.acceptance import documents

ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "streetAddress1": "1 Main Street",
    "city": "NEW YORK",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}


@dataclass
class Shop:
    """A shop with one channel, one zone and one variant, and the ways in which it is used."""

    channel: Channel
    zone: ShippingZone
    method: ShippingMethod
    variant: ProductVariant
    token: str
    warehouses: list[Warehouse] = field(default_factory=list)

    def warehouse(self, slug: str, quantity: int | None = None, **values: Any) -> Warehouse:
        made = Warehouse.objects.create(
            name=slug, slug=slug, address=Address.objects.create(country="US"), **values
        )
        made.shipping_zones.add(self.zone)
        ChannelWarehouse.objects.create(channel=self.channel, warehouse=made)
        if quantity is not None:
            Stock.objects.create(warehouse=made, product_variant=self.variant, quantity=quantity)
        self.warehouses.append(made)
        return made

    def ask(self, document: str, *, staff: bool = True, **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if staff else {}
        response = Client().post(
            "/graphql/",
            json.dumps({"query": document, "variables": variables}),
            content_type="application/json",
            headers=headers,
        )
        answer: dict[str, Any] = response.json()
        return answer

    def run(self, document: str, **variables: Any) -> dict[str, Any]:
        """Send a mutation and return its payload."""
        answer = self.ask(document, **variables)
        assert "errors" not in answer, answer
        payload: dict[str, Any]
        (payload,) = answer["data"].values()
        return payload

    def cart(self, quantity: int, **options: Any) -> dict[str, Any]:
        return self.run(
            documents.CHECKOUT_CREATE,
            input={
                "channel": self.channel.slug,
                "email": "shopper@example.com",
                "lines": [{"quantity": quantity, "variantId": self.variant_id}],
                "shippingAddress": ADDRESS,
                "billingAddress": ADDRESS,
            },
            **options,
        )

    def ready_cart(self, quantity: int) -> str:
        created = self.cart(quantity)
        assert created["errors"] == []
        chosen = self.run(
            documents.CHECKOUT_DELIVERY_METHOD_UPDATE,
            id=created["checkout"]["id"],
            deliveryMethodId=to_global_id("ShippingMethod", self.method.pk),
        )
        assert chosen["errors"] == []
        checkout_id: str = created["checkout"]["id"]
        return checkout_id

    def complete(self, checkout_id: str) -> dict[str, Any]:
        return self.run(documents.CHECKOUT_COMPLETE, id=checkout_id)

    def buy(self, quantity: int) -> dict[str, Any]:
        """Place an order and return it."""
        completed = self.complete(self.ready_cart(quantity))
        assert completed["errors"] == []
        order: dict[str, Any] = completed["order"]
        return order

    def fulfil(
        self, order: dict[str, Any], warehouse: Warehouse, quantity: int, **options: Any
    ) -> Any:
        return self.run(
            documents.ORDER_FULFILL,
            order=order["id"],
            input={
                "lines": [
                    {
                        "orderLineId": order["lines"][0]["id"],
                        "stocks": [
                            {
                                "quantity": quantity,
                                "warehouse": to_global_id("Warehouse", warehouse.pk),
                            }
                        ],
                    }
                ],
                **options,
            },
        )

    @property
    def variant_id(self) -> str:
        return to_global_id("ProductVariant", self.variant.pk)

    def stock(self) -> dict[str, int]:
        rows = Stock.objects.filter(product_variant=self.variant)
        return dict(rows.values_list("warehouse__slug", "quantity"))

    def held(self, order: dict[str, Any]) -> dict[str, int]:
        pk = from_global_id(order["id"])[1]
        rows = Allocation.objects.filter(order_line__order_id=pk, quantity_allocated__gt=0)
        return dict(rows.values_list("stock__warehouse__slug", "quantity_allocated"))


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    channel = Channel.objects.create(
        name="Main",
        slug="main",
        currency_code="USD",
        default_country="US",
        is_active=True,
        allow_unpaid_orders=True,
    )
    countries: Any = ["US"]
    zone = ShippingZone.objects.create(name="US", countries=countries)
    zone.channels.add(channel)
    method = ShippingMethod.objects.create(name="Flat", type="price", shipping_zone=zone)
    ShippingMethodChannelListing.objects.create(
        shipping_method=method, channel=channel, currency="USD", price_amount=5
    )
    return Shop(channel, zone, method, make_variant(channel), make_staff())


def make_staff() -> str:
    user = User(email="staff@example.com", is_staff=True)
    user.set_password("password1")
    user.save()
    user.user_permissions.set(Permission.objects.all())
    return make_token(user)


def make_variant(channel: Channel) -> ProductVariant:
    now = timezone.now()
    product = Product.objects.create(
        name="Boots",
        slug="boots",
        product_type=ProductType.objects.create(name="Shoes", slug="shoes", kind="normal"),
        category=Category.objects.create(name="Shoes", slug="shoes"),
    )
    ProductChannelListing.objects.create(
        product=product,
        channel=channel,
        currency="USD",
        is_published=True,
        published_at=now,
        available_for_purchase_at=now,
    )
    variant = ProductVariant.objects.create(product=product, name="42", sku="boots-42")
    ProductVariantChannelListing.objects.create(
        variant=variant,
        channel=channel,
        currency="USD",
        price_amount=10,
        discounted_price_amount=10,
    )
    return variant
