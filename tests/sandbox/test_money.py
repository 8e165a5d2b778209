from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.apps.app.models import App, AppToken
from sandbox.apps.order.models import Order
from sandbox.apps.payment.models import Payment, TransactionEvent, TransactionItem
from sandbox.apps.permission.models import Permission
from sandbox.apps.webhook.models import Webhook, WebhookEvent
from sandbox.graphql.ids import from_global_id
from sandbox.graphql.subscriptions import payload
from sandbox.money import charge, requests, transactions
from sandbox.orders.events import Actor
from tests.sandbox.conftest import Shop

PAID = """
query Paid($id: ID!) {
  order(id: $id) {
    status isPaid chargeStatus authorizeStatus
    totalCharged { amount } totalAuthorized { amount } totalBalance { amount }
    totalRefunded { amount } totalRefundPending { amount }
    events { type transactionReference app { name } user { email } }
    payments { gateway chargeStatus capturedAmount { amount } transactions { kind isSuccess } }
    transactions { id token name actions chargedAmount { amount } events { type message } }
  }
}
"""
MARK = """
mutation Mark($id: ID!) {
  orderMarkAsPaid(id: $id, transactionReference: "cash") {
    order { id } errors { field code message }
  }
}
"""
CREATE = """
mutation Create($id: ID!, $transaction: TransactionCreateInput!) {
  transactionCreate(id: $id, transaction: $transaction) {
    transaction { id token } errors { field code message }
  }
}
"""
REPORT = """
mutation Report(
  $id: ID, $token: UUID, $psp: String!, $type: TransactionEventTypeEnum!, $amount: PositiveDecimal
) {
  transactionEventReport(
    id: $id, token: $token, pspReference: $psp, type: $type, amount: $amount,
    availableActions: [REFUND]
  ) {
    alreadyProcessed
    transaction { actions chargedAmount { amount } refundedAmount { amount } }
    transactionEvent { type amount { amount } }
    errors { field code message }
  }
}
"""


NOBODY = Actor()


def order_of(bought: Any) -> Any:
    return Order.objects.get(pk=from_global_id(bought["id"])[1])


@pytest.fixture
def order(shop: Shop) -> Any:
    """Sell three at 10.00, and 5.00 for the transport."""
    shop.warehouse("shelf", 5)
    return shop.buy(3)


@pytest.fixture
def app(shop: Shop) -> Any:
    """Let the shop's requests come from an app."""
    made = App.objects.create(name="Payments", identifier="payments")
    made.permissions.set(Permission.objects.all())
    token = AppToken(app=made)
    token.set_auth_token("secret-of-the-app")
    token.save()
    shop.token = "secret-of-the-app"
    return made


def charged(shop: Shop, order: Any, amount: Any, **more: Any) -> Any:
    money = {"amount": amount, "currency": "USD"}
    answer = shop.run(
        CREATE, id=order["id"], transaction={"amountCharged": money, "name": "Card", **more}
    )
    assert answer["errors"] == []
    return answer["transaction"]


def paid(shop: Shop, order: Any) -> Any:
    return shop.ask(PAID, id=order["id"])["data"]["order"]


def report(shop: Shop, item: Any, psp: Any, kind: Any, amount: Any) -> Any:
    return shop.run(REPORT, id=item["id"], psp=psp, type=kind, amount=amount)


def test_order__begins_unpaid(shop: Shop, order: Any) -> None:
    found = paid(shop, order)

    assert (found["chargeStatus"], found["authorizeStatus"]) == ("NONE", "NONE")
    assert found["totalBalance"] == {"amount": -35}
    assert [event["type"] for event in found["events"]] == ["PLACED", "CONFIRMED"]


@pytest.mark.parametrize(
    ("amount", "status"), [(0.01, "PARTIAL"), (35, "FULL"), (35.01, "OVERCHARGED")]
)
def test_transaction__says_how_far_an_order_is_paid(
    shop: Shop, order: Any, amount: Any, status: Any
) -> None:
    charged(shop, order, amount)

    found = paid(shop, order)
    assert (found["chargeStatus"], found["totalCharged"]["amount"]) == (status, amount)
    assert found["isPaid"] is (status != "PARTIAL")
    (item,) = found["transactions"]
    assert item["events"] == [
        {"type": "CHARGE_SUCCESS", "message": "Manual adjustment of the transaction."}
    ]


