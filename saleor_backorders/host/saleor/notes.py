"""What Saleor's order keeps of why something was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from saleor.order import events
from saleor.order.models import Order

from saleor_backorders.host.people import people
from saleor_backorders.host.port import Actor


def add_note(*, order_id: UUID, message: str, actor: Actor) -> None:
    """Leave a note in an order's history."""
    user, app = people(actor)
    order = Order.objects.get(pk=order_id)
    events.order_note_added_event(order=order, user=user, app=app, message=message)


def give_reason(fulfillment: Any, reason: str, actor: Actor) -> None:
    """Write down why, in a note where this Saleor's fulfilments have no place for it."""
    if not reason:
        return
    if any(field.name == "reason" for field in fulfillment._meta.concrete_fields):
        fulfillment.reason = reason
        fulfillment.save(update_fields=["reason"])
    else:
        add_note(order_id=fulfillment.order_id, message=reason, actor=actor)
