"""What customers and staff decide: cancel, keep waiting, have it sent, switch."""

from __future__ import annotations

from functools import partial
from typing import Any

from saleor_backorders import errors
from saleor_backorders.cancellations import cancel, delay_answers, locking, switch
from saleor_backorders.queue import backorder_list

from . import access, backorder_type, context, ids, permissions
from .context import PRIMARY, Asking, mutation

_refuse_backorders = partial(backorder_type.BackordersPayload, backorders=[])


@mutation(backorder_type.BackorderPayload)
def backorder_cancel(
    asking: Asking,
    *,
    id: str | None = None,
    token: str | None = None,
    quantity: int | None = None,
    reason: str | None = None,
    idempotency_key: str | None = None,
) -> Any:
    """Cancel what waits of a line."""
    granted = access.to_backorder(asking, id=id, token=token)
    cancel.cancel(
        host=asking.host,
        backorder_id=granted.backorder_id,
        quantity=quantity,
        reason=reason or "",
        actor=granted.actor,
        by=granted.by,
        now=asking.now,
        idempotency_key=idempotency_key or None,
    )
    return backorder_type.payload(asking, granted.backorder_id)


@mutation(backorder_type.BackorderPayload)
def backorder_accept_delay(
    asking: Asking,
    *,
    id: str | None = None,
    token: str | None = None,
) -> Any:
    """Keep waiting."""
    granted = access.to_backorder(asking, id=id, token=token)
    delay_answers.accept_delay(backorder_id=granted.backorder_id, by=granted.by, now=asking.now)
    return backorder_type.payload(asking, granted.backorder_id)


@mutation(backorder_type.BackorderPayload)
def backorder_take_available(
    asking: Asking,
    *,
    id: str | None = None,
    token: str | None = None,
) -> Any:
    """Ask for what has arrived."""
    granted = access.to_backorder(asking, id=id, token=token)
    delay_answers.take_available(
        host=asking.host, backorder_id=granted.backorder_id, actor=granted.actor, now=asking.now
    )
    return backorder_type.payload(asking, granted.backorder_id)


@mutation(backorder_type.BackorderPayload)
def backorder_switch(
    asking: Asking,
    *,
    variant_id: str,
    id: str | None = None,
    token: str | None = None,
) -> Any:
    """Exchange what waits for another variant."""
    granted = access.to_backorder(asking, id=id, token=token)
    done = switch.switch(
        host=asking.host,
        backorder_id=granted.backorder_id,
        variant_id=ids.integer(variant_id, kind="ProductVariant", field="variantId"),
        actor=granted.actor,
        by=granted.by,
        now=asking.now,
    )
    shown = backorder_type.payload(asking, granted.backorder_id)
    shown.replacement_order_id = ids.encode("Order", done.order_id)
    return shown


@mutation(_refuse_backorders)
def order_backorders_cancel(asking: Asking, *, order_id: str, reason: str | None = None) -> Any:
    """Cancel what waits of an order."""
    key = ids.uuid(order_id, kind="Order", field="orderId")
    exists, owner_id = backorder_list.owner_of_order(order_id=key, using=PRIMARY)
    who = asking.requester
    permissions.require_reader(who, owner_id=owner_id)
    if not exists:
        raise errors.NotFound(kind="Order", key=key, field="orderId")
    owns = owner_id is not None and owner_id == who.user_id
    cancel.cancel_order(
        host=asking.host,
        order_id=key,
        reason=reason or "",
        actor=context.actor(asking),
        by=locking.CUSTOMER if owns else locking.STAFF,
        now=asking.now,
    )
    rows = backorder_list.of_order(order_id=key, using=PRIMARY)
    return backorder_type.BackordersPayload(
        backorders=backorder_type.show_all(rows, today=asking.today), errors=[]
    )
