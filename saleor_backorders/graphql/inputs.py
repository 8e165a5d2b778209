from __future__ import annotations

from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.models import PolicyScope
from saleor_backorders.services import queue

from . import ids
from .enums import BackorderSortField, BackorderStatus, OrderDirection
from .scalars import Int

_SCOPES = (
    (PolicyScope.VARIANT, "variant", "ProductVariant"),
    (PolicyScope.PRODUCT, "product", "Product"),
    (PolicyScope.CATEGORY, "category", "Category"),
)


def _list_of(kind: Any) -> Any:
    return graphene.List(graphene.NonNull(kind))


class AvailabilityInput(graphene.InputObjectType):
    variant_id = graphene.ID(required=True)
    quantity = Int(default_value=1)


class DateRangeInput(graphene.InputObjectType):
    gte = graphene.Date()
    lte = graphene.Date()


class BackorderFilter(graphene.InputObjectType):
    statuses = _list_of(BackorderStatus)
    channels = _list_of(graphene.String)
    variant_ids = _list_of(graphene.ID)
    order_ids = _list_of(graphene.ID)
    late = graphene.Boolean()
    placed = DateRangeInput()
    search = graphene.String(description="Order number, e-mail, product name or SKU.")


class BackorderSorter(graphene.InputObjectType):
    field = BackorderSortField(required=True)
    direction = OrderDirection(required=True)


class PolicyScopeInput(graphene.InputObjectType):
    channel = graphene.String(required=True)
    variant_ids = _list_of(graphene.ID)
    product_ids = _list_of(graphene.ID)
    category_ids = _list_of(graphene.ID)


class PolicyInput(graphene.InputObjectType):
    allow = graphene.Boolean(
        description="null takes this scope's own rule away, so that the next wider one holds."
    )
    limit = Int(
        description="Units of a variant that may wait at once in the channel; null for no limit."
    )
    lead_time_days = Int()
    discount_percent = Int(description="Percent off for waiting; 0 for none.")
    priority = Int(description="Higher is served first.")
    until = graphene.Date(description="Sell back-ordered units only until this day.")
    low_stock = Int(description="Staff are told when so few are free; 0 where they are not.")


def read_filter(given: Any | None, *, owner_id: int | None = None) -> queue.Filter:
    """Return what to list.

    :raises MalformedId: an ID of another kind.
    :raises TooMany: a list longer than one request may hold.
    """
    given = given or {}
    placed = given.get("placed") or {}
    return queue.Filter(
        owner_id=owner_id,
        statuses=given.get("statuses") or (),
        channels=ids.limited(given.get("channels") or (), "channels"),
        variant_ids=ids.integers(
            given.get("variant_ids") or (), kind="ProductVariant", field="variantIds"
        ),
        order_ids=[
            ids.uuid(value, kind="Order", field="orderIds")
            for value in ids.limited(given.get("order_ids") or (), "orderIds")
        ],
        late=given.get("late"),
        placed_from=placed.get("gte"),
        placed_until=placed.get("lte"),
        search=given.get("search") or "",
    )


def read_sorting(given: Any | None) -> queue.Sorting:
    """Return the order of a list; newest first where nothing is said."""
    if given is None:
        return queue.Sorting()
    return queue.Sorting(queue.SortField(given["field"]), given["direction"] == "desc")


def read_scope(given: Any) -> tuple[PolicyScope, list[int]]:
    """Return what a rule speaks about; the whole channel where nothing narrower is named.

    :raises InvalidValue: more than one kind of thing.
    :raises MalformedId: an ID of another kind.
    """
    named = [
        (scope, kind, name) for scope, kind, name in _SCOPES if given.get(f"{kind}_ids") is not None
    ]
    if not named:
        return PolicyScope.CHANNEL, []
    if len(named) > 1:
        raise errors.InvalidValue(
            "Name variants, products or categories, one kind at a time.", field="scope"
        )
    scope, kind, name = named[0]
    return scope, ids.integers(given[f"{kind}_ids"], kind=name, field=f"{kind}Ids")


def read_rule(given: Any) -> dict[str, Any]:
    """Return what a rule changes.

    :raises MissingValue: nothing at all.
    """
    if not given:
        raise errors.MissingValue(field="input")
    return dict(given)
