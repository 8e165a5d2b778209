"""Who waits, in the contract's words: lists, places, and what staff do with them."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.queue import allocate, backorder_list
from saleor_backorders.queue import priority as queue_priority

from . import access, backorder_type, connection, permissions
from . import ids as decode
from .connection import DateRangeInput
from .context import PRIMARY, Asking, mutation, query
from .enums import BackorderSortField, BackorderStatus, OrderDirection


class BackorderFilter(graphene.InputObjectType):
    statuses = connection.nullable_list(BackorderStatus)
    channels = connection.nullable_list(graphene.String)
    variant_ids = connection.nullable_list(graphene.ID)
    order_ids = connection.nullable_list(graphene.ID)
    late = graphene.Boolean()
    placed = DateRangeInput()
    search = graphene.String(description="Order number, e-mail, product name or SKU.")


class BackorderSorter(graphene.InputObjectType):
    field = BackorderSortField(required=True)
    direction = OrderDirection(required=True)


def _read_filter(given: Any | None, *, owner_id: int | None = None) -> backorder_list.Filter:
    """Return what to list.

    :raises MalformedId: an ID of another kind.
    :raises TooMany: a list longer than one request may hold.
    """
    given = given or {}
    placed = given.get("placed") or {}
    return backorder_list.Filter(
        owner_id=owner_id,
        statuses=given.get("statuses") or (),
        channels=decode.limited(given.get("channels") or (), "channels"),
        variant_ids=decode.integers(
            given.get("variant_ids") or (), kind="ProductVariant", field="variantIds"
        ),
        order_ids=[
            decode.uuid(value, kind="Order", field="orderIds")
            for value in decode.limited(given.get("order_ids") or (), "orderIds")
        ],
        late=given.get("late"),
        placed_from=placed.get("gte"),
        placed_until=placed.get("lte"),
        search=given.get("search") or "",
    )


def _read_sorting(given: Any | None) -> backorder_list.Sorting:
    """Return the order of a list; newest first where nothing is said."""
    if given is None:
        return backorder_list.Sorting()
    return backorder_list.Sorting(
        backorder_list.SortField(given["field"]), given["direction"] == "desc"
    )


@query
def backorder(
    asking: Asking,
    *,
    id: str | None = None,
    token: str | None = None,
) -> Any:
    """Find one backorder."""
    try:
        key = access.to_backorder(asking, id=id, token=token).backorder_id
    except errors.LinkInvalid:
        raise
    except errors.NotFound:
        return None
    found = backorder_list.find(ids=[key], using=asking.using)[key]
    return backorder_type.show(found, today=asking.today)


@query
def order_backorders(asking: Asking, *, order_id: str) -> Any:
    """List the backorders of an order."""
    key = decode.uuid(order_id, kind="Order", field="orderId")
    exists, owner_id = backorder_list.owner_of_order(order_id=key, using=asking.using)
    permissions.require_reader(asking.requester, owner_id=owner_id)
    if not exists:
        raise errors.NotFound(kind="Order", key=key, field="orderId")
    rows = backorder_list.of_order(order_id=key, using=asking.using)
    return backorder_type.show_all(rows, today=asking.today)


@query
def my_backorders(asking: Asking, **slice_of: Any) -> Any:
    """List the backorders of whoever asks."""
    owner_id = permissions.require_customer(asking.requester)
    return _page(
        asking, backorder_list.Filter(owner_id=owner_id), backorder_list.Sorting(), slice_of
    )


@query
def backorders(
    asking: Asking,
    *,
    filter: Any = None,
    sort_by: Any = None,
    **slice_of: Any,
) -> Any:
    """List all backorders, for staff."""
    permissions.require(asking.requester, MANAGE_ORDERS)
    return _page(asking, _read_filter(filter), _read_sorting(sort_by), slice_of)


def _page(
    asking: Asking,
    wanted: backorder_list.Filter,
    sorting: backorder_list.Sorting,
    slice_of: dict[str, Any],
) -> Any:
    window = connection.window(**slice_of)
    page = backorder_list.page(
        wanted=wanted, sorting=sorting, window=window, today=asking.today, using=asking.using
    )
    return backorder_type.show_page(page, wanted=wanted, window=window, asking=asking)


_refuse_backorders = partial(backorder_type.BackordersPayload, backorders=[])


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorder_priority_update(
    asking: Asking,
    *,
    ids: list[str],
    priority: int,
) -> Any:
    """Change the priority of backorders."""
    _require(ids, "ids")
    keys = decode.integers(ids, kind="Backorder", field="ids", most=decode.INT8_MAX)
    queue_priority.set_priority(backorder_ids=keys, priority=priority, now=asking.now)
    return _served(asking, keys)


@mutation(_refuse_backorders, permission=MANAGE_ORDERS)
def backorders_allocate(asking: Asking, *, variant_ids: list[str]) -> Any:
    """Allocate what is free now."""
    _require(variant_ids, "variantIds")
    keys = decode.integers(variant_ids, kind="ProductVariant", field="variantIds")
    return _served(asking, allocate.allocate(variant_ids=keys).backorder_ids)


def _require(values: list[str], field: str) -> None:
    if not values:
        raise errors.MissingValue(field=field)


def _served(asking: Asking, keys: Any) -> backorder_type.BackordersPayload:
    found = backorder_list.find(ids=keys, using=PRIMARY)
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    return backorder_type.BackordersPayload(
        backorders=backorder_type.show_all(rows, today=asking.today), errors=[]
    )
