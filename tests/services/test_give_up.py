"""What is given up of an order, and what else goes with it: shipping once, never what was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.cancellations import cancel, switch
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor
from saleor_backorders.models import Backorder, Cancellation, Refund
from tests.services.front import Front, run_triggers


def two_lines(front: Front) -> tuple[Any, list[Backorder]]:
    """Return a paid order of 20 and 5 for shipping, of which both lines wait."""
    order = front.order(
        front.main, shipping_price_gross_amount=5, total_gross_amount=25, total_charged_amount=25
    )
    order.payment_transactions.create(currency="USD", charged_value=25)
    for _ in range(2):
        front.allocate(front.line(order, front.sold(0, limit=10), 2), 2)
    run_triggers()
    return order, list(Backorder.objects.filter(order_id=order.pk).order_by("pk"))


def give_up(row: Backorder, **request: Any) -> cancel.Cancelled:
    done = cancel.cancel(
        host=get_host(), backorder_id=row.pk, reason="", actor=Actor(), by="customer",
        now=timezone.now(), **{"quantity": None, **request},
    )  # fmt: skip
    run_triggers()
    return done


def shippings(order: Any) -> list[bool]:
    grants = order.granted_refunds.order_by("pk")
    return list(grants.values_list("shipping_costs_included", flat=True))


def values() -> list[Decimal]:
    return list(Cancellation.objects.order_by("pk").values_list("value", flat=True))


def test_whole_order__shipping_comes_back_with_the_first_line_alone(front: Front) -> None:
    order, _ = two_lines(front)
    done = cancel.cancel_order(
        host=get_host(), order_id=order.pk, reason="", actor=Actor(), by="staff",
        now=timezone.now(),
    )  # fmt: skip
    assert [each.refund for each in done] == [15, 10]
    assert values() == [15, 10]
    assert shippings(order) == [True, False]
    assert [each.amount for each in Refund.objects.order_by("pk")] == [15, 10]
    order.refresh_from_db()
    assert order.status == "canceled"


def test_line_by_line__shipping_comes_back_with_the_last(front: Front) -> None:
    order, rows = two_lines(front)
    assert [give_up(row).refund for row in rows] == [10, 15]
    assert (values(), shippings(order)) == ([10, 15], [False, True])


def test_a_part__leaves_the_order_and_its_shipping(front: Front) -> None:
    order, (first, _) = two_lines(front)
    done = give_up(first, quantity=1)
    assert (done.quantity, done.refund) == (1, 5)
    order.refresh_from_db()
    first.refresh_from_db()
    assert (order.status, first.waiting, shippings(order)) == ("unfulfilled", 1, [False])


@pytest.mark.parametrize("quantity", [0, -1, 3])
def test_a_part__of_what_waits_and_no_more(front: Front, quantity: int) -> None:
    _, (first, _) = two_lines(front)
    with pytest.raises(errors.ValueOutOfRange):
        give_up(first, quantity=quantity)
    assert values() == []


def test_key__answers_what_was_done_and_belongs_to_one_backorder(front: Front) -> None:
    _, (first, second) = two_lines(front)
    done = give_up(first, quantity=1, idempotency_key="once")
    assert give_up(first, quantity=2, idempotency_key="once") == done
    with pytest.raises(errors.InvalidValue) as refused:
        give_up(second, idempotency_key="once")
    assert refused.value.field == "idempotencyKey"
    assert values() == [5]


def cheaper(front: Front, free_stock: int) -> Any:
    """Return a variant that costs less than any line of the others."""
    variant = front.sold(free_stock)
    variant.channel_listings.update(price_amount=2)
    return variant


def exchange(row: Backorder, variant: Any) -> switch.Switched:
    return switch.switch(
        host=get_host(), backorder_id=row.pk, variant_id=variant.pk, actor=Actor(), by="customer",
        now=timezone.now(),
    )  # fmt: skip


def test_line_by_line__an_order_with_an_exchange_in_it_stays(front: Front) -> None:
    order, (first, second) = two_lines(front)
    exchange(first, cheaper(front, 5))
    assert give_up(second).refund == 10
    order.refresh_from_db()
    assert (order.status == "canceled", any(shippings(order))) == (False, False)


def test_switch__never_to_a_preorder(front: Front) -> None:
    row, other = front.wait(front.sold(0, limit=10), 2), cheaper(front, 5)
    type(other).objects.filter(pk=other.pk).update(is_preorder=True)
    with pytest.raises(errors.NotEnoughStock) as refused:
        exchange(row, other)
    assert refused.value.field == "variantId"
    assert values() == []


@pytest.mark.parametrize(("free_stock", "tracked"), [(2, True), (0, False)])
def test_switch__to_what_is_there_or_is_not_counted(
    front: Front, free_stock: int, tracked: bool
) -> None:
    row, other = front.wait(front.sold(0, limit=10), 2), cheaper(front, free_stock)
    type(other).objects.filter(pk=other.pk).update(track_inventory=tracked)
    assert exchange(row, other).quantity == 2


def test_switch__not_to_fewer_than_wait(front: Front) -> None:
    row, other = front.wait(front.sold(0, limit=10), 3), cheaper(front, 2)
    with pytest.raises(errors.NotEnoughStock) as refused:
        exchange(row, other)
    # Ours, which looks before anything is written; the shop's own comes later and names nothing.
    assert refused.value.field == "variantId"


def test_switch__not_to_what_the_channel_does_not_sell_nor_to_itself(front: Front) -> None:
    wanted, other = front.sold(0, limit=10), front.sold(5)
    row = front.wait(wanted, 2)
    other.channel_listings.update(price_amount=None)
    with pytest.raises(errors.NotFound):
        exchange(row, other)
    with pytest.raises(errors.InvalidValue):
        exchange(row, wanted)
    assert values() == []
