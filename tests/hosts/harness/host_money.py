"""Put money into a host: apps that hold it, payments of both kinds, vouchers, taxes."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string
from host_make import Json, make, named

# What the app has to know to keep its idempotency keys.
SUBSCRIPTION = """
subscription {
  event {
    ... on TransactionRefundRequested {
      action { actionType amount currency }
      transaction { id token pspReference }
      grantedRefund { id transactionEvents { type createdAt idempotencyKey } }
    }
  }
}
"""
REFUSING_TOKEN = "refuse"


def payment_app(url: str | None, is_active: bool = True) -> Json:
    """Make an app that may handle payments; without an address it hears of no refund."""
    made = make("app.App", name="Till", is_active=is_active, identifier="", type="local")
    rights = apps.get_model("permission", "Permission").objects.filter(
        codename__in=("handle_payments", "manage_orders")
    )
    made.permissions.set(rights)
    raw = secrets.token_hex(15)
    token = apps.get_model("app", "AppToken")(app=made, name="till")
    token.set_auth_token(raw)
    token.save()
    if url:
        webhook = make(
            "webhook.Webhook",
            name="refunds", app=made, target_url=url, is_active=True,
            subscription_query=SUBSCRIPTION,
        )  # fmt: skip
        make("webhook.WebhookEvent", webhook=webhook, event_type="transaction_refund_requested")
    return {**named(made), "token": raw}


def listener(url: str) -> Json:
    """Make an app that sends the shop's notifications."""
    made = make("app.App", name="Postman", is_active=True, identifier="", type="local")
    rights = apps.get_model("permission", "Permission").objects.filter(
        codename__in=("manage_users", "manage_orders")
    )
    made.permissions.set(rights)
    webhook = make("webhook.Webhook", name="mails", app=made, target_url=url, is_active=True)
    make("webhook.WebhookEvent", webhook=webhook, event_type="notify_user")
    return named(made)


def retire(app: int) -> Json:
    """Switch an app off."""
    apps.get_model("app", "App").objects.filter(pk=app).update(is_active=False)
    return {}


def charge(order: str, amount: str, app: int | None = None) -> Json:
    """Let an order be paid by a transaction, which an app holds unless it was made by hand."""
    found = _order(order)
    item = make(
        "payment.TransactionItem",
        order=found, app_id=app, name="Credit card", currency=found.currency,
        psp_reference=secrets.token_hex(8), charged_value=Decimal(amount),
        available_actions=["refund"],
    )  # fmt: skip
    # The host adds up what happened, not what the transaction says.
    make(
        "payment.TransactionEvent",
        transaction=item, type="charge_success", amount_value=Decimal(amount),
        currency=found.currency, psp_reference=item.psp_reference, app_id=app,
        include_in_calculations=True,
    )  # fmt: skip
    _recount(found)
    return {**named(item), "token": str(item.token)}


def pay_legacy(
    order: str, amount: str, gateway: str = "mirumee.payments.dummy", refuses: bool = False
) -> Json:
    """Let an order be paid by a payment of the older kind, captured; some refuse to give back."""
    found = _order(order)
    payment = make(
        "payment.Payment",
        order=found, gateway=gateway, is_active=True, charge_status="fully-charged",
        token=REFUSING_TOKEN if refuses else secrets.token_hex(8), total=Decimal(amount),
        captured_amount=Decimal(amount), currency=found.currency,
        billing_email=found.user_email,
    )  # fmt: skip
    # Saleor refuses to give back what no transaction of its own says was captured.
    kind = "external" if gateway == "manual" else "auth" if refuses else "capture"
    make(
        "payment.Transaction",
        payment=payment, token=payment.token, kind=kind, is_success=True,
        amount=Decimal(amount), currency=found.currency, gateway_response={},
        already_processed=True,
    )  # fmt: skip
    _recount(found)
    return named(payment)


def voucher(code: str, channel: int, unit: str, value: str) -> Json:
    """Make a voucher on a whole order, `unit` being percentage or fixed."""
    made = make("discount.Voucher", type="entire_order", discount_value_type=unit, name=code)
    make("discount.VoucherCode", voucher=made, code=code)
    make(
        "discount.VoucherChannelListing",
        voucher=made, channel_id=channel, discount_value=Decimal(value), currency="USD",
    )  # fmt: skip
    return named(made)


def taxes(
    channel: int, percent: str, prices_entered_with_tax: bool, variants: list[int], method: int
) -> Json:
    """Tax variants and a shipping method at a flat rate of their own."""
    settings = {
        "charge_taxes": True,
        "tax_calculation_strategy": "FLAT_RATES",
        "prices_entered_with_tax": prices_entered_with_tax,
    }
    found = apps.get_model("tax", "TaxConfiguration").objects.get(channel_id=channel)
    for name, value in settings.items():
        setattr(found, name, value)
    found.save()
    made = make("tax.TaxClass", name=f"{percent} %")
    make("tax.TaxClassCountryRate", tax_class=made, country="US", rate=Decimal(percent))
    products = apps.get_model("product", "Product").objects
    products.filter(variants__pk__in=variants).update(tax_class=made)
    apps.get_model("shipping", "ShippingMethod").objects.filter(pk=method).update(tax_class=made)
    return named(made)


def price(variant: int, channel: int, amount: str) -> Json:
    """Change what a variant costs."""
    listings = apps.get_model("product", "ProductVariantChannelListing").objects
    listings.filter(variant_id=variant, channel_id=channel).update(
        price_amount=Decimal(amount), discounted_price_amount=Decimal(amount)
    )
    return {}


def _order(global_id: str) -> Any:
    key = base64.b64decode(global_id).decode().partition(":")[2]
    return apps.get_model("order", "Order").objects.get(pk=key)


def _recount(order: Any) -> None:
    """Let the host say how far an order is paid."""
    saleor, sandbox = "saleor.order.utils.updates_amounts_for_order", "sandbox.money.charge.refresh"
    import_string(saleor if find_spec("saleor") else sandbox)(order)


MONEY_SEEDS: dict[str, Callable[..., Json]] = {
    "payment_app": payment_app,
    "listener": listener,
    "retire": retire,
    "charge": charge,
    "pay_legacy": pay_legacy,
    "voucher": voucher,
    "taxes": taxes,
    "price": price,
}
