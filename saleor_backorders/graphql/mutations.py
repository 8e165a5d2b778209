"""The mutations: ask whether the caller may, decode, one call of a service, show."""

from __future__ import annotations

from functools import partial
from typing import Any

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS
from saleor_backorders.services import agree, allocate, policies, prioritise, queue

from . import ids as decode
from . import inputs, present, types
from .asking import PRIMARY, Asking, mutation

_refuse_backorders = partial(types.BackordersPayload, backorders=[])
_refuse_policy = partial(types.BackorderPolicyUpdate, variants_affected=0)


@mutation(types.CheckoutBackordersAcknowledge)
def checkout_backorders_acknowledge(asking: Asking, *, checkout_id: str) -> Any:
    state = agree.acknowledge(
        checkout_id=decode.uuid(checkout_id, kind="Checkout", field="checkoutId"),
        settings=asking.host.shop.settings(),
        now=asking.now,
        today=asking.today,
    )
    return types.CheckoutBackordersAcknowledge(
        checkout_backorders=present.checkout(state, asking=asking), errors=[]
    )


@mutation(_refuse_policy, permission=MANAGE_PRODUCTS)
def backorder_policy_update(asking: Asking, *, scope: Any, input: Any) -> Any:  # noqa: A002
    kind, targets = inputs.read_scope(scope)
    done = policies.update_policy(
        channel=scope["channel"],
        scope=kind,
        target_ids=targets,
        values=inputs.read_rule(input),
        settings=asking.host.shop.settings(),
        today=asking.today,
    )
    return types.BackorderPolicyUpdate(
        policy=present.policy(done.policy) if done.policy else None,
        variants_affected=done.variants_affected,
        errors=[],
    )


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorder_priority_update(
    asking: Asking,
    *,
    ids: list[str],
    priority: int,
) -> Any:
    _require(ids, "ids")
    keys = decode.integers(ids, kind="Backorder", field="ids", most=decode.INT8_MAX)
    prioritise.set_priority(backorder_ids=keys, priority=priority, now=asking.now)
    return _payload(asking, keys)


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorders_allocate(asking: Asking, *, variant_ids: list[str]) -> Any:
    _require(variant_ids, "variantIds")
    keys = decode.integers(variant_ids, kind="ProductVariant", field="variantIds")
    return _payload(asking, allocate.allocate(variant_ids=keys).backorder_ids)


def _require(values: list[str], field: str) -> None:
    if not values:
        raise errors.MissingValue(field=field)


def _payload(asking: Asking, keys: Any) -> types.BackordersPayload:
    found = queue.find(ids=keys, using=PRIMARY)
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    return types.BackordersPayload(
        backorders=present.backorders(rows, today=asking.today), errors=[]
    )
