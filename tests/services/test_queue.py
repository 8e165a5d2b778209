"""The lists that staff and customers read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_backorders import errors
from saleor_backorders.common.paging import Page, Window
from saleor_backorders.models import Backorder
from saleor_backorders.queue import backorder_list
from saleor_backorders.queue.backorder_list import Filter, SortField, Sorting
from tests.services.front import Front
from tests.sql.world import EPOCH, model

TODAY = date(2026, 11, 4)


def ids(page: Page[backorder_list.Listed]) -> list[int]:
    return [item.backorder.id for item in page.items]


def read(
    wanted: Filter | None = None, sorting: Sorting | None = None, **window: Any
) -> Page[backorder_list.Listed]:
    return backorder_list.page(
        wanted=wanted or Filter(),
        sorting=sorting or Sorting(),
        window=Window(**{"size": 10, **window}),
        today=TODAY,
        using="default",
    )


def change(backorder: Backorder, **fields: Any) -> None:
    Backorder.objects.filter(pk=backorder.pk).update(**fields)


@pytest.fixture
def five(front: Front) -> list[int]:
    """Return the ids of five backorders, oldest first, all of one variant."""
    variant = front.sold(0, limit=100)
    return [front.wait(variant, number + 1).id for number in range(5)]


def test_page__newest_first_and_the_rest_by_cursor(five: list[int]) -> None:
    first = read(size=2)
    assert (ids(first), first.has_more) == (five[:2:-1], True)
    second = read(size=2, after=first.items[-1].cursor)
    assert (ids(second), second.has_more) == ([five[2], five[1]], True)
    third = read(size=2, after=second.items[-1].cursor)
    assert (ids(third), third.has_more) == ([five[0]], False)


def test_page__backwards_keeps_the_order(five: list[int]) -> None:
    last = read(size=2, from_the_end=True)
    assert (ids(last), last.has_more) == ([five[1], five[0]], True)
    before = read(size=2, from_the_end=True, before=last.items[0].cursor)
    assert (ids(before), before.has_more) == ([five[3], five[2]], True)


def test_page__between_two_cursors(five: list[int]) -> None:
    whole = read()
    middle = read(after=whole.items[0].cursor, before=whole.items[4].cursor)
    assert ids(middle) == [five[3], five[2], five[1]]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("field", list(SortField))
def test_page__walking_meets_each_once_in_any_order(
    front: Front, five: list[int], field: SortField, descending: bool
) -> None:
    Backorder.objects.filter(id__in=five[:3]).update(priority=4)
    Backorder.objects.filter(id=five[1]).update(expected_on=TODAY)
    Backorder.objects.filter(id=five[2]).update(expected_on=TODAY - timedelta(days=9))
    front.restock(model("product", "ProductVariant").objects.get(), 3)
    sorting = Sorting(field, descending)
    walked: list[int] = []
    page = read(sorting=sorting, size=2)
    walked += ids(page)
    while page.has_more:
        page = read(sorting=sorting, size=2, after=page.items[-1].cursor)
        walked += ids(page)
    assert walked == ids(read(sorting=sorting))
    assert sorted(walked) == five


def test_page__by_eta_what_does_not_wait_comes_last(front: Front) -> None:
    variant = front.sold(0, limit=100)
    rows = [front.wait(variant, 1) for _ in range(3)]
    front.restock(variant, 1)
    change(rows[1], expected_on=date(2026, 11, 20))
    change(rows[2], expected_on=date(2026, 11, 10))
    done, later, sooner = (row.id for row in rows)
    assert ids(read(sorting=Sorting(SortField.ETA, False))) == [sooner, later, done]
    assert ids(read(sorting=Sorting(SortField.ETA, True))) == [later, sooner, done]


def test_page__refuses_a_cursor_of_another_sorting(five: list[int]) -> None:
    cursor = read().items[0].cursor
    with pytest.raises(errors.InvalidValue):
        read(sorting=Sorting(SortField.PRIORITY, True), after=cursor)


@pytest.mark.parametrize(
    "search", ["{order.number}", "#{order.number}", "MIRA@", "lam", "{variant.sku}"]
)
def test_page__search_by_order_number_mail_product_and_sku(front: Front, search: str) -> None:
    variant, other = front.sold(0, limit=10), front.sold(0, limit=10)
    found = front.wait(variant, 1, user_email="mira@example.com")
    missed = front.wait(other, 1)
    change(missed, product_name="Table", order_number="x", sku="x")
    order = model("order", "Order").objects.get(pk=found.order_id)
    text = search.format(order=order, variant=variant)
    assert ids(read(Filter(search=text))) == [found.id]


def test_page__filters(front: Front) -> None:
    first, second = front.sold(0, limit=10), front.sold(0, limit=10)
    owner = front.user()
    done, late = front.wait(first, 1), front.wait(second, 2, user_id=owner.pk)
    front.restock(first, 1)
    assert late.promised_on
    beyond = late.promised_on + timedelta(days=1)
    change(late, expected_on=beyond, placed_at=EPOCH - timedelta(days=3))
    day = (EPOCH - timedelta(days=3)).date()
    for wanted, expected in [
        (Filter(statuses=["allocated"]), [done]),
        (Filter(statuses=["waiting", "fulfilled"]), [late]),
        (Filter(channels=[front.main.slug]), [done, late]),
        (Filter(channels=["elsewhere"]), []),
        (Filter(variant_ids=[second.pk]), [late]),
        (Filter(order_ids=[done.order_id]), [done]),
        (Filter(late=True), [late]),
        (Filter(late=False), [done]),
        (Filter(placed_from=day, placed_until=day), [late]),
        (Filter(placed_from=day + timedelta(days=1)), [done]),
        (Filter(owner_id=owner.pk), [late]),
        (Filter(search=" "), [done, late]),
    ]:
        assert ids(read(wanted)) == [row.id for row in expected], wanted
        assert backorder_list.count(wanted=wanted, today=TODAY, using="default") == len(expected)


def test_page__one_statement_whatever_its_size(five: list[int]) -> None:
    for size in (1, 5):
        with CaptureQueriesContext(connection) as seen:
            assert len(read(size=size).items) == size
        assert len(seen) == 1


def test_find__survives_what_it_speaks_of(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 1, user_email="mira@example.com")
    change(row, order_id=uuid4(), variant_id=variant.pk + 1000)
    listed = backorder_list.find(ids=[row.id], using="default")[row.id]
    assert (listed.owner_id, listed.customer_email, listed.variant_exists) == (None, None, False)
    change(row, order_id=row.order_id, variant_id=variant.pk)


def test_positions__by_priority_then_time_each_variant_apart(front: Front) -> None:
    first, second = front.sold(0, limit=10), front.sold(0, limit=10)
    rows = [front.wait(first, 1), front.wait(first, 1), front.wait(second, 1), front.wait(first, 1)]
    change(rows[3], priority=5)
    found = backorder_list.positions(ids=[row.id for row in rows], using="default")
    assert [found[row.id] for row in rows] == [2, 3, 1, 1]
    front.restock(first, 1)
    assert backorder_list.positions(ids=[rows[3].id, rows[1].id], using="default") == {
        rows[1].id: 2
    }
