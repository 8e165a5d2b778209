"""What the shop offers at once instead of a wait."""

from __future__ import annotations

import pytest

from tests.acceptance import documents
from tests.acceptance.shop import CANADA, Shop, Thing
from tests.hosts.base import Host, Json


class Window(Shop):
    """A shop with a sold-out variant, another one of the same product, and more beside it."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.variant, self.sibling = self.add_variants(2)
        self.put(0)
        self.allow(limit=10).must()

    def put_beside(self, variant: Thing, price: int = 10) -> None:
        """Move a variant's product into the category and type of the one that is sold out."""
        self.host.sql(
            "UPDATE product_product AS moved"
            " SET category_id = wanted.category_id, product_type_id = wanted.product_type_id"
            " FROM product_product AS wanted, product_productvariant AS mine,"
            "  product_productvariant AS theirs"
            " WHERE mine.id = %s AND wanted.id = mine.product_id"
            "  AND theirs.id = %s AND moved.id = theirs.product_id",
            self.variant.pk,
            variant.pk,
        )
        self.host.sql(
            "UPDATE product_productvariantchannellisting"
            " SET price_amount = %s, discounted_price_amount = %s WHERE variant_id = %s",
            price,
            price,
            variant.pk,
        )

    def link(self, *names: str) -> None:
        """Write down what staff would offer instead of the variant."""
        self.host.sql(
            "UPDATE product_productvariant SET metadata = jsonb_build_object("
            "'backorder.alternatives', %s::text) WHERE id = %s",
            ", ".join(names),
            self.variant.pk,
        )

    def stocked(self, quantity: int) -> Thing:
        """Return a variant of another product, with units on the shelf."""
        variant = self.add_product()
        self.put(quantity, variant=variant)
        return variant

    def offered(self, country: str | None = None) -> list[tuple[str, int]]:
        """Ask what can be had instead of the variant, and how many of each."""
        (answer,) = self.ask_plugin(
            documents.ALTERNATIVES,
            {
                "items": [{"variantId": self.variant.id}],
                "channel": self.channel.slug,
                "country": country,
            },
        )
        return _pairs(answer)


def _pairs(answer: Json) -> list[tuple[str, int]]:
    return [(each["variantId"], each["quantityAvailable"]) for each in answer["alternatives"]]


@pytest.fixture
def window(plain_shop: Shop) -> Window:
    """Open such a shop in the usual setting."""
    return Window(plain_shop.host)


def test_the_same_product_then_what_staff_linked_then_the_nearest_price(window: Window) -> None:
    window.put(3, variant=window.sibling)
    far, near, linked = window.stocked(4), window.stocked(5), window.stocked(6)
    window.put_beside(far, price=25)
    window.put_beside(near, price=12)
    window.link(linked.slug)

    assert window.offered() == [
        (window.sibling.id, 3),
        (linked.id, 6),
        (near.id, 5),
        (far.id, 4),
    ]


def test_a_backorder_offers_the_same_and_as_many_as_asked(window: Window) -> None:
    window.put(3, variant=window.sibling)
    beside = window.stocked(4)
    window.put_beside(beside)
    order = window.buy(2)

    expected = [(window.sibling.id, 3), (beside.id, 4)]
    for first in (4, 1):
        (answer,) = window.ask_plugin(
            documents.BACKORDER_ALTERNATIVES, {"orderId": order.id, "first": first}, window.staff
        )
        assert _pairs(answer) == expected[:first]


def test_never_what_the_channel_does_not_sell_or_is_sold_out(window: Window) -> None:
    elsewhere = window.branch()
    (unsold,) = window.add_variants(1, elsewhere.channel)
    window.put(5, variant=unsold)
    window.put_beside(unsold)
    window.put(0, variant=window.sibling)
    window.link(unsold.slug, window.variant.slug)

    assert window.offered() == []


def test_what_others_buy_is_offered_no_more(window: Window) -> None:
    window.put(3, variant=window.sibling)

    window.buy(2, variant=window.sibling)
    assert window.offered() == [(window.sibling.id, 1)]
    window.buy(1, variant=window.sibling)
    assert window.offered() == []


def test_units_that_are_on_their_way_to_others_are_not_offered(window: Window) -> None:
    window.put(0, variant=window.sibling)
    window.allow(limit=10, variant=window.sibling).must()
    window.buy(3, variant=window.sibling)

    window.set_stock(2, variant=window.sibling).must()
    assert window.offered() == []
    window.set_stock(7, variant=window.sibling).must()
    assert window.offered() == [(window.sibling.id, 4)]


def test_only_what_may_be_sent_there(window: Window) -> None:
    window.put(3, variant=window.sibling)

    assert window.offered("US") == [(window.sibling.id, 3)]
    assert window.offered(CANADA["country"]) == []
