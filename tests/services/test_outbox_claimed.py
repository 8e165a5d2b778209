"""Whose a message is: a worker that comes too late changes nothing of what another one has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F
from django.utils import timezone

from saleor_backorders import conf, errors, outbox
from saleor_backorders.models import Message
from tests.services.front import Front
from tests.services.mailing import placed

EARLY, LATE = UUID(int=1), UUID(int=2)
UNHEARD_OF = timedelta(seconds=conf.lease_seconds() + 1)


@pytest.fixture
def pending(front: Front) -> Message:
    """Return what tells of an order that waits, due since an hour."""
    placed(front, 2)
    Message.objects.update(
        state="pending", settled_at=None, due_at=timezone.now() - timedelta(hours=1)
    )
    return Message.objects.get()


def claim(worker: UUID) -> Message:
    (message,) = outbox.claim(worker=worker, most=10)
    return message


def row(message: Message) -> tuple[Any, ...]:
    """Return all that is kept of a message."""
    return Message.objects.filter(pk=message.pk).values_list().get()


def state(message: Message) -> tuple[Any, ...]:
    message.refresh_from_db()
    return message.state, message.attempts, message.claimed_by, message.last_error


@pytest.fixture
def lost(pending: Message) -> Message:
    """Return a message as its first worker knows it, which another one has by now."""
    mine = claim(EARLY)
    Message.objects.update(claimed_at=F("claimed_at") - UNHEARD_OF)
    assert outbox.recover() == [(mine.pk, "pending")]
    assert claim(LATE).claimed_by == LATE
    assert mine.claimed_by == EARLY
    return mine


def hand_over(message: Message) -> bool:
    return outbox.begin_handing_over(message, recipient="jo@example.com", language="de")


SAYINGS: dict[str, Callable[[Message], object]] = {
    "hand over": hand_over,
    "sent": outbox.sent,
    "skip": lambda message: outbox.skip(message, "nobody waits"),
    "give up": lambda message: outbox.give_up(message, "550 no such user"),
    "unknown": lambda message: outbox.unknown(message, "no answer"),
    "later": lambda message: outbox.later(message, "451 busy"),
    "put back": outbox.put_back,
}


@pytest.mark.parametrize("said", SAYINGS)
def test_claimed__by_somebody_else_nothing_is_changed(lost: Message, said: str) -> None:
    before = row(lost)
    assert SAYINGS[said](lost) in (None, False)
    assert row(lost) == before
    assert state(lost)[:3] == ("claimed", 1, LATE)


@pytest.mark.parametrize("said", SAYINGS)
def test_handed_over__by_somebody_else_nothing_is_changed(lost: Message, said: str) -> None:
    assert hand_over(Message.objects.get())
    before = row(lost)
    assert SAYINGS[said](lost) in (None, False)
    assert row(lost) == before
    assert state(lost)[:3] == ("handing_over", 1, LATE)


def test_hand_over__is_said_once(pending: Message) -> None:
    mine = claim(EARLY)
    assert [hand_over(mine), hand_over(mine)] == [True, False]


@pytest.mark.parametrize("said", [each for each in SAYINGS if each != "sent"])
def test_sent__is_the_last_word(pending: Message, said: str) -> None:
    mine = claim(EARLY)
    hand_over(mine)
    outbox.sent(mine)
    before = row(mine)
    assert SAYINGS[said](mine) in (None, False)
    assert row(mine) == before
    assert state(mine)[:2] == ("sent", 1)


def test_sent__only_what_was_handed_over(pending: Message) -> None:
    mine = claim(EARLY)
    outbox.sent(mine)
    assert state(mine) == ("claimed", 1, EARLY, "")


def test_put_back__was_not_tried_and_is_due_at_once(pending: Message) -> None:
    mine = claim(EARLY)
    outbox.put_back(mine)
    assert state(mine) == ("pending", 0, None, "")
    assert (mine.claimed_at, mine.due_at) == (None, pending.due_at)
    assert state(claim(LATE)) == ("claimed", 1, LATE, "")


def test_put_back__not_what_was_handed_over(pending: Message) -> None:
    mine = claim(EARLY)
    hand_over(mine)
    outbox.put_back(mine)
    assert state(mine) == ("handing_over", 1, EARLY, "")


def test_later__after_each_pause_and_given_up_after_the_last(pending: Message) -> None:
    pauses = conf.mail_retry_delays()
    for number, pause in enumerate(pauses, start=1):
        mine = claim(EARLY)
        before = timezone.now()
        outbox.later(mine, "451 busy")
        assert state(mine) == ("pending", number, None, "451 busy")
        assert before + pause <= mine.due_at <= timezone.now() + pause
        assert outbox.claim(worker=LATE, most=10) == []
        Message.objects.update(due_at=timezone.now())
    mine = claim(EARLY)
    outbox.later(mine, "451 busy")
    assert state(mine)[:2] == ("given_up", len(pauses) + 1)


def test_claim__no_more_than_asked_for_the_longest_due_first(front: Front) -> None:
    rows = [placed(front, 1) for _ in range(3)]
    now = timezone.now()
    for hours, each in enumerate(rows, start=1):
        Message.objects.filter(order_id=each.order_id).update(
            state="pending", due_at=now - timedelta(hours=hours)
        )
    claimed = outbox.claim(worker=EARLY, most=2)
    assert [each.order_id for each in claimed] == [rows[2].order_id, rows[1].order_id]
    assert [each.order_id for each in outbox.claim(worker=LATE, most=2)] == [rows[0].order_id]


@pytest.mark.parametrize("done", ["pending", "claimed", "handing_over", "sent", "skipped"])
def test_send_again__only_what_nobody_has_any_more(pending: Message, done: str) -> None:
    Message.objects.update(state=done)
    with pytest.raises(errors.InvalidValue):
        outbox.send_again(ids=[pending.pk])
    assert Message.objects.get().state == done


@pytest.mark.parametrize("lost", ["given_up", "unknown"])
def test_send_again__begins_anew(pending: Message, lost: str) -> None:
    Message.objects.update(state=lost, attempts=9, settled_at=timezone.now())
    (again,) = outbox.send_again(ids=[pending.pk])
    assert (state(again)[:3], again.settled_at) == (("pending", 0, None), None)
