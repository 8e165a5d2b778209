from __future__ import annotations

from typing import Any

from sandbox.apps.order.models import Order, OrderEvent, OrderLine
from sandbox.graphql import auth
from sandbox.graphql.registry import resolver


@resolver("Order.events")
def resolve_events(root: Order, info: Any) -> list[OrderEvent]:
    auth.require(info.context, "order.manage_orders")
    return list(root.events.all())


@resolver("OrderEvent.message")
@resolver("OrderEvent.paymentId")
@resolver("OrderEvent.paymentGateway")
@resolver("OrderEvent.transactionReference")
@resolver("OrderEvent.shippingCostsIncluded")
@resolver("OrderEvent.reference")
@resolver("OrderEvent.amount")
def resolve_parameter(root: OrderEvent, info: Any) -> Any:
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in info.field_name)
    return root.parameters.get(name)


@resolver("OrderEvent.relatedOrder")
def resolve_related_order(root: OrderEvent, _info: Any) -> Order | None:
    return Order.objects.filter(pk=root.parameters.get("related_order_pk")).first()


@resolver("OrderEvent.lines")
def resolve_lines(root: OrderEvent, _info: Any) -> list[dict[str, Any]] | None:
    lines = root.parameters.get("lines")
    if lines is None:
        return None
    found = OrderLine.objects.in_bulk([line["line_pk"] for line in lines])
    by_key = {str(key): line for key, line in found.items()}
    return [
        {
            "quantity": line["quantity"],
            "itemName": line["item"],
            "orderLine": by_key.get(line["line_pk"]),
        }
        for line in lines
    ]
