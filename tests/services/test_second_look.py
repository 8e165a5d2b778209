"""What was read before a lock is read again under it: somebody may have been faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_backorders import engine, errors
from saleor_backorders.cancellations import cancel, delay_answers, refunds, silence, switch
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor
from saleor_backorders.models import (
    Backorder,
    Cancellation,
    ChannelRule,
    Decision,
    DecisionState,
    IncomingShipment,
    Offer,
)
from saleor_backorders.offers import codes, issue
from saleor_backorders.supply import receiving, shipments
from saleor_backorders.supply.shipments import Announced
from tests.days import today
from tests.services.front import Front
from tests.services.meanwhile import KEY, ORDER, held, while_waiting
from tests.services.test_refunds_once import owed
from tests.sql.wires import Wire
from tests.sql.world import model

SHIPMENT = "SELECT id FROM saleor_backorders_incomingshipment WHERE id = %s FOR UPDATE"
CODE = "SELECT code FROM discount_vouchercode WHERE code = %s FOR UPDATE"
STOCK = "SELECT id FROM warehouse_stock WHERE product_variant_id = %s FOR UPDATE"


@pytest.fixture
def front(transactional_db: None) -> Iterator[Front]:
    """Return a shop in which others commit; afterwards no invariant may be broken."""
    yield Front()
    assert engine.broken_invariants() == []


def give_up(row: Backorder, **request: Any) -> Any:
    return cancel.cancel(
        host=get_host(), backorder_id=row.pk, reason="", actor=Actor(), by="customer",
        now=timezone.now(), **{"quantity": None, **request},
    )  # fmt: skip


def take(row: Backorder) -> None:
    delay_answers.take_available(
        host=get_host(), backorder_id=row.pk, actor=Actor(), now=timezone.now()
    )


def arrives(variant: Any, units: int) -> Callable[[Wire], object]:
    """Let units come to the shelf, of another process."""
    return lambda other: other.execute(
        "UPDATE warehouse_stock SET quantity = quantity + %s"
        " WHERE product_variant_id = %s AND id < 1000000000",
        [units, variant.pk],
    )


def numbers(row: Backorder) -> tuple[int, int, int]:
    row.refresh_from_db()
    return row.waiting, row.allocated, row.cancelled


def test_cancel__what_arrived_meanwhile_is_not_given_up(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 2)
    (found,) = while_waiting(
        ORDER, row.order_id, partial(give_up, row), meanwhile=arrives(variant, 2)
    )
    assert type(found) is errors.NothingWaits
    assert numbers(row) == (0, 2, 0)


def test_cancel__gives_up_as_many_as_still_wait(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 3)
    (found,) = while_waiting(
        ORDER, row.order_id, partial(give_up, row), meanwhile=arrives(variant, 1)
    )
    assert (found.quantity, numbers(row)) == (2, (0, 1, 2))


def test_cancel__an_order_that_was_cancelled_meanwhile(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10), 2)

    def off(other: Wire) -> None:
        other.execute("UPDATE order_order SET status = 'canceled' WHERE id = %s", [row.order_id])

    (found,) = while_waiting(ORDER, row.order_id, partial(give_up, row), meanwhile=off)
    assert type(found) is errors.AlreadyCancelled
    assert not Cancellation.objects.exists()


def test_cancel__a_key_that_two_use_at_once_counts_once(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10), 3)
    act = partial(give_up, row, quantity=1, idempotency_key="pressed twice")
    one, two = while_waiting(ORDER, row.order_id, act, act)
    assert one == two
    assert numbers(row) == (2, 0, 1)
    assert Cancellation.objects.count() == 1


def test_cancel_order__what_arrived_meanwhile_is_not_given_up(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 3)
    act = partial(
        cancel.cancel_order, host=get_host(), order_id=row.order_id, reason="", actor=Actor(),
        by="customer", now=timezone.now(),
    )  # fmt: skip
    (found,) = while_waiting(ORDER, row.order_id, act, meanwhile=arrives(variant, 2))
    assert [each.quantity for each in found] == [1]
    assert numbers(row) == (0, 2, 1)


def asked(row: Backorder) -> Decision:
    """Let the customer have been asked, and silence be over today."""
    assert row.expected_on is not None
    return Decision.objects.create(
        backorder_id=row.pk, variant_id=row.variant_id, previous_on=row.expected_on,
        previous_first_on=row.expected_on, new_on=row.expected_on, slip_days=7,
        silence_on=today(), opened_at=timezone.now(),
    )  # fmt: skip


def stay_silent() -> int:
    return silence.apply(host=get_host(), now=timezone.now(), today=today())


def test_silence__who_answered_meanwhile_keeps_waiting(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10), 2)
    decision = asked(row)

    def answer(other: Wire) -> None:
        other.execute(
            "UPDATE saleor_backorders_decision SET state = 'kept_waiting', decided_by = 'customer',"
            " decided_at = now() WHERE id = %s",
            [decision.pk],
        )

    assert while_waiting(ORDER, row.order_id, stay_silent, meanwhile=answer) == [0]
    assert numbers(row) == (2, 0, 0)
    decision.refresh_from_db()
    assert (decision.state, decision.decided_by) == (DecisionState.KEPT_WAITING, "customer")


def test_silence__two_workers_cancel_once(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10), 2)
    asked(row)
    assert sorted(while_waiting(ORDER, row.order_id, stay_silent, stay_silent)) == [0, 1]
    assert numbers(row) == (0, 0, 2)
    assert Cancellation.objects.count() == 1


def test_keep_waiting__after_silence_cancelled_there_is_nothing_to_answer(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10), 2)
    asked(row)
    keep = partial(
        delay_answers.accept_delay,
        backorder_id=row.pk,
        by="customer",
        now=timezone.now(),
    )

    def close(other: Wire) -> None:
        other.execute("UPDATE saleor_backorders_decision SET state = 'cancelled'")

    (found,) = while_waiting(ORDER, row.order_id, keep, meanwhile=close)
    assert type(found) is errors.NothingToDecide
    row.refresh_from_db()
    assert row.agreed_on == row.promised_on


def test_take_available__asks_for_all_that_has_come_by_then(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 3)
    while_waiting(ORDER, row.order_id, partial(take, row), meanwhile=arrives(variant, 2))
    row.refresh_from_db()
    assert row.ship_asked_units == 2


def test_take_available__two_who_press_at_once_leave_one_note(front: Front) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 3)
    front.restock(variant, 2)
    assert while_waiting(ORDER, row.order_id, partial(take, row), partial(take, row)) == [None] * 2
    events = model("order", "OrderEvent").objects.filter(order_id=row.order_id, type="note_added")
    assert events.count() == 1


def test_switch__units_that_went_meanwhile_are_not_promised(front: Front) -> None:
    wanted, other = front.sold(0, limit=10), front.sold(2)
    row = front.wait(wanted, 2)
    act = partial(
        switch.switch, host=get_host(), backorder_id=row.pk, variant_id=other.pk, actor=Actor(),
        by="customer", now=timezone.now(),
    )  # fmt: skip
    (found,) = while_waiting(STOCK, other.pk, act, meanwhile=arrives(other, -1))
    assert type(found) is errors.NotEnoughStock
    assert numbers(row) == (2, 0, 0)


def test_receive__what_another_note_booked_meanwhile_is_not_booked_again(front: Front) -> None:
    variant = front.sold(0, limit=10)
    announced = shipments.create(
        reference="PO-1", warehouse_id=front.shelves.pk, expected_on=today(),
        lines=[Announced(variant.pk, 5)], now=timezone.now(),
    )  # fmt: skip
    acts = [
        partial(
            receiving.receive, shipment_id=announced.pk, lines=None, idempotency_key=key,
            now=timezone.now(),
        )
        for key in ("note-1", "note-2")
    ]  # fmt: skip
    found = while_waiting(SHIPMENT, announced.pk, *acts)
    assert sorted(type(each).__name__ for each in found) == ["IncomingShipment", "NotOpen"]
    assert IncomingShipment.objects.get().status == "received"
    stock = model("warehouse", "Stock").objects.get(product_variant=variant, pk__lt=10**9)
    assert stock.quantity == 5


def test_shipment__is_not_moved_once_it_was_called_off(front: Front) -> None:
    day = today()
    announced = shipments.create(
        reference="PO-1", warehouse_id=front.shelves.pk, expected_on=day,
        lines=[Announced(front.sold(0, limit=10).pk, 5)], now=timezone.now(),
    )  # fmt: skip
    changes = shipments.Changes(expected_on=day + timedelta(days=9))
    move = partial(shipments.update, shipment_id=announced.pk, changes=changes, now=timezone.now())

    def call_off(other: Wire) -> None:
        other.execute("UPDATE saleor_backorders_incomingshipment SET status = 'cancelled'")

    (found,) = while_waiting(SHIPMENT, announced.pk, move, meanwhile=call_off)
    assert type(found) is errors.NotOpen
    assert IncomingShipment.objects.get().expected_on == day


def late_order(front: Front, variant: Any) -> Backorder:
    """Return what waits, and whose customer was asked about a week."""
    row = front.wait(variant, 1, user_email="ada@example.com")
    asked(row)
    return row


def give(row: Backorder) -> list[Offer]:
    return issue.issue(order_id=row.order_id, now=timezone.now(), today=today())


def test_offers__a_budget_for_one_is_not_given_to_two_at_once(front: Front) -> None:
    variant = front.sold(0, limit=10)
    ChannelRule.objects.create(channel_id=front.main.pk, credit_per_week=5, credit_budget=5)
    rows = [late_order(front, variant) for _ in range(2)]
    key = f"credit of channel {front.main.pk}"
    found = while_waiting(KEY, key, *(partial(give, row) for row in rows))
    assert sorted(len(each) for each in found) == [0, 1]
    assert [each.amount for each in Offer.objects.all()] == [5]


def test_offers__one_order_is_given_the_same_thing_once(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10, discount_percent=10), 1, user_email="ada@example.com")
    found = while_waiting(
        KEY, f"offers of order {row.order_id}", partial(give, row), partial(give, row)
    )
    assert sorted(len(each) for each in found) == [0, 1]
    assert [each.percent for each in Offer.objects.all()] == [10]


def test_offer__a_code_that_was_used_up_meanwhile_is_refused(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10, discount_percent=10), 1, user_email="ada@example.com")
    (offer,) = give(row)

    def use() -> bool:
        with transaction.atomic():
            return codes.take(code=offer.code, now=timezone.now())

    def be_faster(other: Wire) -> None:
        other.execute(
            "UPDATE discount_vouchercode SET is_active = false WHERE code = %s", [offer.code]
        )

    assert while_waiting(CODE, offer.code, use, meanwhile=be_faster) == [False]
    offer.refresh_from_db()
    assert offer.used_at is None


REFUND = "SELECT id FROM saleor_backorders_refund WHERE id = %s FOR UPDATE"


def test_paid_by_hand__what_was_seen_to_go_meanwhile_is_not_paid_again(front: Front) -> None:
    refund = owed(front.wait(front.sold(0, limit=10), 2))
    pay = partial(
        refunds.paid_by_hand, host=get_host(), refund_ids=[refund.pk], actor=Actor(),
        now=timezone.now(),
    )  # fmt: skip

    def see_it_go(other: Wire) -> None:
        other.execute("UPDATE saleor_backorders_refund SET state = 'refunded', message = 'gone'")

    (found,) = while_waiting(REFUND, refund.pk, pay, meanwhile=see_it_go)
    assert type(found) is errors.InvalidValue
    refund.refresh_from_db()
    assert refund.message == "gone"
    assert not model("order", "OrderEvent").objects.filter(type="note_added").exists()


def test_refund__that_another_worker_holds_is_left_to_it(front: Front) -> None:
    refund = owed(front.wait(front.sold(0, limit=10), 2))
    with held(REFUND, refund.pk):
        done = refunds.settle(host=get_host(), now=timezone.now(), ids=[refund.pk])
    assert done == refunds.Settled(asked=0, refunded=0)
    refund.refresh_from_db()
    assert refund.attempts == 0
