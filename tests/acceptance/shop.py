"""Let a test speak like the story: put units on a shelf, buy, ship, look who waits."""

from __future__ import annotations

import copy
import dataclasses
import uuid
from typing import Any, Self

from tests.acceptance import documents
from tests.hosts.base import Host, Json, Server

SORTING_ORDER = "prioritize-sorting-order"
HIGH_STOCK = "prioritize-high-stock"
VIRTUAL_PREFIX = "00-backorders-"
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "countryArea": "NY",
    "country": "US",
}
CANADA = {
    **ADDRESS,
    "city": "Toronto",
    "postalCode": "M5V 3L9",
    "countryArea": "ON",
    "country": "CA",
}


@dataclasses.dataclass(frozen=True)
class Thing:
    """Name a row of the shop by its key, its global id and its slug."""

    pk: Any
    id: str
    slug: str = ""

    @classmethod
    def of(cls, made: Json) -> Self:
        """Read what a seed returned."""
        return cls(made["pk"], made["id"], made["slug"] or "")


@dataclasses.dataclass(frozen=True)
class Answer:
    """Hold what a mutation returned: its payload, and its refusals as data."""

    payload: Json
    errors: list[Json]
    crashes: list[Json]

    @property
    def ok(self) -> bool:
        """Tell whether the mutation did what was asked."""
        return not self.errors and not self.crashes

    @property
    def codes(self) -> list[str]:
        """Return the codes of the refusals, those outside the payload included."""
        outside = [_code_of(crash.get("extensions", {})) for crash in self.crashes]
        return [error["code"] for error in self.errors] + outside

    @property
    def message(self) -> str:
        """Return the refusals in words."""
        return " ".join(error["message"] for error in self.errors + self.crashes)

    def must(self) -> Json:
        """Return the payload of a mutation that had to work."""
        assert self.ok, f"refused: {self.errors or self.crashes}"
        return self.payload


def _code_of(extensions: Json) -> str:
    """Return the API's own code, or the name of the exception that the host shows."""
    code: str = extensions.get("code") or extensions.get("exception", {}).get("code", "")
    return code


@dataclasses.dataclass(frozen=True)
class Placed:
    """Hold one order as the API tells it: its lines and which unit lies where."""

    id: str
    status: str
    lines: list[Json]

    @property
    def line(self) -> str:
        """Return the id of the first line."""
        line_id: str = self.lines[0]["id"]
        return line_id

    @property
    def held(self) -> dict[str, int]:
        """Return the units allocated on real shelves, by the warehouse's slug."""
        found: dict[str, int] = {}
        for slug, quantity in self._allocations():
            if quantity and not slug.startswith(VIRTUAL_PREFIX):
                found[slug] = found.get(slug, 0) + quantity
        return found

    @property
    def waiting(self) -> int:
        """Return the units that wait."""
        return sum(
            quantity for slug, quantity in self._allocations() if slug.startswith(VIRTUAL_PREFIX)
        )

    @property
    def split(self) -> tuple[int, int]:
        """Return how many units are on a shelf and how many wait."""
        return sum(self.held.values()), self.waiting

    def _allocations(self) -> list[tuple[str, int]]:
        return [
            (allocation["warehouse"]["slug"], allocation["quantity"])
            for line in self.lines
            for allocation in line["allocations"]
        ]


class Client:
    """Send documents to a host and turn what comes back into answers."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def staff(self) -> str:
        """Return the token of somebody who may do everything."""
        return self.host.staff_token()

    def ask(self, document: str, variables: Json, token: str | None = None) -> Any:
        """Run a query of the main API that has to work, and return its one field."""
        return _field(self.host.graphql(document, variables, token))

    def ask_plugin(self, document: str, variables: Json, token: str | None = None) -> Any:
        """Run a query of the plugin's API that has to work, and return its one field."""
        return _field(self.host.plugin_graphql(document, variables, token))

    def tell(self, document: str, variables: Json, token: str | None = None) -> Answer:
        """Run a mutation of the main API."""
        return answer_of(self.host.graphql(document, variables, token))

    def tell_plugin(self, document: str, variables: Json, token: str | None = None) -> Answer:
        """Run a mutation or a query of the plugin's API that may be refused."""
        return answer_of(self.host.plugin_graphql(document, variables, token))


def _field(response: Json) -> Any:
    assert "errors" not in response, response["errors"]
    (field,) = response["data"].values()
    return field


def answer_of(response: Json) -> Answer:
    """Turn a response into a payload and its refusals."""
    payload: Any = None
    if response.get("data"):
        (payload,) = response["data"].values()
    errors = payload.get("errors", []) if isinstance(payload, dict) else []
    return Answer(payload or {}, errors, response.get("errors", []))


