"""Staff say who comes first, and may have units given out at once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.models import Backorder
from saleor_backorders.queue import allocate
from saleor_backorders.queue import priority as queue_priority
from tests.services.front import Front, run_triggers
from tests.sql.world import model


def put_first(*rows: Backorder, priority: int = 5) -> int:
    return queue_priority.set_priority(
        backorder_ids=[row.id for row in rows], priority=priority, now=timezone.now()
    )


def priorities() -> list[int]:
    return list(Backorder.objects.order_by("id").values_list("priority", flat=True))


def test_set_priority__what_arrives_goes_by_it_and_what_was_given_is_kept(front: Front) -> None:
    variant = front.sold(0, limit=10)
    first, second = front.wait(variant, 2), front.wait(variant, 2)
    front.restock(variant, 1)
    assert put_first(second) == 1
    run_triggers()
    first.refresh_from_db()
    assert (first.allocated, first.waiting) == (1, 1)
    front.restock(variant, 2)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.allocated, second.allocated) == (1, 2)


def test_set_priority__counts_what_changed(front: Front) -> None:
    variant = front.sold(0, limit=10)
    rows = [front.wait(variant, 1), front.wait(variant, 1)]
    assert put_first(rows[0]) == 1
    assert put_first(*rows) == 1
    assert priorities() == [5, 5]


@pytest.mark.parametrize("priority", [1_000_001, -1_000_001, 2**40])
def test_set_priority__refuses_a_number_out_of_range(front: Front, priority: int) -> None:
    row = front.wait(front.sold(0, limit=10), 1)
    with pytest.raises(errors.ValueOutOfRange):
        put_first(row, priority=priority)
    assert priorities() == [0]


def test_set_priority__all_or_none(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row, gone = front.wait(variant, 1), front.wait(variant, 1)
    line = model("order", "OrderLine").objects.get(pk=gone.order_line_id)
    front.cancel(line)
    run_triggers()
    with pytest.raises(errors.AlreadyCancelled):
        put_first(row, gone)
    gone.id += 1000
    with pytest.raises(errors.NotFound):
        put_first(row, gone)
    assert priorities() == [0, 0]


def test_set_priority__refuses_what_was_shipped(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 1)
    front.restock(variant, 1)
    line = model("order", "OrderLine").objects.get(pk=row.order_line_id)
    front.ship(line, front.shelves, 1)
    run_triggers()
    with pytest.raises(errors.AlreadyFulfilled):
        put_first(row)


def test_allocate__gives_what_is_free_and_names_who_got_it(front: Front) -> None:
    variant = front.sold(0, limit=10)
    first, second = front.wait(variant, 2), front.wait(variant, 2)
    front.set_stock(variant, front.shelves, change=2)
    done = allocate.allocate(variant_ids=[variant.pk])
    assert (done.units, done.put_off, done.backorder_ids) == (2, (), (first.id,))
    assert allocate.allocate(variant_ids=[variant.pk]) == allocate.Allocated(0, (), ())
    second.refresh_from_db()
    assert second.waiting == 2


def test_allocate__refuses_a_variant_that_does_not_exist(front: Front) -> None:
    variant = front.sold(0, limit=10)
    with pytest.raises(errors.NotFound):
        allocate.allocate(variant_ids=[variant.pk, variant.pk + 1000])
