from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.graphql.registry import resolver, snake_case
from sandbox.money.price import Price


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    """Show an amount of money."""
    return {"amount": float(amount), "currency": currency}


def taxed_money(price: Price, currency: str) -> dict[str, Any]:
    """Show a price with its tax."""
    return {
        "gross": money(price.gross, currency),
        "net": money(price.net, currency),
        "tax": money(price.gross - price.net, currency),
    }


def _amount(path: str, name: str) -> None:
    """Register the attribute that holds the amount of a field."""
    resolver(path)(lambda root, _info: money(getattr(root, name), root.currency))


def _price(path: str) -> None:
    """Register a price that is stored with and without tax under the field's name."""
    name = snake_case(path.partition(".")[2])

    def resolve(root: Any, _info: Any) -> dict[str, Any]:
        net, gross = (getattr(root, f"{name}_{kind}_amount") for kind in ("net", "gross"))
        return taxed_money(Price(net, gross), root.currency)

    resolver(path)(resolve)


_amount("Order.totalCharged", "total_charged_amount")
_amount("Order.totalAuthorized", "total_authorized_amount")
_amount("OrderGrantedRefund.amount", "amount_value")
_amount("Payment.capturedAmount", "captured_amount")
_amount("TransactionEvent.amount", "amount_value")
_amount("TransactionItem.chargedAmount", "charged_value")
_amount("TransactionItem.refundedAmount", "refunded_value")
_amount("TransactionItem.refundPendingAmount", "refund_pending_value")
for _name in ("total", "subtotal", "undiscountedTotal", "shippingPrice"):
    _price(f"Order.{_name}")
for _name in ("unitPrice", "undiscountedUnitPrice", "totalPrice"):
    _price(f"OrderLine.{_name}")