class Shop(Client):
    """Be one channel with its own shelves and products, in a database that others use too."""

    address: Json = ADDRESS

    def __init__(self, host: Host, strategy: str = SORTING_ORDER, **options: Any) -> None:
        super().__init__(host)
        self.name = f"s{uuid.uuid4().hex[:10]}"
        self.strategy = strategy
        self.channel = Thing.of(host.seed("channel", slug=self.name, strategy=strategy, **options))
        self.method, self.zone = self.add_zone("US")
        self.shelf = self.add_warehouse()
        self.variant = self.add_product()

    # furniture

    def add_zone(self, countries: str, *channels: Thing) -> tuple[Thing, Thing]:
        """Make a shipping zone and return its method and itself."""
        keys = [channel.pk for channel in channels or (self.channel,)]
        made = self.host.seed("zone", slug=self._fresh("zone"), countries=countries, channels=keys)
        return Thing.of(made["method"]), Thing.of(made)

    def add_warehouse(
        self,
        name: str = "main",
        zones: list[Thing] | None = None,
        channels: list[Thing] | None = None,
        pickup: str = "disabled",
        place: int = 0,
    ) -> Thing:
        """Make a warehouse of the channel, in the shop's zone unless others are named."""
        made = self.host.seed(
            "warehouse",
            slug=self._fresh(name),
            zones=[zone.pk for zone in ([self.zone] if zones is None else zones)],
            channels={
                channel.pk: place for channel in ([self.channel] if channels is None else channels)
            },
            pickup=pickup,
        )
        return Thing.of(made)

    def add_product(self, *channels: Thing, **options: Any) -> Thing:
        """Make a product with one variant and return the variant."""
        return self.add_variants(1, *channels, **options)[0]

    def add_variants(self, count: int, *channels: Thing, **options: Any) -> list[Thing]:
        """Make a product with some variants and return them."""
        made = self.host.seed(
            "product",
            slug=self._fresh("product"),
            channels=[channel.pk for channel in channels or (self.channel,)],
            variants=count,
            **options,
        )
        return [Thing.of({**row, "slug": row["sku"]}) for row in made["variants"]]

    def through(self, server: Server) -> Shop:
        """Return this shop as it is seen through another process of the host."""
        twin = copy.copy(self)
        twin.host = self.host.through(server)
        return twin

    def branch(self) -> Shop:
        """Open a second channel that sells the same variant, with a zone of its own."""
        twin = copy.copy(self)
        twin.name = f"s{uuid.uuid4().hex[:10]}"
        made = self.host.seed("channel", slug=twin.name, strategy=self.strategy)
        twin.channel = Thing.of(made)
        twin.method, twin.zone = twin.add_zone("US")
        self.host.seed("listing", variant=self.variant.pk, channel=twin.channel.pk)
        return twin

    def put(self, quantity: int, shelf: Thing | None = None, variant: Thing | None = None) -> Thing:
        """Make the stock row of a shelf, before the story begins."""
        made = self.host.seed(
            "stock",
            variant=(variant or self.variant).pk,
            warehouse=str((shelf or self.shelf).pk),
            quantity=quantity,
        )
        return Thing.of(made)

    def add_customer(self) -> Json:
        """Make a customer who can sign in."""
        email = f"{self._fresh('customer')}@example.com"
        made = self.host.seed("user", email=email, password="password1")
        return {**made, "token": self.host.token(email, "password1")}

    def _fresh(self, name: str) -> str:
        return f"{name}-{self.name}-{uuid.uuid4().hex[:6]}"

    # the rule

    def allow(
        self,
        limit: int | None = None,
        variant: Thing | None = None,
        channel: Thing | None = None,
        **rule: Any,
    ) -> Answer:
        """Allow backorders of a variant in the channel."""
        return self.tell_plugin(
            documents.BACKORDER_POLICY_UPDATE,
            {
                "scope": {
                    "channel": (channel or self.channel).slug,
                    "variantIds": [(variant or self.variant).id],
                },
                "input": {"allow": True, "limit": limit, **rule},
            },
            self.staff,
        )

    # shopping

    def fill_cart(
        self,
        quantity: int,
        variant: Thing | None = None,
        channel: Thing | None = None,
        token: str | None = None,
        address: Json = ADDRESS,
        method: Thing | None = None,
        email: str = "shopper@example.com",
        language: str = "EN",
    ) -> Answer:
        """Make a checkout ready to be completed; answer the refusal of the lines, if any."""
        created = self.tell(
            documents.CHECKOUT_CREATE,
            {
                "input": {
                    "channel": (channel or self.channel).slug,
                    "lines": [{"variantId": (variant or self.variant).id, "quantity": quantity}],
                    "email": email,
                    "languageCode": language,
                    "shippingAddress": address,
                    "billingAddress": address,
                }
            },
            token,
        )
        if not created.ok:
            return created
        self.deliver_by(created.payload["checkout"]["id"], method or self.method).must()
        return created

    def deliver_by(self, cart: str, method: Thing) -> Answer:
        """Choose a shipping method or a collection point for a checkout."""
        return self.tell(
            documents.CHECKOUT_DELIVERY_METHOD_UPDATE, {"id": cart, "deliveryMethodId": method.id}
        )

    def complete(self, cart: str, token: str | None = None) -> Answer:
        """Place the order of a checkout."""
        return self.tell(documents.CHECKOUT_COMPLETE, {"id": cart}, token)

    def try_to_buy(self, quantity: int, **how: Any) -> Answer:
        """Buy, whatever the shop says."""
        cart = self.fill_cart(quantity, **how)
        if not cart.ok:
            return cart
        return self.complete(cart.payload["checkout"]["id"], how.get("token"))

    def buy(self, quantity: int, **how: Any) -> Placed:
        """Buy what the shop has to sell, and return the order as it is after the commit."""
        bought = self.try_to_buy(quantity, **how).must()
        return self.order(bought["order"]["id"])

    # orders

    def order(self, order: str | Placed) -> Placed:
        """Read an order afresh."""
        order_id = order if isinstance(order, str) else order.id
        found = self.ask(documents.ORDER, {"id": order_id}, self.staff)
        return Placed(found["id"], found["status"], found["lines"])

    def backorders(self, order: Placed) -> list[Json]:
        """Read what the plugin knows of an order."""
        found: list[Json] = self.ask_plugin(
            documents.ORDER_BACKORDERS, {"orderId": order.id}, self.staff
        )
        return found

    def backorder(self, order: Placed) -> Json:
        """Read the one backorder of an order."""
        (found,) = self.backorders(order)
        return found

    def cancel(self, order: Placed) -> Answer:
        """Cancel an order."""
        return self.tell(documents.ORDER_CANCEL, {"id": order.id}, self.staff)

    def confirm(self, order: Placed) -> Answer:
        """Confirm an order that the shop has to look at first."""
        return self.tell(documents.ORDER_CONFIRM, {"id": order.id}, self.staff)

    def change_line(self, order: Placed, quantity: int) -> Answer:
        """Change the quantity of the first line of an unconfirmed order."""
        return self.tell(
            documents.ORDER_LINE_UPDATE, {"id": order.line, "quantity": quantity}, self.staff
        )

    def fulfil(
        self, order: Placed, quantity: int, shelf: Thing | None = None, force: bool = False
    ) -> Answer:
        """Ship units of the first line from a shelf; the order is confirmed before."""
        if self.order(order).status == "UNCONFIRMED":
            confirmed = self.confirm(order)
            if not confirmed.ok:
                return confirmed
        stocks = [{"quantity": quantity, "warehouse": (shelf or self.shelf).id}]
        return self.tell(
            documents.ORDER_FULFILL,
            {
                "order": order.id,
                "input": {
                    "lines": [{"orderLineId": order.line, "stocks": stocks}],
                    "notifyCustomer": False,
                    "allowStockToBeExceeded": force,
                },
            },
            self.staff,
        )

    def prioritise(self, order: Placed, priority: int) -> Answer:
        """Let an order be served before those of lower priority."""
        ids = [backorder["id"] for backorder in self.backorders(order)]
        return self.tell_plugin(
            documents.BACKORDER_PRIORITY_UPDATE, {"ids": ids, "priority": priority}, self.staff
        )

    # stock

    def set_stock(
        self, quantity: int, shelf: Thing | None = None, variant: Thing | None = None
    ) -> Answer:
        """Book a shelf's quantity the way the Dashboard does."""
        return self.tell(
            documents.PRODUCT_VARIANT_STOCKS_UPDATE,
            {
                "variantId": (variant or self.variant).id,
                "stocks": [{"warehouse": (shelf or self.shelf).id, "quantity": quantity}],
            },
            self.staff,
        )

    def configure(self, **values: str) -> Answer:
        """Change the plugin's settings as the Dashboard does."""
        configuration = [{"name": name, "value": value} for name, value in values.items()]
        return self.tell(
            documents.PLUGIN_UPDATE,
            {"id": "saleor.backorders", "input": {"configuration": configuration}},
            self.staff,
        )

    def virtual_warehouse(self, channel: Thing | None = None) -> Thing:
        """Return the warehouse of ours in a channel."""
        slug = VIRTUAL_PREFIX + (channel or self.channel).slug
        found = self.ask(
            documents.VARIANT_STOCKS, {"id": self.variant.id, "channel": None}, self.staff
        )
        (warehouse,) = (
            stock["warehouse"] for stock in found["stocks"] if stock["warehouse"]["slug"] == slug
        )
        return Thing(None, warehouse["id"], slug)
