"""Let a test call the port to the host, and read an order's money as the API tells it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.acceptance.shop import Placed, Shop, Thing
from tests.hosts.base import Json

NOBODY: Json = {}

ORDER_MONEY = """
query OrderMoney($id: ID!) {
  order(id: $id) {
    id number status chargeStatus
    total { gross { amount } net { amount } }
    subtotal { gross { amount } }
    shippingPrice { gross { amount } }
    totalCharged { amount }
    totalGrantedRefund { amount }
    events { type amount message }
    fulfillments { status totalRefundedAmount { amount } lines { quantity } }
    grantedRefunds {
      status reason shippingCostsIncluded
      amount { amount }
      lines { quantity orderLine { id } }
    }
    transactions {
      chargedAmount { amount } refundedAmount { amount } refundPendingAmount { amount }
    }
    lines {
      quantity quantityToFulfill
      variant { id }
      totalPrice { gross { amount } net { amount } }
      allocations { quantity warehouse { slug } }
    }
  }
}
"""

CHECKOUT_ADD_PROMO_CODE = """
mutation CheckoutAddPromoCode($id: ID!, $code: String!) {
  checkoutAddPromoCode(id: $id, promoCode: $code) {
    checkout { id totalPrice { gross { amount } } }
    errors { field message code }
  }
}
"""


def key_of(global_id: str) -> str:
    """Return the database key in a global id."""
    return base64.b64decode(global_id).decode().partition(":")[2]


def cents(money: Json) -> Decimal:
    """Return an amount of the API, to the cent."""
    return Decimal(str(money["amount"])).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Money:
    """Hold what the API tells of an order's money."""

    raw: Json

    @property
    def status(self) -> str:
        """Return the order's status."""
        status: str = self.raw["status"]
        return status

    @property
    def charge_status(self) -> str:
        """Return how far the order is paid."""
        status: str = self.raw["chargeStatus"]
        return status

    @property
    def total(self) -> Decimal:
        """Return the order's gross total."""
        return cents(self.raw["total"]["gross"])

    @property
    def charged(self) -> Decimal:
        """Return what was paid and not given back."""
        return cents(self.raw["totalCharged"])

    @property
    def fulfillments(self) -> list[tuple[str, Decimal | None, int]]:
        """Return status, amount given back and units of every fulfilment."""
        return [
            (
                each["status"],
                each["totalRefundedAmount"] and cents(each["totalRefundedAmount"]),
                sum(line["quantity"] for line in each["lines"]),
            )
            for each in self.raw["fulfillments"]
        ]

    @property
    def granted(self) -> list[tuple[Decimal, str]]:
        """Return amount and status of every granted refund."""
        return [(cents(each["amount"]), each["status"]) for each in self.raw["grantedRefunds"]]

    @property
    def transactions(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """Return what each transaction holds, has given back, and is giving back."""
        names = ("chargedAmount", "refundedAmount", "refundPendingAmount")
        return [
            (cents(each[names[0]]), cents(each[names[1]]), cents(each[names[2]]))
            for each in self.raw["transactions"]
        ]

    def events(self, kind: str) -> list[Json]:
        """Return the events of one type."""
        return [event for event in self.raw["events"] if event["type"] == kind]


class Office:
    """Do with an order what the plugin's services do, through the port."""

    def __init__(self, shop: Shop, order: Placed) -> None:
        self.shop = shop
        self.order = order
        self.key = f"refund-{key_of(order.id)}"

    def money(self) -> Money:
        """Read the order's money."""
        return money_of(self.shop, self.order.id)

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method of the port."""
        return self.shop.host.door("host", method=method, arguments=arguments)

    def release(self, quantity: int, amount: str) -> Any:
        """Take units off the first line."""
        return self.call(
            "orders.release_units",
            order_line_id=key_of(self.order.line),
            quantity=quantity,
            amount=amount,
            reason="Too late",
            actor=NOBODY,
        )

    def replace(self, variant: Thing, quantity: int, most: str, dearer: bool = False) -> Any:
        """Put another variant in place of units of the first line."""
        return self.call(
            "orders.replace_units",
            exchange={
                "order_line_id": key_of(self.order.line),
                "quantity": quantity,
                "variant_id": variant.pk,
                "most": most,
                "dearer_at_same_price": dearer,
                "reason": "Had enough",
            },
            actor=NOBODY,
        )

    def grant(self, amount: str, units: int = 0, shipping: bool = False) -> list[Json]:
        """Write down that money is owed."""
        parts: list[Json] = self.call(
            "refunds.grant",
            grant={
                "order_id": key_of(self.order.id),
                "amount": amount,
                "lines": [(key_of(self.order.line), units)] if units else [],
                "with_shipping": shipping,
                "reason": "Too late",
            },
            actor=NOBODY,
        )
        return parts

    def ask(self, part: Json) -> tuple[str, str]:
        """Ask for a part of the money, and return the answer."""
        answer = self.call("refunds.request", part=part, key=self.key, actor=NOBODY)
        return answer["outcome"], answer["message"]

    def outcome(self, part: Json) -> str:
        """Return what the host knows of a part of the money."""
        outcome: str = self.call("refunds.outcome", part=part, key=self.key)["outcome"]
        return outcome

    def charge(self, amount: str, app: Json | None = None) -> Json:
        """Let the order be paid by a transaction."""
        key = app["pk"] if app else None
        return self.shop.host.seed("charge", order=self.order.id, amount=amount, app=key)

    def pay_legacy(self, amount: str, **how: Any) -> Json:
        """Let the order be paid by a payment of the older kind."""
        return self.shop.host.seed("pay_legacy", order=self.order.id, amount=amount, **how)


def money_of(shop: Shop, order_id: str) -> Money:
    """Read an order's money."""
    return Money(shop.ask(ORDER_MONEY, {"id": order_id}, shop.staff))
