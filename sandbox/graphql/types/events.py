from __future__ import annotations

from typing import Any

from sandbox.apps.order.models import Order, OrderEvent
from sandbox.graphql import auth
from sandbox.graphql.registry import resolver, snake_case


@resolver("Order.events")
def resolve_events(root: Order, info: Any) -> list[OrderEvent]:
    auth.require(info.context, "order.manage_orders")
    return list(root.events.all())


@resolver("OrderEvent.message")
@resolver("OrderEvent.transactionReference")
@resolver("OrderEvent.amount")
def resolve_parameter(root: OrderEvent, info: Any) -> Any:
    return root.parameters.get(snake_case(info.field_name))
