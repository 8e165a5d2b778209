"""Give free units to those who wait, now, because somebody asked for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from saleor_backorders import engine, errors
from saleor_backorders.host.rows import variants
from saleor_backorders.models import Movement, MovementKind

CAUSE = "staff"
MAX_LISTED = 100


class Allocated(NamedTuple):
    """How many units were given to how many."""

    units: int
    put_off: tuple[int, ...]
    """Variants that another transaction holds; the sweep finishes them."""
    backorder_ids: tuple[int, ...]
    """Who got units; the first ``MAX_LISTED`` of them."""


@transaction.atomic
def allocate(*, variant_ids: Collection[int]) -> Allocated:
    """Rebalance variants.

    :raises NotFound: a variant that does not exist.
    """
    _check_exist(variant_ids)
    wanted = sorted(set(variant_ids))
    engine.lock_variants(wanted)
    last = Movement.objects.aggregate(last=Max("id"))["last"] or 0
    done = engine.rebalance(wanted, cause=CAUSE)
    given = (
        Movement.objects.filter(id__gt=last, variant_id__in=wanted, kind=MovementKind.ALLOCATED)
        .order_by("backorder_id")
        .values_list("backorder_id", flat=True)
        .distinct()
    )
    return Allocated(
        units=sum(variant.units for variant in done),
        put_off=tuple(variant.variant_id for variant in done if variant.put_off),
        backorder_ids=tuple(given[:MAX_LISTED]),
    )


def _check_exist(variant_ids: Collection[int]) -> None:
    known = set(variants().filter(pk__in=variant_ids).values_list("pk", flat=True))
    for variant_id in variant_ids:
        if variant_id not in known:
            raise errors.NotFound(kind="ProductVariant", key=variant_id, field="variantIds")
