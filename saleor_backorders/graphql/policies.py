"""Which variants may be back-ordered, in the contract's words."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_PRODUCTS
from saleor_backorders.models import PolicyScope
from saleor_backorders.policies import update

from . import connection, ids, permissions
from .context import Asking, mutation, query
from .errors import BackorderError
from .scalars import Int

_SCOPES = (
    (PolicyScope.VARIANT, "variant", "ProductVariant"),
    (PolicyScope.PRODUCT, "product", "Product"),
    (PolicyScope.CATEGORY, "category", "Category"),
)


class PolicyScopeInput(graphene.InputObjectType):
    channel = graphene.String(required=True)
    variant_ids = connection.nullable_list(graphene.ID)
    product_ids = connection.nullable_list(graphene.ID)
    category_ids = connection.nullable_list(graphene.ID)


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


def _read_scope(given: Any) -> tuple[PolicyScope, list[int]]:
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


def _read_rule(given: Any) -> dict[str, Any]:
    """Return what a rule changes.

    :raises MissingValue: nothing at all.
    """
    if not given:
        raise errors.MissingValue(field="input")
    return dict(given)


class EffectivePolicy(graphene.ObjectType):
    allow = graphene.Boolean(required=True)
    limit = Int()
    lead_time_days = Int(required=True)
    discount_percent = Int(required=True)
    priority = Int(required=True)
    until = graphene.Date()
    low_stock = Int(
        required=True, description="Staff are told when so few are free; 0 where they are not."
    )
    scope = graphene.String(required=True, description="VARIANT, PRODUCT, CATEGORY or CHANNEL.")


class BackorderPolicyUpdate(graphene.ObjectType):
    policy = graphene.Field(EffectivePolicy)
    variants_affected = Int(required=True, description="How many variants the change reaches.")
    errors = connection.list_of(BackorderError)


def _show(found: update.EffectivePolicy) -> EffectivePolicy:
    """Show the rule in force."""
    return EffectivePolicy(
        allow=found.allow,
        limit=found.limit,
        lead_time_days=found.lead_time_days,
        discount_percent=found.discount_percent,
        priority=found.priority,
        until=found.until,
        low_stock=found.low_stock,
        scope=found.scope.name,
    )


@query
def backorder_policy(asking: Asking, *, variant_id: str, channel: str) -> Any:
    """Say which policies are in force for a variant, and which one wins."""
    permissions.require(asking.requester, MANAGE_PRODUCTS)
    found = update.effective_policy(
        variant_id=ids.integer(variant_id, kind="ProductVariant", field="variantId"),
        channel=channel,
        settings=asking.host.shop.settings(),
        today=asking.today,
        using=asking.using,
    )
    return _show(found)


_refuse_policy = partial(BackorderPolicyUpdate, variants_affected=0)


@mutation(_refuse_policy, permission=MANAGE_PRODUCTS)
def backorder_policy_update(asking: Asking, *, scope: Any, input: Any) -> Any:
    """Change a policy."""
    kind, targets = _read_scope(scope)
    done = update.update_policy(
        channel=scope["channel"],
        scope=kind,
        target_ids=targets,
        values=_read_rule(input),
        settings=asking.host.shop.settings(),
        today=asking.today,
    )
    return BackorderPolicyUpdate(
        policy=_show(done.policy) if done.policy else None,
        variants_affected=done.variants_affected,
        errors=[],
    )
