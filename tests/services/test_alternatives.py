"""What is offered instead of waiting, in which order, and what never is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.availability import alternatives
from saleor_backorders.availability.alternatives import Asked
from tests.services.front import Front
from tests.sql.world import model


class Shelf:
    """Products of one category and type, each with one variant, and a variant that is sold out."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.category = model("product", "Category").objects.create(name="Light", slug="light")
        self.put_in(front.product, self.category)
        self.wanted = front.sold(0, limit=10)

    def put_in(self, product: Any, category: Any) -> None:
        product.category = category
        product.save()

    def product(self, name: str, category: Any = None, kind: Any = None) -> Any:
        product = model("product", "Product").objects.create(
            name=name,
            slug=name.lower(),
            category=category or self.category,
            product_type=kind or self.front.product_type,
        )
        self.front.publish(product, self.front.main)
        return product

    def variant(
        self, product: Any, free_stock: int = 1, price: int | None = 10, **fields: Any
    ) -> Any:
        sku = fields.pop("sku", f"{product.slug}-{product.variants.count()}")
        variant = model("product", "ProductVariant").objects.create(
            product=product, name=product.name, sku=sku, **fields
        )
        self.front.price(variant, self.front.main, price)
        self.front.stock(variant, self.front.shelves, free_stock)
        return variant

    def other(self, name: str, free_stock: int = 1, price: int | None = 10, **fields: Any) -> Any:
        """Return the one variant of another product of the same category and type."""
        return self.variant(self.product(name), free_stock, price, **fields)

    def asked(self, variant: Any = None, country: str = "US", point: Any = None) -> Asked:
        destination = f"{self.front.main.pk}/{country}/{point or ''}"
        return Asked((variant or self.wanted).pk, destination)

    def find(self, *, first: int = 4, **asked: Any) -> list[alternatives.Alternative]:
        key = self.asked(**asked)
        found = alternatives.find(asked=[key], first=first, now=timezone.now(), using="default")
        return found[key]

    def offered(self, **asked: Any) -> list[int]:
        return [each.variant_id for each in self.find(first=20, **asked)]


@pytest.fixture
def shelf(front: Front) -> Shelf:
    return Shelf(front)


def link(thing: Any, names: str) -> None:
    thing.metadata = {alternatives.METADATA_KEY: names}
    thing.save()


def test_find__the_same_product_then_what_staff_linked_then_the_nearest_price(
    shelf: Shelf,
) -> None:
    sibling = shelf.front.sold(3)
    far, near = shelf.other("Far", price=30), shelf.other("Near", price=9)
    elsewhere = model("product", "Category").objects.create(name="Else", slug="else")
    linked = shelf.variant(shelf.product("Linked", category=elsewhere), 2, 99)
    link(shelf.wanted.product, "linked-0")

    assert shelf.find() == [
        alternatives.Alternative(
            variant_id=sibling.pk, name="Lamp (Red)", price=Decimal(10), quantity_available=3
        ),
        alternatives.Alternative(
            variant_id=linked.pk, name="Linked", price=Decimal(99), quantity_available=2
        ),
        alternatives.Alternative(
            variant_id=near.pk, name="Near", price=Decimal(9), quantity_available=1
        ),
        alternatives.Alternative(
            variant_id=far.pk, name="Far", price=Decimal(30), quantity_available=1
        ),
    ]
    assert [each.variant_id for each in shelf.find(first=2)] == [sibling.pk, linked.pk]
    assert shelf.find(first=0) == []


def test_find__links_go_in_the_order_written_the_variants_own_before_the_products(
    shelf: Shelf,
) -> None:
    elsewhere = model("product", "Category").objects.create(name="Else", slug="else")
    products = [shelf.product(name, category=elsewhere) for name in ("One", "Two", "Three")]
    one, two, three = (shelf.variant(product) for product in products)
    two_more = shelf.variant(products[1])
    link(shelf.wanted, " three, nothing,\n one-0 ")
    link(shelf.wanted.product, "two one-0 three-0")
    assert shelf.offered() == [three.pk, one.pk, two.pk, two_more.pk]


def test_find__what_is_linked_as_well_as_alike_is_offered_once(shelf: Shelf) -> None:
    first, second = shelf.other("First", price=10), shelf.other("Second", price=20)
    link(shelf.wanted, f"second, {second.sku}")
    assert shelf.offered() == [second.pk, first.pk]


def test_find__a_price_that_is_reduced_now_counts_as_it_is(shelf: Shelf) -> None:
    reduced, plain = shelf.other("Reduced", price=90), shelf.other("Plain", price=13)
    reduced.channel_listings.update(discounted_price_amount=11)
    assert shelf.offered() == [reduced.pk, plain.pk]
    assert shelf.find()[0].price == Decimal(11)


