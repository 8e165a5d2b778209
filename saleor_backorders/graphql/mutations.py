"""The mutations: ask whether the caller may, decode, one call of a service, show."""

from __future__ import annotations

from functools import partial
from typing import Any

from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.services import agree, allocate, prioritise, queue

from . import ids as decode
from . import present, types
from .asking import PRIMARY, Asking, mutation

_refuse_backorders = partial(types.BackordersPayload, backorders=[])


@mutation(types.CheckoutBackordersAcknowledge)
def checkout_backorders_acknowledge(asking: Asking, *, checkout_id: str) -> Any:
    state = agree.acknowledge(
        checkout_id=decode.uuid(checkout_id, kind="Checkout", field="checkoutId"),
        agreement_required=asking.host.settings().agreement_required,
        now=asking.now,
        today=asking.today,
    )
    return types.CheckoutBackordersAcknowledge(
        checkout_backorders=present.checkout(state, asking=asking), errors=[]
    )


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorder_priority_update(
    asking: Asking,
    *,
    ids: list[str],
    priority: int,
) -> Any:
    keys = decode.integers(ids, kind="Backorder", field="ids", most=decode.INT8_MAX)
    prioritise.set_priority(backorder_ids=keys, priority=priority, now=asking.now)
    return _payload(asking, keys)


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorders_allocate(asking: Asking, *, variant_ids: list[str]) -> Any:
    keys = decode.integers(variant_ids, kind="ProductVariant", field="variantIds")
    return _payload(asking, allocate.allocate(variant_ids=keys).backorder_ids)


def _payload(asking: Asking, keys: Any) -> types.BackordersPayload:
    found = queue.find(ids=keys, today=asking.today, using=PRIMARY)
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    return types.BackordersPayload(
        backorders=present.backorders(rows, today=asking.today), errors=[]
    )
