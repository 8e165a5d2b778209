from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg

from sandbox import database
from sandbox.demo.narrator import NotAsTold
from sandbox.shop import documents, fixtures, payment_app
from sandbox.shop.api import Api, Json, Refused
from sandbox.shop.visitor import OPEN


class Shelf(NamedTuple):
    """A row of stock as the API tells it."""

    warehouse: str
    warehouse_id: str
    stock_id: str
    quantity: int
    allocated: int
    is_virtual: bool


class Actors:
    """Everybody in the story, each with a token of their own, and what they do."""

    def __init__(self, anybody: Api, goods: fixtures.Goods) -> None:
        self.anybody = anybody
        self._signed_in: dict[str, Api] = {}
        self.staff = fixtures.sign_in(anybody, fixtures.STAFF)
        found = self.staff.main(documents.VARIANT_BY_SKU, sku=goods.sku, channel=fixtures.CHANNEL)
        self.variant: str = found["id"]
        self.product: str = found["product"]["name"]

    def shopper(self, name: str) -> Api:
        """Sign a shopper in, once."""
        if name not in self._signed_in:
            email = f"{name.lower()}@example.com"
            self._signed_in[name] = fixtures.sign_in(self.anybody, email)
        return self._signed_in[name]

    # looking

    def shelves(self) -> list[Shelf]:
        """Read the variant's stock."""
        found = self.staff.main(documents.STOCKS, id=self.variant)
        return [
            Shelf(
                stock["warehouse"]["name"],
                stock["warehouse"]["id"],
                stock["id"],
                stock["quantity"],
                stock["quantityAllocated"],
                stock["warehouse"]["slug"].startswith(fixtures.VIRTUAL_PREFIX),
            )
            for stock in found["stocks"]
        ]

    def shelf(self, *, virtual: bool = False) -> Shelf:
        """Return the warehouse's row, or the virtual one."""
        (found,) = (shelf for shelf in self.shelves() if shelf.is_virtual == virtual)
        return found

    def availability(self, quantity: int) -> Json:
        """Ask, as anybody may, how a quantity could be bought now."""
        (found,) = self.anybody.plugin(
            documents.AVAILABILITY,
            items=[{"variantId": self.variant, "quantity": quantity}],
            channel=fixtures.CHANNEL,
        )
        answer: Json = found
        return answer

    def queue(self) -> dict[str, Json]:
        """Read whose backorders are not done yet, by the customer's name."""
        wanted = {"statuses": list(OPEN), "variantIds": [self.variant]}
        found = self.staff.plugin(documents.BACKORDERS, filter=wanted)
        nodes = [edge["node"] for edge in found["edges"]]
        return {_name(node["customerEmail"]): node for node in nodes}

    def backorder(self, order: Json) -> Json:
        """Read the backorder of an order, as staff may."""
        (found,) = self.staff.plugin(documents.ORDER_BACKORDERS, orderId=order["id"])
        answer: Json = found
        return answer

    def money(self, order: Json) -> Json:
        """Read what an order's payments hold, and what they gave back."""
        answer: Json = self.staff.main(documents.ORDER_MONEY, id=order["id"])
        return answer

    def split(self, order: str) -> tuple[int, int]:
        """Read how many units of an order lie on a shelf for it, and how many wait."""
        (line,) = self.staff.main(documents.ORDER, id=order)["lines"]
        waiting = sum(
            each["quantity"]
            for each in line["allocations"]
            if each["warehouse"]["slug"].startswith(fixtures.VIRTUAL_PREFIX)
        )
        return sum(each["quantity"] for each in line["allocations"]) - waiting, waiting

    # shopping

    def fill_cart(self, name: str, quantity: int) -> str:
        """Put units into a new cart, ready to be ordered."""
        address = fixtures.address_of(f"{name.lower()}@example.com")
        shopper = self.shopper(name)
        cart = shopper.main(
            documents.CHECKOUT_CREATE,
            input={
                "channel": fixtures.CHANNEL,
                "email": f"{name.lower()}@example.com",
                "lines": [{"variantId": self.variant, "quantity": quantity}],
                "shippingAddress": address,
                "billingAddress": address,
            },
        )["checkout"]
        shopper.main(
            documents.CHECKOUT_DELIVERY, id=cart["id"], method=cart["shippingMethods"][0]["id"]
        )
        cart_id: str = cart["id"]
        return cart_id

    def agree(self, name: str, cart: str) -> Json:
        """Agree to wait."""
        answer: Json = self.shopper(name).plugin(documents.ACKNOWLEDGE, id=cart)
        return answer

    def place(self, name: str, cart: str) -> Json:
        """Order what is in the cart."""
        order: Json = self.shopper(name).main(documents.CHECKOUT_COMPLETE, id=cart)["order"]
        return order

    def buy(self, name: str, quantity: int) -> Json:
        """Fill a cart, agree to wait and order."""
        cart = self.fill_cart(name, quantity)
        self.agree(name, cart)
        return self.place(name, cart)

    def buy_and_pay(self, name: str, quantity: int) -> Json:
        """Buy, and pay the order's total."""
        order = self.buy(name, quantity)
        payment_app.take_payment(self.anybody, order)
        return order

    # staff

    def book_in_dashboard(self, quantity: int) -> None:
        """Set the shelf's quantity as the Dashboard does."""
        stocks = [{"warehouse": self.shelf().warehouse_id, "quantity": quantity}]
        self.staff.main(documents.STOCKS_UPDATE, variant=self.variant, stocks=stocks)

    def book_in_bulk(self, quantity: int) -> None:
        """Set the shelf's quantity as an importer does."""
        stock = {
            "variantId": self.variant,
            "warehouseId": self.shelf().warehouse_id,
            "quantity": quantity,
        }
        self.staff.main(documents.STOCK_BULK_UPDATE, stocks=[stock])

    def confirm(self, order: Json) -> str:
        """Confirm an order and return its status."""
        confirmed = self.staff.main(documents.ORDER_CONFIRM, id=order["id"])["order"]
        status: str = confirmed["status"]
        return status

    def ship(self, order: Json, quantity: int, shelf: Shelf) -> Json:
        """Ship units of an order's first line from a shelf."""
        stocks = [{"quantity": quantity, "warehouse": shelf.warehouse_id}]
        lines = [{"orderLineId": order["lines"][0]["id"], "stocks": stocks}]
        shipped: Json = self.staff.main(documents.ORDER_FULFILL, order=order["id"], lines=lines)
        return shipped["order"]


def refusal(work: Callable[..., Any], *arguments: Any) -> Refused:
    """Do what has to be refused and return the refusal.

    :raises NotAsTold: when it was not refused.
    """
    try:
        work(*arguments)
    except Refused as refused:
        return refused
    raise NotAsTold("the API accepted what the story says it refuses.")


def add_to_shelf_with_sql(stock_number: int, units: int) -> None:
    """Raise a shelf's quantity behind the shop's back, as another program would."""
    server = database.ensure_server()
    with psycopg.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        dbname=database.DATABASE_NAME,
    ) as connection:
        connection.execute(
            "UPDATE warehouse_stock SET quantity = quantity + %s WHERE id = %s",
            [units, stock_number],
        )


def _name(email: str) -> str:
    return email.partition("@")[0].title()
