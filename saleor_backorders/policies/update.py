"""Which variants may be back-ordered, how many and how: rules, and the rows that carry them.

A rule speaks about a channel, a category, a product or a variant.  What is in force for each
variant is resolved by one statement and kept in ``VirtualStock``, so that admission and the
commit-time engine read one row.  Work on many variants goes in batches, each a transaction with
its own locks: a batch resolves again under the locks, so that the last rule written wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from saleor_backorders import errors
from saleor_backorders.host.rows import Variant, categories, products, variant_listings, variants
from saleor_backorders.models import NO_LIMIT, BackorderPolicy, PolicyScope
from saleor_backorders.settings import rules
from saleor_backorders.settings.shop import MAX_LEAD_TIME_DAYS, MAX_PRIORITY, ShopSettings

from . import queries, resync
from .queries import ResolvedPolicy
from .resync import BATCH

_RANGES = {
    "limit": ("limit", 0, NO_LIMIT),
    "lead_time_days": ("leadTimeDays", 0, MAX_LEAD_TIME_DAYS),
    "discount_percent": ("discountPercent", 0, 100),
    "priority": ("priority", -MAX_PRIORITY, MAX_PRIORITY),
    "low_stock": ("lowStock", 0, NO_LIMIT),
}


_FIELDS = frozenset({"allow", "until", *_RANGES})


_ARGUMENTS: dict[PolicyScope, tuple[str, str, Callable[[], QuerySet[Any, Any]]]] = {
    PolicyScope.VARIANT: ("ProductVariant", "variantIds", variants),
    PolicyScope.PRODUCT: ("Product", "productIds", products),
    PolicyScope.CATEGORY: ("Category", "categoryIds", categories),
}


@dataclass(frozen=True, kw_only=True)
class EffectivePolicy:
    """The rule in force; ``scope`` is the one that decides whether backorders are allowed."""

    allow: bool
    limit: int | None
    lead_time_days: int
    discount_percent: int
    priority: int
    until: date | None
    low_stock: int
    scope: PolicyScope


@dataclass(frozen=True, kw_only=True)
class PolicyUpdate:
    """The policy in force after a change, and how many variants it concerns."""

    policy: EffectivePolicy | None
    """As the first variant in the scope has it from there up; None where there is no variant."""
    variants_affected: int


def update_policy(
    *,
    channel: str,
    scope: PolicyScope,
    target_ids: Sequence[int] = (),
    values: Mapping[str, Any],
    settings: ShopSettings,
    today: date,
) -> PolicyUpdate:
    """Write one rule for each target and bring the variants in its scope into line.

    ``values`` holds any of allow, limit, lead_time_days, discount_percent, priority, until and
    low_stock.
    What it leaves out stays as the rule has it, and a new rule inherits it; None inherits too,
    except that ``allow=None`` takes the rule away and ``limit=None`` means no limit.

    :raises BackordersError: an unknown channel or target, or a value out of range.
    """
    _check_values(values)
    channel_id = rules.find_channel(channel)
    targets = _check_targets(scope, target_ids)
    reached = _variants_in(channel_id, scope, targets)
    variant_ids = list(reached.values_list("pk", flat=True))
    # All or nothing, as far as one transaction goes; beyond that the hourly resync goes on.
    whole = transaction.atomic() if len(variant_ids) <= BATCH else nullcontext()
    with whole:
        with transaction.atomic():
            _write_rules(channel_id, scope, targets, values)
        resync.bring_into_line(settings, today, variants=variant_ids, channels=[channel_id])
    resolved = _resolve_one(variant_ids[:1], channel_id, settings, today, scope, "default")
    return PolicyUpdate(policy=resolved, variants_affected=len(variant_ids))


def effective_policy(
    *,
    variant_id: int,
    channel: str,
    settings: ShopSettings,
    today: date,
    using: str = "default",
) -> EffectivePolicy:
    """Return the policy in force for a variant in a channel.

    :raises NotFound: no such channel or variant.
    """
    channel_id = rules.find_channel(channel, using=using)
    found = _resolve_one([variant_id], channel_id, settings, today, PolicyScope.VARIANT, using)
    if found is None:
        raise errors.NotFound(kind="ProductVariant", key=variant_id, field="variantId")
    return found


def _check_values(values: Mapping[str, Any]) -> None:
    unknown = set(values) - _FIELDS
    if unknown:
        raise TypeError(f"A rule has no {', '.join(sorted(unknown))}.")
    for name, (argument, least, most) in _RANGES.items():
        if values.get(name) is not None:
            errors.check_range(values[name], least=least, most=most, field=argument)


def _check_targets(scope: PolicyScope, target_ids: Sequence[int]) -> list[int]:
    if scope == PolicyScope.CHANNEL:
        return [0]
    kind, argument, of_kind = _ARGUMENTS[scope]
    targets = list(dict.fromkeys(target_ids))
    if not targets:
        raise errors.MissingValue(field=argument)
    known = set(of_kind().filter(pk__in=targets).values_list("pk", flat=True))
    for target in targets:
        if target not in known:
            raise errors.NotFound(kind=kind, key=target, field=argument)
    return targets


def _write_rules(
    channel_id: int, scope: PolicyScope, targets: Sequence[int], values: Mapping[str, Any]
) -> None:
    if "allow" in values and values["allow"] is None:
        BackorderPolicy.objects.filter(
            channel_id=channel_id, scope=scope, target_id__in=targets
        ).delete()
        return
    fields = dict(values)
    if "limit" in fields:
        fields["limit_is_set"] = True
    for target in targets:
        BackorderPolicy.objects.update_or_create(
            channel_id=channel_id, scope=scope, target_id=target, defaults=fields
        )


def _variants_in(
    channel_id: int, scope: PolicyScope, targets: Sequence[int]
) -> QuerySet[Model, Variant]:
    """Return the variants of the targets that the channel sells, in order of id."""
    if scope == PolicyScope.VARIANT:
        inside = variants().filter(pk__in=targets)
    elif scope == PolicyScope.PRODUCT:
        inside = variants().filter(product_id__in=targets)
    elif scope == PolicyScope.CATEGORY:
        inside = variants().filter(product__category_id__in=_subtrees(targets))
    else:
        inside = variants()
    sold = variant_listings().filter(channel_id=channel_id, price_amount__isnull=False)
    return inside.filter(pk__in=sold.values("variant_id")).order_by("pk")


def _subtrees(category_ids: Sequence[int]) -> QuerySet[Model, dict[str, Any]]:
    inside = categories().none()
    for root in categories().filter(pk__in=category_ids).values("tree_id", "lft", "rght"):
        inside = inside | categories().filter(
            tree_id=root["tree_id"], lft__range=(root["lft"], root["rght"])
        )
    return inside.values("pk")


def _resolve_one(
    variant_ids: Sequence[int],
    channel_id: int,
    settings: ShopSettings,
    today: date,
    narrowest: PolicyScope,
    using: str,
) -> EffectivePolicy | None:
    rows = queries.resolve(
        settings=settings,
        today=today,
        variants=variant_ids,
        channels=[channel_id],
        changed_only=False,
        narrowest=narrowest,
        using=using,
    )
    return _as_policy(rows[0]) if rows else None


def _as_policy(row: ResolvedPolicy) -> EffectivePolicy:
    return EffectivePolicy(
        allow=row.allow,
        limit=None if row.limit_units == NO_LIMIT else row.limit_units,
        lead_time_days=row.lead_time_days,
        discount_percent=row.discount_percent,
        priority=row.priority,
        until=row.until,
        low_stock=row.low_stock,
        scope=PolicyScope(row.scope),
    )
