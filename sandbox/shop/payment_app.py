"""A payment app that takes money, and sends it back when it is asked to.

Like a careful payment app it answers the same request with the same reference, however often it
is asked; and it can be told to refuse, to see what becomes of a refund that is refused.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sandbox.apps.app.models import App, AppToken
from sandbox.apps.permission.models import Permission
from sandbox.apps.webhook.models import Webhook, WebhookEvent
from sandbox.money import requests
from sandbox.shop import documents
from sandbox.shop.api import Api, Json

PATH = "payment-app/refund/"
NAME = "Payments"
TOKEN = "the-token-of-the-payment-app"
REFUSING = "sandbox:refunds-are-refused"
REFUSAL = "Refunds are refused."
SUBSCRIPTION = """
subscription {
  event {
    ... on TransactionRefundRequested {
      action { amount }
      grantedRefund { transactionEvents { createdAt idempotencyKey } }
    }
  }
}
"""


@transaction.atomic
def install(base: str) -> None:
    """Install the app where it is missing, and tell it the shop's address."""
    app = App.objects.filter(name=NAME).first() or _install()
    app.webhooks.update(target_url=f"{base}/{PATH}")


def _install() -> App:
    app = App.objects.create(name=NAME)
    app.permissions.set(
        Permission.objects.filter(codename__in=("handle_payments", "manage_orders"))
    )
    token = AppToken(app=app, name="payment-app")
    token.set_auth_token(TOKEN)
    token.save()
    webhook = Webhook.objects.create(name="refunds", app=app, subscription_query=SUBSCRIPTION)
    WebhookEvent.objects.create(webhook=webhook, event_type=requests.EVENT)
    return app


def take_payment(api: Api, order: Json) -> None:
    """Charge an order's total, as a payment app reports it."""
    api.signed_in(TOKEN).main(
        documents.TRANSACTION_CREATE,
        id=order["id"],
        transaction={
            "name": "Card",
            "pspReference": f"charge-{order['number']}",
            "availableActions": ["REFUND"],
            "amountCharged": order["total"]["gross"],
        },
    )


def refuses_refunds() -> bool:
    """Tell whether refunds are refused."""
    return bool(cache.get(REFUSING))


def toggle_refusals() -> None:
    """Refuse refunds from now on, or pay them again."""
    cache.set(REFUSING, not refuses_refunds(), timeout=None)


@csrf_exempt
@require_POST
def refund(request: HttpRequest) -> HttpResponse:
    """Answer a request to send money back."""
    asked = json.loads(request.body)
    key = _key(asked["grantedRefund"])
    if refuses_refunds():
        refused = {"result": "REFUND_FAILURE", "message": REFUSAL}
        return JsonResponse({**refused, "pspReference": f"refused-{key}"})
    return JsonResponse({"result": "REFUND_SUCCESS", "pspReference": f"refund-{key}"})


def _key(granted: Any) -> str:
    """Return the idempotency key of the newest request."""
    keyed = [event for event in granted["transactionEvents"] if event["idempotencyKey"]]
    key: str = max(keyed, key=lambda event: str(event["createdAt"]))["idempotencyKey"]
    return key