def test_transaction__confirms_an_order_that_was_placed_unpaid(shop: Shop, order: Any) -> None:
    assert order["status"] == "UNCONFIRMED"

    charged(shop, order, 35)

    assert paid(shop, order)["status"] == "UNFULFILLED"


def test_transaction__in_another_currency_is_refused(shop: Shop, order: Any) -> None:
    money = {"amount": 35, "currency": "EUR"}

    answer = shop.run(CREATE, id=order["id"], transaction={"amountCharged": money})

    assert [each["code"] for each in answer["errors"]] == ["INCORRECT_CURRENCY"]
    assert not TransactionItem.objects.exists()


def test_checkout__that_was_paid_becomes_a_paid_order(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    shop.channel.allow_unpaid_orders = False
    shop.channel.save()
    cart = shop.ready_cart(3)
    charged(shop, {"id": cart}, 34.99)

    refused = shop.complete(cart)
    charged(shop, {"id": cart}, 0.01)
    placed = shop.complete(cart)["order"]

    assert [each["code"] for each in refused["errors"]] == ["CHECKOUT_NOT_FULLY_PAID"]
    assert placed["status"] == "UNFULFILLED"
    assert paid(shop, placed)["chargeStatus"] == "FULL"


def test_granted_refund__lowers_what_is_due(shop: Shop, order: Any) -> None:
    charged(shop, order, 35)
    row = order_of(order)
    row.granted_refunds.create(amount_value=10, currency="USD")

    charge.refresh(row)

    assert paid(shop, order)["chargeStatus"] == "OVERCHARGED"
    assert paid(shop, order)["totalBalance"] == {"amount": 10}


def test_report__of_the_same_event_changes_nothing(shop: Shop, order: Any) -> None:
    item = charged(shop, order, 35)

    first = report(shop, item, "psp", "REFUND_SUCCESS", 10)
    again = report(shop, item, "psp", "REFUND_SUCCESS", 10)

    assert (first["alreadyProcessed"], again["alreadyProcessed"]) == (False, True)
    assert again["transaction"] == {
        "actions": ["REFUND"],
        "chargedAmount": {"amount": 25},
        "refundedAmount": {"amount": 10},
    }
    assert paid(shop, order)["totalRefunded"] == {"amount": 10}
    assert paid(shop, order)["chargeStatus"] == "PARTIAL"


def test_report__of_the_same_event_with_another_amount_is_refused(shop: Shop, order: Any) -> None:
    item = charged(shop, order, 35)
    report(shop, item, "psp", "REFUND_SUCCESS", 10)

    (error,) = report(shop, item, "psp", "REFUND_SUCCESS", 11)["errors"]

    assert (error["field"], error["code"]) == ("pspReference", "INCORRECT_DETAILS")
    assert paid(shop, order)["totalRefunded"] == {"amount": 10}


def test_report__needs_an_amount(shop: Shop, order: Any) -> None:
    item = charged(shop, order, 35)

    (error,) = report(shop, item, "psp", "CHARGE_SUCCESS", None)["errors"]

    assert (error["field"], error["code"]) == ("amount", "REQUIRED")


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        (["REFUND_REQUEST"], (25, 0, 10)),
        (["REFUND_REQUEST", "REFUND_FAILURE"], (35, 0, 0)),
        (["REFUND_REQUEST", "REFUND_SUCCESS"], (25, 10, 0)),
        (["REFUND_SUCCESS", "REFUND_FAILURE"], (35, 0, 0)),
        (["REFUND_SUCCESS", "REFUND_REVERSE"], (35, 0, 0)),
        (["CHARGE_BACK"], (25, 0, 0)),
    ],
)
def test_amounts__follow_from_what_was_reported(
    shop: Shop, order: Any, steps: Any, held: Any
) -> None:
    item = charged(shop, order, 35)

    for step in steps:
        assert report(shop, item, "psp", step, 10)["errors"] == []

    row = TransactionItem.objects.get()
    assert (row.charged_value, row.refunded_value, row.refund_pending_value) == held


