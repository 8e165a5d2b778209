from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from sandbox.apps.order.models import Order

DRAFT = "draft"
UNCONFIRMED = "unconfirmed"
UNFULFILLED = "unfulfilled"
PARTIALLY_FULFILLED = "partially fulfilled"
PARTIALLY_RETURNED = "partially_returned"
RETURNED = "returned"
FULFILLED = "fulfilled"
CANCELED = "canceled"

# Of fulfilments, where the word is not the same.
REFUNDED = "refunded"
REPLACED = "replaced"
REFUNDED_AND_RETURNED = "refunded_and_returned"
WAITING_FOR_APPROVAL = "waiting_for_approval"


def initial(*, confirm: bool | None) -> str:
    """Return the status of an order that was just placed."""
    return UNFULFILLED if confirm else UNCONFIRMED


@transaction.atomic
def refresh(order: Order) -> None:
    """Set an order's status by what was dispatched and what came back."""
    locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    status = _status(locked)
    if status != locked.status:
        order.status = locked.status = status
        locked.save(update_fields=["status", "updated_at"])


def _status(order: Order) -> str:
    lines = order.lines.aggregate(quantity=Sum("quantity"), fulfilled=Sum("quantity_fulfilled"))
    moved = dict(
        order.fulfillments.order_by().values_list("status").annotate(Sum("lines__quantity"))
    )
    replaced = moved.get(REPLACED) or 0
    returned = (moved.get(RETURNED) or 0) + (moved.get(REFUNDED_AND_RETURNED) or 0)
    total = (lines["quantity"] or 0) - replaced
    dispatched = (lines["fulfilled"] or 0) - replaced - (moved.get(WAITING_FOR_APPROVAL) or 0)
    if total == 0:
        return order.status
    if dispatched <= 0:
        return UNFULFILLED
    if returned == total:
        return RETURNED
    if returned > 0:
        return PARTIALLY_RETURNED
    return FULFILLED if dispatched >= total else PARTIALLY_FULFILLED