@pytest.mark.parametrize(
    "wrong",
    [
        "unpriced", "unpublished", "published tomorrow", "not yet for sale", "never for sale",
        "closed", "sold out", "preorder", "gift card", "another category", "another type",
        "no category",
    ],
)  # fmt: skip
def test_find__leaves_out_what_cannot_stand_in(shelf: Shelf, wrong: str) -> None:
    front = shelf.front
    variant = shelf.other("Other", 5)
    assert shelf.offered() == [variant.pk]
    product = variant.product
    variants = type(variant).objects.filter(pk=variant.pk)
    tomorrow = timezone.now() + timedelta(days=1)
    match wrong:
        case "unpriced":
            variant.channel_listings.update(price_amount=None)
        case "unpublished":
            product.channel_listings.update(is_published=False)
        case "published tomorrow":
            product.channel_listings.update(published_at=tomorrow)
        case "not yet for sale":
            product.channel_listings.update(available_for_purchase_at=tomorrow)
        case "never for sale":
            product.channel_listings.update(available_for_purchase_at=None)
        case "closed":
            type(front.main).objects.update(is_active=False)
        case "sold out":
            front.set_stock(variant, front.shelves, 0)
        case "preorder":
            variants.update(is_preorder=True)
        case "gift card":
            model("product", "ProductType").objects.update(kind="gift_card")
        case "another category":
            other = model("product", "Category").objects.create(name="Else", slug="else")
            type(product).objects.filter(pk=product.pk).update(category=other)
        case "another type":
            kind = model("product", "ProductType").objects.create(
                name="Other", slug="other", kind="normal"
            )
            type(product).objects.filter(pk=product.pk).update(product_type=kind)
        case "no category":
            type(product).objects.update(category=None)
    assert shelf.offered() == []


def test_find__leaves_out_the_variant_itself_and_what_others_hold(shelf: Shelf) -> None:
    front = shelf.front
    front.set_stock(shelf.wanted, front.shelves, 5)
    taken, held = front.sold(2), front.sold(2)
    front.buy(taken, 2, front.main)
    front.reserve(held.stocks.get(), 2, front.main)
    assert shelf.offered() == []


def test_find__leaves_out_what_somebody_waits_for(shelf: Shelf) -> None:
    front = shelf.front
    sibling = front.sold(1, limit=10)
    assert shelf.offered() == [sibling.pk]
    front.wait(sibling, 3)
    front.restock(sibling, 2)
    assert shelf.offered() == []
    front.restock(sibling, 4)
    assert [(each.variant_id, each.quantity_available) for each in shelf.find()] == [
        (sibling.pk, 4)
    ]


def test_find__counts_what_may_serve_the_place_alone(shelf: Shelf) -> None:
    front = shelf.front
    front.let_zones_matter(True)
    sibling = front.sold(3)
    point = front.warehouse([front.main], click_and_collect_option="local")
    front.stock(sibling, point, 2)
    elsewhere = front.warehouse([])
    front.stock(sibling, elsewhere, 7)
    assert [each.quantity_available for each in shelf.find()] == [3]
    assert shelf.find(country="CA") == []
    assert [each.quantity_available for each in shelf.find(point=point.pk)] == [2]


def test_find__names_no_more_than_one_checkout_may_hold(shelf: Shelf) -> None:
    plenty = shelf.front.sold(80)
    uncounted = shelf.front.sold(0)
    type(uncounted).objects.filter(pk=uncounted.pk).update(track_inventory=False)
    limits = model("site", "SiteSettings").objects

    def figures() -> dict[int, int]:
        return {each.variant_id: each.quantity_available for each in shelf.find()}

    assert figures() == {plenty.pk: 50, uncounted.pk: 50}
    limits.update(limit_quantity_per_checkout=7)
    assert figures() == {plenty.pk: 7, uncounted.pk: 7}
    limits.update(limit_quantity_per_checkout=None)
    assert figures() == {plenty.pk: 80, uncounted.pk: 50}


def test_find__nothing_for_a_variant_that_is_gone(shelf: Shelf) -> None:
    shelf.front.sold(3)
    gone = Asked(10**9, shelf.asked().destination)
    assert alternatives.find(asked=[gone], first=4, now=timezone.now(), using="default") == {
        gone: []
    }


def test_find__a_variant_without_a_price_is_compared_with_nothing(shelf: Shelf) -> None:
    first, second = shelf.other("First", price=90), shelf.other("Second", price=10)
    shelf.wanted.channel_listings.all().delete()
    assert shelf.offered() == [first.pk, second.pk]


def test_find__a_hundred_variants_cost_one_statement(shelf: Shelf) -> None:
    siblings = [shelf.front.sold(1) for _ in range(100)]
    asked = [shelf.asked(variant) for variant in siblings]
    with CaptureQueriesContext(connection) as seen:
        found = alternatives.find(asked=asked, first=20, now=timezone.now(), using="default")
    assert len(seen) == 1
    assert {len(found[each]) for each in asked} == {20}


def test_find__looks_at_the_shelves_of_no_more_than_sixty(shelf: Shelf) -> None:
    """However many are sold out in truth, though their shelves look full from afar."""
    front = shelf.front
    for _ in range(70):
        front.buy(front.sold(1), 1, front.main)
    last = shelf.other("Last")
    assert shelf.offered() == []
    model("product", "ProductVariant").objects.filter(product=front.product).exclude(
        pk=shelf.wanted.pk
    ).update(is_preorder=True)
    assert shelf.offered() == [last.pk]


@pytest.mark.parametrize("first", [-1, 21])
def test_find__refuses_more_than_is_looked_for(shelf: Shelf, first: int) -> None:
    with pytest.raises(errors.ValueOutOfRange, match=f"{first} is out of range"):
        shelf.find(first=first)
