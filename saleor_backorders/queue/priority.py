"""Say who is served first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from saleor_backorders import engine, errors
from saleor_backorders.models import Backorder, BackorderStatus
from saleor_backorders.settings.shop import MAX_PRIORITY


@transaction.atomic
def set_priority(*, backorder_ids: Collection[int], priority: int, now: datetime) -> int:
    """Give backorders a priority; the next free units go by it, units once given are kept.

    All of them or none.  Returns how many changed.

    :raises ValueOutOfRange: the priority.
    :raises NotFound: a backorder that does not exist.
    :raises AlreadyFulfilled: nothing of it is left to serve.
    :raises AlreadyCancelled: nothing of it is left to serve.
    """
    errors.check_range(priority, least=-MAX_PRIORITY, most=MAX_PRIORITY, field="priority")
    asked = Backorder.objects.filter(id__in=backorder_ids)
    variants = sorted(set(asked.values_list("variant_id", flat=True)))
    engine.lock_variants(variants)
    _check_open(backorder_ids, dict(asked.values_list("id", "status")))
    engine.explain("priority")
    engine.mark_variants(variants)
    return asked.exclude(priority=priority).update(priority=priority, updated_at=now)


def _check_open(backorder_ids: Collection[int], statuses: dict[int, str]) -> None:
    for backorder_id in backorder_ids:
        if backorder_id not in statuses:
            raise errors.NotFound(kind="Backorder", key=backorder_id, field="ids")
        if statuses[backorder_id] == BackorderStatus.FULFILLED:
            raise errors.AlreadyFulfilled(field="ids")
        if statuses[backorder_id] == BackorderStatus.CANCELLED:
            raise errors.AlreadyCancelled(field="ids")
