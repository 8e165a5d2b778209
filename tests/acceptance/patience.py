"""Let a test give customers vouchers for waiting, and spend them at Saleor's own checkout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.acceptance.desk import Desk
from tests.acceptance.dock import Dock
from tests.acceptance.money import CHECKOUT_ADD_PROMO_CODE, key_of, money_of
from tests.acceptance.shop import Answer, Placed, Shop
from tests.hosts.base import Json

DELIVER = "saleor_backorders.deliver"
ADA = "Ada@example.com"
OFFER = """
query BackorderOffer($id: ID!) {
  backorder(id: $id) {
    offer {
      kind code percent validFrom validUntil usedAt
      amount { amount currency } minimum { amount }
    }
  }
}
"""
UPTAKE = """
query BackorderOffers($channel: String, $period: DateRangeInput!) {
  backorderOffers(channel: $channel, period: $period) {
    issued used withdrawn expired open
    amountIssued { amount currency } amountUsed { amount currency }
  }
}
"""
PREVIEW = """
query BackorderPreview($items: [AvailabilityInput!]!, $channel: String!) {
  backorderAvailability(items: $items, channel: $channel) { offer { percent message } }
}
"""
CHECKOUT_LINES_UPDATE = """
mutation CheckoutLinesUpdate($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) {
    checkout { id totalPrice { gross { amount } } }
    errors { field message code }
  }
}
"""

CHECKOUT_PAYMENT_CREATE = """
mutation CheckoutPaymentCreate($id: ID!, $input: PaymentInput!) {
  checkoutPaymentCreate(id: $id, input: $input) { payment { id } errors { field message code } }
}
"""


@dataclass(frozen=True)
class Given:
    """Hold one offer as it is in the database."""

    kind: str
    step: int
    percent: int
    amount: Decimal
    code: str
    is_used: bool
    is_withdrawn: bool
    used_order: str | None

    @property
    def worth(self) -> tuple[str, int, int, Decimal]:
        """Return what it is for, how far it goes, and what it is worth."""
        return self.kind, self.step, self.percent, self.amount


class Patience:
    """Be a shop that rewards it."""

    def __init__(self, shop: Shop, percent: int = 0, **rule: Any) -> None:
        self.shop = shop
        self.dock = Dock(shop)
        shop.put(0)
        shop.allow(limit=1000, leadTimeDays=30, discountPercent=percent).must()
        if rule:
            self.dock.rule(**rule).must()
        self.goods = shop.add_product()
        shop.put(1000, variant=self.goods)

    def wait(self, units: int = 1, email: str = ADA, **how: Any) -> Placed:
        """Let a customer order what is not there."""
        return self.shop.buy(units, email=email, **how)

    def late(self, days: int, *orders: int) -> tuple[str, list[Placed]]:
        """Let orders wait for a pallet that then slips; return the pallet and the orders."""
        pallet = self.dock.pallet(sum(orders), 10)
        placed = [self.wait(units) for units in orders]
        self.dock.slip(pallet, 10 + days)
        return pallet, placed

    def deliver(self, look_back: bool = False) -> None:
        """Run the background task; on demand as if it were the first run of an hour."""
        self.shop.host.door("task", name=DELIVER, long_ago=look_back)

    def given(self, order: Placed) -> list[Given]:
        """Return what the customer of an order was given, oldest first."""
        rows = self.shop.host.sql(
            "SELECT kind, step, percent, amount, code, used_at IS NOT NULL,"
            "       withdrawn_at IS NOT NULL, used_order_id::text"
            "  FROM saleor_backorders_offer WHERE order_id = %s ORDER BY id",
            key_of(order.id),
        )
        return [Given(*row) for row in rows]

    def code(self, order: Placed) -> str:
        """Return the one code that was given for an order."""
        (found,) = self.given(order)
        return found.code

    def codes_that_hold(self, *codes: str) -> list[bool]:
        """Tell of each code whether the host would take it."""
        rows = dict(
            self.shop.host.sql(
                "SELECT code, is_active FROM discount_vouchercode WHERE code = ANY (%s)",
                list(codes),
            )
        )
        return [rows[code] for code in codes]

    def shown(self, order: Placed) -> Json | None:
        """Return the offer as the API shows it with the order's one backorder."""
        key = {"id": self.shop.backorder(order)["id"]}
        found: Json | None = self.shop.ask_plugin(OFFER, key, self.shop.staff)["offer"]
        return found

    def uptake(self, **period: str) -> Json:
        """Return what became of the channel's vouchers."""
        values = {"channel": self.shop.channel.slug, "period": period}
        found: Json = self.shop.ask_plugin(UPTAKE, values, self.shop.staff)
        return found

    # at the checkout

    def cart(self, units: int = 2, email: str = ADA, **how: Any) -> str:
        """Fill a cart with goods that are there, at 10.00 each and 5.00 for the transport."""
        made = self.shop.fill_cart(units, variant=self.goods, email=email, **how).must()
        cart: str = made["checkout"]["id"]
        return cart

    def enter(self, cart: str, code: str) -> Answer:
        """Enter a code at the checkout."""
        return self.shop.tell(CHECKOUT_ADD_PROMO_CODE, {"id": cart, "code": code})

    def cart_with(self, code: str, units: int = 2, **how: Any) -> str:
        """Fill a cart and enter a code that has to be taken."""
        cart = self.cart(units, **how)
        self.enter(cart, code).must()
        return cart

    def change(self, cart: str, units: int) -> Decimal:
        """Put another number of the goods into a cart; return what it comes to."""
        lines = [{"variantId": self.goods.id, "quantity": units}]
        changed = self.shop.tell(CHECKOUT_LINES_UPDATE, {"id": cart, "lines": lines}).must()
        return Decimal(str(changed["checkout"]["totalPrice"]["gross"]["amount"]))

    def total(self, completed: Answer) -> Decimal:
        """Return what the order of a completed checkout comes to."""
        return money_of(self.shop, completed.must()["order"]["id"]).total

    def want_payment(self) -> None:
        """Let the channel take no unpaid orders."""
        self.shop.host.sql(
            "UPDATE channel_channel SET allow_unpaid_orders = false WHERE id = %s",
            self.shop.channel.pk,
        )

    def pay(self, cart: str, amount: str) -> None:
        """Pay for a checkout in the older way."""
        values = {"gateway": "mirumee.payments.dummy", "token": "charged", "amount": amount}
        self.shop.tell(CHECKOUT_PAYMENT_CREATE, {"id": cart, "input": values}).must()

    def desk(self, order: Placed) -> Desk:
        """Stand between an order and whoever decides about it."""
        return Desk(self.shop, order)

    def move(self, code: str, **days: str) -> None:
        """Move the start or the end of a code's voucher by an interval."""
        for column, interval in days.items():
            self.shop.host.sql(
                f"UPDATE discount_voucher SET {column} = now() + %s::interval"
                " WHERE id = (SELECT voucher_id FROM discount_vouchercode WHERE code = %s)",
                interval, code,
            )  # fmt: skip

    def preview(self, units: int) -> Json | None:
        """Return what a shopper is shown that waiting brings."""
        items = [{"variantId": self.shop.variant.id, "quantity": units}]
        values = {"items": items, "channel": self.shop.channel.slug}
        (found,) = self.shop.ask_plugin(PREVIEW, values)
        offer: Json | None = found["offer"]
        return offer

    def orders(self) -> int:
        """Return how many orders the channel has."""
        ((count,),) = self.shop.host.sql(
            "SELECT count(*) FROM order_order WHERE channel_id = %s", self.shop.channel.pk
        )
        return int(count)


def refusals(answer: Answer) -> list[tuple[str | None, str]]:
    """Return field and code of each refusal."""
    assert not answer.crashes, answer.crashes
    return [(error["field"], error["code"]) for error in answer.errors]
