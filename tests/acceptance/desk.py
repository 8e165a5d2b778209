"""Let a test decide about an order's backorder as customers and staff do, and read what came."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.acceptance import documents
from tests.acceptance.money import CHECKOUT_ADD_PROMO_CODE, Money, key_of, money_of
from tests.acceptance.shop import Answer, Placed, Shop, Thing
from tests.hosts.base import Json

SETTLE = "saleor_backorders.settle"
OUR_TABLES = (
    "SELECT tablename::text FROM pg_tables"
    " WHERE schemaname = current_schema() AND tablename LIKE 'saleor_backorders_%%' ORDER BY 1"
)


class Desk:
    """Stand between one order and whoever decides about it."""

    def __init__(self, shop: Shop, order: Placed) -> None:
        self.shop = shop
        self.order = order

    @property
    def key(self) -> str:
        """Return the database key of the order."""
        return key_of(self.order.id)

    # what is known

    def backorder(self, place: int = 0) -> Json:
        """Return one of the order's backorders, as staff read it."""
        found = self.shop.backorders(self.order)[place]
        told: Json = self.shop.ask_plugin(
            documents.BACKORDER_PROMISE, {"id": found["id"]}, self.shop.staff
        )
        return told

    def money(self) -> Money:
        """Read the order's money."""
        return money_of(self.shop, self.order.id)

    def refunds(self, place: int = 0) -> list[tuple[str, Decimal]]:
        """Return state and amount of each refund of a backorder."""
        return [(row["state"], amount_of(row)) for row in self.backorder(place)["refunds"]]

    def open_refunds(self) -> list[Json]:
        """Return what staff see of money that this order is still owed."""
        found = self.shop.ask_plugin(documents.OPEN_REFUNDS, {"first": 100}, self.shop.staff)
        return [row for row in found if row["orderId"] == self.order.id]

    def cancelled_by(self) -> list[tuple[str, int]]:
        """Return who gave up how many units, as it is recorded."""
        return self.shop.host.sql(
            'SELECT "by", quantity FROM saleor_backorders_cancellation'
            " WHERE order_id = %s ORDER BY id",
            self.key,
        )

    def picture(self, *without: str) -> list[Any]:
        """Return every row of the plugin, but for some tables, and what the API tells."""
        sql = self.shop.host.sql
        tables = [table for (table,) in sql(OUR_TABLES) if table not in without]
        rows = [sql(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1") for table in tables]
        return [*rows, sql("SELECT count(*) FROM order_order"), self.told()]

    def told(self) -> list[Any]:
        """Return what the API tells of the order: its money, its lines, where its units lie."""
        return [self.money(), self.shop.order(self.order)]

    # what is decided

    def link(self, place: int = 0) -> str:
        """Return the token that the customer finds in a mail."""
        token: str = self.shop.host.door("link", backorder=self._id(place))["token"]
        return token

    def cancel(self, quantity: int | None = None, place: int = 0, **how: Any) -> Answer:
        """Give up what waits, as staff unless somebody else is named."""
        return self._choose(documents.BACKORDER_CANCEL, place, {"quantity": quantity}, how)

    def cancel_all(self, by: str | None = None, reason: str | None = None) -> Answer:
        """Give up all that waits of the order."""
        values = {"orderId": self.order.id, "reason": reason}
        token = by or self.shop.staff
        return self.shop.tell_plugin(documents.ORDER_BACKORDERS_CANCEL, values, token)

    def switch(self, variant: Thing | str, place: int = 0, **how: Any) -> Answer:
        """Take another variant instead."""
        wanted = variant if isinstance(variant, str) else variant.id
        return self._choose(documents.BACKORDER_SWITCH, place, {"variantId": wanted}, how)

    def take(self, **how: Any) -> Answer:
        """Ask for what is here."""
        return self._choose(documents.BACKORDER_TAKE_AVAILABLE, 0, {}, how)

    def accept(self, **how: Any) -> Answer:
        """Keep waiting."""
        return self._choose(documents.BACKORDER_ACCEPT_DELAY, 0, {}, how)

    def retry(self, *ids: str, by: str | None = None) -> Answer:
        """Ask for refunds again, as staff unless somebody else is named."""
        token = by or self.shop.staff
        return self.shop.tell_plugin(documents.BACKORDER_REFUND_RETRY, {"ids": list(ids)}, token)

    def settle(self, due: bool = True) -> None:
        """Run the background task; the order's open refunds are due, or not yet."""
        if due:
            self.shop.host.sql(
                "UPDATE saleor_backorders_refund SET next_attempt_at = now()"
                " WHERE order_id = %s AND next_attempt_at IS NOT NULL",
                self.key,
            )
        self.shop.host.door("task", name=SETTLE)

    # money

    def charge(self, amount: str, app: Json | None = None) -> Json:
        """Let the order be paid by a transaction."""
        key = app["pk"] if app else None
        return self.shop.host.seed("charge", order=self.order.id, amount=amount, app=key)

    def pay_legacy(self, amount: str, **how: Any) -> Json:
        """Let the order be paid by a payment of the older kind."""
        return self.shop.host.seed("pay_legacy", order=self.order.id, amount=amount, **how)

    def _choose(self, document: str, place: int, values: Json, how: Json) -> Answer:
        if "token" not in how and "id" not in how:
            how["id"] = self._id(place)
        by = how.pop("by", None if "token" in how else self.shop.staff)
        return self.shop.tell_plugin(document, {**values, **how}, by)

    def _id(self, place: int) -> str:
        found: str = self.shop.backorders(self.order)[place]["id"]
        return found


def amount_of(refund: Json) -> Decimal:
    """Return what a refund of the plugin's API comes to, to the cent."""
    return Decimal(str(refund["amount"]["amount"])).quantize(Decimal("0.01"))


def buy_lines(
    shop: Shop, lines: Sequence[tuple[Thing, int]], code: str = "", token: str | None = None
) -> Placed:
    """Buy several variants in one order, with a voucher if a code is given."""
    values = {
        "channel": shop.channel.slug,
        "lines": [{"variantId": variant.id, "quantity": units} for variant, units in lines],
        "email": "shopper@example.com",
        "shippingAddress": shop.address,
        "billingAddress": shop.address,
    }
    made = shop.tell(documents.CHECKOUT_CREATE, {"input": values}, token).must()
    cart = made["checkout"]["id"]
    shop.deliver_by(cart, shop.method).must()
    if code:
        shop.tell(CHECKOUT_ADD_PROMO_CODE, {"id": cart, "code": code}).must()
    return shop.order(shop.complete(cart, token).must()["order"]["id"])


def priced(shop: Shop, amount: str, free_stock: int = 10) -> Thing:
    """Make a variant that costs this much."""
    variant = shop.add_product()
    shop.put(free_stock, variant=variant)
    set_price(shop, variant, amount)
    return variant


def set_price(shop: Shop, variant: Thing, amount: str) -> None:
    """Change what a variant costs in the shop's channel."""
    shop.host.seed("price", variant=variant.pk, channel=shop.channel.pk, amount=amount)
