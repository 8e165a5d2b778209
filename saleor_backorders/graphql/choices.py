"""What customers and staff decide about backorders: cancel, keep waiting, switch, refunds."""

from __future__ import annotations

from functools import partial
from typing import Any

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS, Actor
from saleor_backorders.models import Refund
from saleor_backorders.services import cancel, decide, queue, rate, refunds, releasing, switch

from . import access, ids, permissions, present, types
from .asking import PRIMARY, Asking, mutation, query

MOST_REFUNDS = 100
_refuse_refunds = partial(types.RefundsPayload, refunds=[])
_refuse_backorders = partial(types.BackordersPayload, backorders=[])


@mutation(types.BackorderPayload)
def backorder_cancel(
    asking: Asking,
    *,
    id: str | None = None,  # noqa: A002
    token: str | None = None,
    quantity: int | None = None,
    reason: str | None = None,
    idempotency_key: str | None = None,
) -> Any:
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
    return _payload(asking, granted.backorder_id)


@mutation(types.BackorderPayload)
def backorder_accept_delay(
    asking: Asking,
    *,
    id: str | None = None,  # noqa: A002
    token: str | None = None,
) -> Any:
    granted = access.to_backorder(asking, id=id, token=token)
    decide.accept_delay(
        backorder_id=granted.backorder_id, actor=granted.actor, by=granted.by, now=asking.now
    )
    return _payload(asking, granted.backorder_id)


@mutation(types.BackorderPayload)
def backorder_take_available(
    asking: Asking,
    *,
    id: str | None = None,  # noqa: A002
    token: str | None = None,
) -> Any:
    granted = access.to_backorder(asking, id=id, token=token)
    decide.take_available(
        host=asking.host, backorder_id=granted.backorder_id, actor=granted.actor, by=granted.by,
        now=asking.now,
    )  # fmt: skip
    return _payload(asking, granted.backorder_id)


@mutation(types.BackorderPayload)
def backorder_switch(
    asking: Asking,
    *,
    variant_id: str,
    id: str | None = None,  # noqa: A002
    token: str | None = None,
) -> Any:
    granted = access.to_backorder(asking, id=id, token=token)
    done = switch.switch(
        host=asking.host,
        backorder_id=granted.backorder_id,
        variant_id=ids.integer(variant_id, kind="ProductVariant", field="variantId"),
        actor=granted.actor,
        by=granted.by,
        now=asking.now,
    )
    shown = _payload(asking, granted.backorder_id)
    shown.replacement_order_id = ids.encode("Order", done.order_id)
    return shown


@mutation(types.BackorderPayload)
def backorder_rate(
    asking: Asking,
    *,
    score: int,
    id: str | None = None,  # noqa: A002
    token: str | None = None,
    comment: str | None = None,
) -> Any:
    key = access.to_rating(asking, id=id, token=token)
    rate.rate(backorder_id=key, score=score, comment=comment or "", now=asking.now)
    # Said twice in one request: the second answer shows the second score.
    asking.loaders.rating.clear(key)
    shown = _payload(asking, key)
    if token is not None:
        # A link to say how it was opens no link to decide.
        shown.backorder.link = None
    return shown


@mutation(_refuse_backorders)
def order_backorders_cancel(asking: Asking, *, order_id: str, reason: str | None = None) -> Any:
    key = ids.uuid(order_id, kind="Order", field="orderId")
    exists, owner_id = queue.owner_of_order(order_id=key, using=PRIMARY)
    who = asking.requester
    permissions.require_reader(who, owner_id=owner_id)
    if not exists:
        raise errors.NotFound(kind="Order", key=key, field="orderId")
    owns = owner_id is not None and owner_id == who.user_id
    cancel.cancel_order(
        host=asking.host,
        order_id=key,
        reason=reason or "",
        actor=_asker(asking),
        by=releasing.CUSTOMER if owns else releasing.STAFF,
        now=asking.now,
    )
    rows = queue.of_order(order_id=key, using=PRIMARY)
    return types.BackordersPayload(
        backorders=present.backorders(rows, today=asking.today), errors=[]
    )


@query
def open_refunds(asking: Asking, *, first: int | None = MOST_REFUNDS) -> Any:
    permissions.require(asking.requester, MANAGE_ORDERS)
    size = MOST_REFUNDS if first is None else first
    errors.check_range(size, least=1, most=MOST_REFUNDS, field="first")
    rows = Refund.objects.using(asking.using).filter(settled_at=None).order_by("pk")[:size]
    return [types.show_refund(row) for row in rows]


@mutation(_refuse_refunds, permission=MANAGE_ORDERS)
def backorder_refund_retry(asking: Asking, *, ids: list[str]) -> Any:
    keys = _refund_ids(ids)
    rows = refunds.retry(host=asking.host, refund_ids=keys, now=asking.now)
    return types.RefundsPayload(refunds=[types.show_refund(row) for row in rows], errors=[])


@mutation(_refuse_refunds, permission=MANAGE_ORDERS)
def backorder_refund_paid_by_hand(asking: Asking, *, ids: list[str]) -> Any:
    rows = refunds.paid_by_hand(
        host=asking.host, refund_ids=_refund_ids(ids), actor=_asker(asking), now=asking.now
    )
    return types.RefundsPayload(refunds=[types.show_refund(row) for row in rows], errors=[])


def _asker(asking: Asking) -> Actor:
    return Actor(user_id=asking.requester.user_id, app_id=asking.requester.app_id)


def _refund_ids(given: list[str]) -> list[int]:
    if not given:
        raise errors.MissingValue(field="ids")
    return ids.integers(given, kind="Refund", field="ids", most=ids.INT8_MAX)


def _payload(asking: Asking, key: int) -> types.BackorderPayload:
    found = queue.find(ids=[key], using=PRIMARY)[key]
    return types.BackorderPayload(backorder=present.backorder(found, today=asking.today), errors=[])
