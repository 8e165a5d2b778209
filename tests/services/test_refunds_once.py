"""Money goes back once: whoever asks, dies, comes too late or is asked to try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.cancellations import refunds
from saleor_backorders.host.port import Actor, Host, RefundAnswer, RefundOutcome, RefundPart
from saleor_backorders.models import Backorder, Cancellation, Refund, RefundState
from sandbox.host import HOST
from tests.services.front import Front

NOBODY = Actor()


def answer(outcome: RefundOutcome, message: str = "") -> RefundAnswer:
    return RefundAnswer(outcome=outcome, message=message)


class Gateway:
    """Whoever holds the shop's money; others may act while it thinks."""

    grant = staticmethod(HOST.refunds.grant)

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.known = answer(RefundOutcome.OWED)
        self.says = answer(RefundOutcome.REFUNDED)
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def host(self) -> Host:
        """Return the shop that asks it."""
        return replace(HOST, refunds=self)

    def outcome(self, *, part: RefundPart, key: str) -> RefundAnswer:
        return self.known

    def request(self, *, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
        self.asked.append(key)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return self.says


@pytest.fixture
def gateway(front: Front) -> Gateway:
    return Gateway()


@pytest.fixture
def waits(front: Front) -> Backorder:
    return front.wait(front.sold(0, limit=10), 9)


def owed(row: Backorder, **source: int) -> Refund:
    """Return money that is owed for one unit, through a gateway unless it is told otherwise."""
    now = timezone.now()
    cancellation = Cancellation.objects.create(
        backorder_id=row.pk, order_id=row.order_id, order_line_id=row.order_line_id, quantity=1,
        value=10, currency="USD", by="customer", created_at=now,
    )  # fmt: skip
    return Refund.objects.create(
        cancellation=cancellation, order_id=row.order_id, amount=10, currency="USD", key=uuid4(),
        next_attempt_at=now, created_at=now, **(source or {"payment_id": 1}),
    )  # fmt: skip


def settle(gateway: Gateway, now: datetime | None = None) -> refunds.Settled:
    return refunds.settle(host=gateway.host, now=now or timezone.now())


def test_claim__what_another_worker_has_just_asked_for_is_not_asked_for(
    gateway: Gateway, waits: Backorder
) -> None:
    first, second = owed(waits), owed(waits)
    gateway.says = answer(RefundOutcome.REQUESTED)
    others: list[refunds.Settled] = []
    gateway.meanwhile = lambda: others.append(settle(gateway))
    assert settle(gateway) == refunds.Settled(asked=1, refunded=0)
    assert others == [refunds.Settled(asked=1, refunded=0)]
    assert gateway.asked == [str(first.key), str(second.key)]
    assert list(Refund.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1]


def test_claim__a_second_worker_finds_nothing_until_the_pause_is_over(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits)
    gateway.says = answer(RefundOutcome.FAILED, "no funds")
    now = timezone.now()
    soon, later = (
        now + refunds.RETRY_DELAYS[0] - timedelta(seconds=1),
        now + refunds.RETRY_DELAYS[0],
    )
    assert [settle(gateway, at).asked for at in (now, now, soon, later)] == [1, 0, 0, 1]
    refund.refresh_from_db()
    assert (refund.attempts, refund.state) == (2, RefundState.FAILED)
    assert refund.next_attempt_at == later + refunds.RETRY_DELAYS[1]


def test_claim__after_the_last_pause_staff_have_to_look(gateway: Gateway, waits: Backorder) -> None:
    refund = owed(waits)
    gateway.says = answer(RefundOutcome.FAILED, "no funds")
    now = timezone.now()
    for pause in (*refunds.RETRY_DELAYS, timedelta(days=9), timedelta(days=9)):
        settle(gateway, now)
        now += pause
    refund.refresh_from_db()
    assert len(gateway.asked) == len(refunds.RETRY_DELAYS) + 1
    assert (refund.next_attempt_at, refund.settled_at) == (None, None)


def test_late_answer__does_not_undo_that_the_money_was_seen_to_go(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits, transaction_id=1)
    gateway.says = answer(RefundOutcome.FAILED, "timed out")
    seen_at = timezone.now() + timedelta(seconds=3)

    def report() -> None:
        gateway.known = answer(RefundOutcome.REFUNDED)
        refunds.look(host=gateway.host, order_id=waits.order_id, now=seen_at)

    gateway.meanwhile = report
    settle(gateway)
    refund.refresh_from_db()
    assert (refund.state, refund.message) == (RefundState.REFUNDED, "")
    assert (refund.settled_at, refund.next_attempt_at) == (seen_at, None)
    assert settle(gateway, seen_at + timedelta(days=9)) == refunds.Settled(asked=0, refunded=0)


def test_late_answer__of_a_slow_worker_does_not_set_the_day_anew(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits)
    seen_at = timezone.now() + timedelta(seconds=3)
    gateway.meanwhile = lambda: Refund.objects.update(
        state=RefundState.REFUNDED, settled_at=seen_at, next_attempt_at=None, message="by hand"
    )
    settle(gateway)
    refund.refresh_from_db()
    assert (refund.settled_at, refund.message) == (seen_at, "by hand")


def test_request__is_on_record_before_anybody_is_asked(gateway: Gateway, waits: Backorder) -> None:
    owed(waits)
    seen: list[str] = []
    gateway.meanwhile = lambda: seen.append(Refund.objects.get().state)
    settle(gateway)
    assert seen == [RefundState.REQUESTED]


class Killed(BaseException):
    """The process ends here."""


def die() -> None:
    raise Killed


def test_killed_while_a_gateway_pays__the_task_asks_nobody_and_staff_may(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits)
    gateway.meanwhile = die
    with pytest.raises(Killed):
        settle(gateway)
    gateway.known = answer(RefundOutcome.UNKNOWN)
    soon = timezone.now() + refunds.RETRY_DELAYS[0]
    assert settle(gateway, soon) == refunds.Settled(asked=1, refunded=0)
    assert settle(gateway, soon + timedelta(days=9)) == refunds.Settled(asked=0, refunded=0)
    refund.refresh_from_db()
    assert (refund.state, refund.next_attempt_at) == (RefundState.UNKNOWN, None)
    assert gateway.asked == [str(refund.key)]

    (done,) = refunds.retry(host=gateway.host, refund_ids=[refund.pk], now=soon)
    assert gateway.asked == [str(refund.key)] * 2
    assert done.state == RefundState.REFUNDED


def test_killed_while_an_app_pays__it_is_asked_again_by_the_same_key(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits, transaction_id=1)
    gateway.meanwhile = die
    with pytest.raises(Killed):
        settle(gateway)
    gateway.known = answer(RefundOutcome.UNKNOWN)
    soon = timezone.now() + refunds.RETRY_DELAYS[0]
    assert settle(gateway, soon) == refunds.Settled(asked=1, refunded=1)
    assert gateway.asked == [str(refund.key)] * 2


@pytest.mark.parametrize("known", [RefundOutcome.REFUNDED, RefundOutcome.REQUESTED])
def test_what_is_done_or_under_way_is_not_asked_for(
    gateway: Gateway, waits: Backorder, known: RefundOutcome
) -> None:
    refund = owed(waits, transaction_id=1)
    gateway.known = answer(known)
    settle(gateway)
    refund.refresh_from_db()
    assert (gateway.asked, refund.state) == ([], known.value)


def test_one_that_breaks_off_keeps_nobody_else_waiting(gateway: Gateway, waits: Backorder) -> None:
    first, second = owed(waits), owed(waits)

    def break_off() -> None:
        raise RuntimeError

    gateway.meanwhile = break_off
    assert settle(gateway) == refunds.Settled(asked=2, refunded=1)
    states = dict(Refund.objects.values_list("pk", "state"))
    assert states == {first.pk: RefundState.REQUESTED, second.pk: RefundState.REFUNDED}


@pytest.mark.parametrize("state", [RefundState.REFUNDED, RefundState.REQUESTED])
def test_staff__neither_ask_for_nor_pay_what_is_done_or_on_its_way(
    gateway: Gateway, waits: Backorder, state: RefundState
) -> None:
    refund = owed(waits)
    Refund.objects.update(state=state)
    now = timezone.now()
    with pytest.raises(errors.InvalidValue):
        refunds.retry(host=gateway.host, refund_ids=[refund.pk], now=now)
    with pytest.raises(errors.InvalidValue):
        refunds.paid_by_hand(host=gateway.host, refund_ids=[refund.pk], actor=NOBODY, now=now)
    refund.refresh_from_db()
    assert (gateway.asked, refund.state, refund.settled_at) == ([], state, None)


def test_staff__what_they_paid_by_hand_nobody_is_asked_for(
    gateway: Gateway, waits: Backorder
) -> None:
    refund = owed(waits)
    now = timezone.now()
    refunds.paid_by_hand(host=gateway.host, refund_ids=[refund.pk], actor=NOBODY, now=now)
    assert settle(gateway, now + timedelta(days=9)) == refunds.Settled(asked=0, refunded=0)
    refund.refresh_from_db()
    assert (refund.state, refund.settled_at) == (RefundState.REFUNDED, now)
    assert refund.message == "10.00 USD were paid back by hand."


def test_staff__a_retry_of_several_tries_all_and_says_what_was_refused(
    gateway: Gateway, waits: Backorder
) -> None:
    rows = [owed(waits), owed(waits)]
    Refund.objects.update(state=RefundState.FAILED, next_attempt_at=None)
    gateway.says = answer(RefundOutcome.FAILED, "no funds")
    with pytest.raises(errors.RefundFailed, match="no funds; no funds"):
        refunds.retry(host=gateway.host, refund_ids=[row.pk for row in rows], now=timezone.now())
    assert gateway.asked == [str(row.key) for row in rows]


def test_owe__money_that_nobody_can_be_asked_for_is_left_to_staff(
    gateway: Gateway, waits: Backorder
) -> None:
    cancellation = owed(waits).cancellation
    Refund.objects.all().delete()
    now = timezone.now()
    part = RefundPart(amount=Decimal(4), currency="USD")
    (key,) = refunds.owe(cancellation, [part], now=now)
    assert settle(gateway, now + timedelta(days=9)) == refunds.Settled(asked=0, refunded=0)
    refund = Refund.objects.get()
    assert (refund.pk, refund.state, refund.next_attempt_at) == (key, RefundState.OWED, None)
    assert refund.message == refunds.BY_HAND
    with pytest.raises(errors.InvalidValue):
        refunds.retry(host=gateway.host, refund_ids=[key], now=now)