def test_app__reports_on_its_own_transactions_only(shop: Shop, order: Any, app: Any) -> None:
    item = charged(shop, order, 35)
    stranger = App.objects.create(name="Stranger", identifier="stranger")
    TransactionItem.objects.update(app=stranger, app_identifier="stranger")

    answer = shop.ask(REPORT, id=item["id"], psp="psp", type="CHARGE_SUCCESS", amount=1)

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert TransactionEvent.objects.count() == 1


def test_staff__cannot_report_on_what_belongs_to_an_app(shop: Shop, order: Any) -> None:
    item = charged(shop, order, 35)
    TransactionItem.objects.update(app=App.objects.create(name="Payments"))

    answer = shop.ask(REPORT, id=item["id"], psp="psp", type="CHARGE_SUCCESS", amount=1)

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert TransactionEvent.objects.count() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"removed_at": "2026-01-01T00:00Z"}])
def test_app__that_is_gone_may_do_nothing(shop: Shop, order: Any, app: Any, change: Any) -> None:
    App.objects.update(**change)

    answer = shop.ask(CREATE, id=order["id"], transaction={})

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


@pytest.mark.parametrize("strategy", ["payment_flow", "transaction_flow"])
def test_mark_as_paid__is_written_down_as_the_channel_wants(
    shop: Shop, order: Any, strategy: Any
) -> None:
    shop.channel.order_mark_as_paid_strategy = strategy
    shop.channel.save()

    first, again = (shop.run(MARK, id=order["id"]) for _ in range(2))

    assert first["errors"] == []
    assert [each["code"] for each in again["errors"]] == [
        "PAYMENT_ERROR" if strategy == "payment_flow" else "TRANSACTION_ERROR"
    ]
    found = paid(shop, order)
    assert found["chargeStatus"] == "FULL"
    assert found["events"][-1]["type"] == "ORDER_MARKED_AS_PAID"
    assert found["events"][-1]["transactionReference"] == "cash"
    assert (Payment.objects.count(), TransactionItem.objects.count()) == (
        (1, 0) if strategy == "payment_flow" else (0, 1)
    )


def webhook(app: Any, url: Any = "http://127.0.0.1:9/") -> Any:
    made = Webhook.objects.create(
        app=app,
        target_url=url,
        subscription_query="""
            subscription {
              event {
                recipient { name }
                ... on TransactionRefundRequested {
                  action { actionType amount currency }
                  transaction { order { userEmail total { gross { amount } } } }
                  grantedRefund { id }
                }
              }
            }
        """,
    )
    WebhookEvent.objects.create(webhook=made, event_type=requests.EVENT)
    return made


def refund_request(order: Any, app: Any) -> Any:
    item = transactions.create(order_of(order), Decimal(35), who=NOBODY)
    TransactionItem.objects.update(app=app)
    item.refresh_from_db()
    return item.events.create(type="refund_request", amount_value=Decimal(10), currency="USD")


def test_payload__holds_what_the_subscription_asks_for(shop: Shop, order: Any, app: Any) -> None:
    sent = payload(webhook(app), refund_request(order, app))

    assert sent == {
        "recipient": {"name": "Payments"},
        "action": {"actionType": "REFUND", "amount": 10.0, "currency": "USD"},
        "transaction": {
            "order": {"userEmail": "shopper@example.com", "total": {"gross": {"amount": 35.0}}}
        },
        "grantedRefund": None,
    }


def test_request__to_an_app_that_cannot_be_reached_is_a_failure_that_counts_for_nothing(
    shop: Shop, order: Any, app: Any
) -> None:
    webhook(app)
    event = refund_request(order, app)

    requests.request_refund(event, NOBODY)

    last = TransactionEvent.objects.latest("pk")
    assert (last.type, last.message) == ("refund_failure", "Failed to delivery request.")
    assert not last.include_in_calculations
    event.transaction.refresh_from_db()
    assert event.transaction.charged_value == 35


def test_request__without_the_permission_reaches_nobody(shop: Shop, order: Any, app: Any) -> None:
    webhook(app)
    app.permissions.clear()

    with pytest.raises(requests.NobodyThereError):
        requests.request_refund(refund_request(order, app), NOBODY)

    assert TransactionEvent.objects.latest("pk").message == requests.NOBODY_THERE
