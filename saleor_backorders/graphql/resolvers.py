"""The queries: decode, ask whether the reader may, one call of a service, show."""

from __future__ import annotations

from typing import Any

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS
from saleor_backorders.services import agree, availability, policies, queue

from . import access, connection, ids, inputs, permissions, present
from .asking import Asking, query


@query
def backorder_availability(
    asking: Asking, *, items: list[Any], channel: str, country_code: str | None = None
) -> Any:
    if len(items) > availability.MOST_ITEMS:
        raise errors.TooMany(asked=len(items), most=availability.MOST_ITEMS, field="items")
    demands = [
        availability.Demand(
            ids.integer(item["variant_id"], kind="ProductVariant", field="variantId"),
            _quantity(item.get("quantity")),
        )
        for item in items
    ]
    place = availability.find_place(channel=channel, country=country_code, using=asking.using)
    answers = availability.ask(
        demands=demands, place=place, now=asking.now, today=asking.today, using=asking.using
    )
    return [present.availability_of(answer, asking=asking) for answer in answers]


@query
def checkout_backorders(asking: Asking, *, checkout_id: str) -> Any:
    state = agree.checkout_backorders(
        checkout_id=ids.uuid(checkout_id, kind="Checkout", field="checkoutId"),
        settings=asking.host.shop.settings(),
        now=asking.now,
        today=asking.today,
        using=asking.using,
    )
    return present.checkout(state, asking=asking) if state else None


@query
def backorder(
    asking: Asking,
    *,
    id: str | None = None,  # noqa: A002  (the contract's name)
    token: str | None = None,
) -> Any:
    try:
        key = access.to_backorder(asking, id=id, token=token).backorder_id
    except errors.LinkInvalid:
        raise
    except errors.NotFound:
        return None
    found = queue.find(ids=[key], using=asking.using)[key]
    return present.backorder(found, today=asking.today)


@query
def order_backorders(asking: Asking, *, order_id: str) -> Any:
    key = ids.uuid(order_id, kind="Order", field="orderId")
    exists, owner_id = queue.owner_of_order(order_id=key, using=asking.using)
    permissions.require_reader(asking.requester, owner_id=owner_id)
    if not exists:
        raise errors.NotFound(kind="Order", key=key, field="orderId")
    rows = queue.of_order(order_id=key, using=asking.using)
    return present.backorders(rows, today=asking.today)


@query
def my_backorders(asking: Asking, **slice_of: Any) -> Any:
    owner_id = permissions.require_customer(asking.requester)
    return _page(asking, queue.Filter(owner_id=owner_id), queue.Sorting(), slice_of)


@query
def backorders(
    asking: Asking,
    *,
    filter: Any = None,
    sort_by: Any = None,
    **slice_of: Any,  # noqa: A002
) -> Any:
    permissions.require(asking.requester, MANAGE_ORDERS)
    return _page(asking, inputs.read_filter(filter), inputs.read_sorting(sort_by), slice_of)


@query
def backorder_policy(asking: Asking, *, variant_id: str, channel: str) -> Any:
    permissions.require(asking.requester, MANAGE_PRODUCTS)
    found = policies.effective_policy(
        variant_id=ids.integer(variant_id, kind="ProductVariant", field="variantId"),
        channel=channel,
        settings=asking.host.shop.settings(),
        today=asking.today,
        using=asking.using,
    )
    return present.policy(found)


def _page(
    asking: Asking, wanted: queue.Filter, sorting: queue.Sorting, slice_of: dict[str, Any]
) -> Any:
    window = connection.window(**slice_of)
    page = queue.page(
        wanted=wanted, sorting=sorting, window=window, today=asking.today, using=asking.using
    )
    return present.backorder_connection(page, wanted=wanted, window=window, asking=asking)


def _quantity(given: int | None) -> int:
    # A variable that holds null overrides the schema's default.
    return 1 if given is None else given
