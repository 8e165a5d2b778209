"""What a webhook's subscription query asks for, as Saleor sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import GraphQLSchema, execute, parse

from sandbox.apps.app.models import App
from sandbox.apps.order.models import OrderGrantedRefund
from sandbox.apps.payment.models import TransactionEvent, TransactionItem
from sandbox.apps.webhook.models import Webhook
from sandbox.graphql.engine import schema


@dataclass
class TransactionRefundRequested:
    """The event that asks an app to send money back."""

    transaction: TransactionItem
    action: dict[str, Any]
    granted_refund: OrderGrantedRefund | None
    recipient: App
    version: str = "3.23"


@dataclass
class _Context:
    """An app that looks at the shop."""

    app: App
    sandbox_permissions: frozenset[str]
    user: None = None
    headers: dict[str, str] = field(default_factory=dict)


@cache
def _events() -> GraphQLSchema:
    """Return the schema in which a subscription is a question that is answered once."""
    built = schema()
    return GraphQLSchema(
        query=built.get_type("Subscription"), types=list(built.get_type_map().values())
    )


def payload(webhook: Webhook, event: TransactionEvent) -> Any:
    """Return what a webhook wants to know of a refund request."""
    document = parse(webhook.subscription_query or "")
    for definition in document.definitions:
        if getattr(definition, "operation", None) == "subscription":
            definition.operation = "query"
    subject = TransactionRefundRequested(
        transaction=event.transaction,
        action={
            "actionType": "REFUND",
            "amount": event.amount_value,
            "currency": event.currency,
        },
        granted_refund=event.related_granted_refund,
        recipient=webhook.app,
    )
    context = _Context(webhook.app, webhook.app.permission_names())
    result = execute(_events(), document, root_value={"event": subject}, context_value=context)
    if result.errors:
        raise result.errors[0]
    return result.data["event"]
