"""What becomes of messages that a worker left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from saleor_backorders import conf, outbox
from saleor_backorders.models import Message
from tests.services.front import Front
from tests.services.mailing import placed

UNHEARD_OF = timedelta(seconds=conf.lease_seconds() + 1)


@pytest.fixture
def message(front: Front) -> Message:
    """Return what tells of an order that waits, claimed by a worker that was not heard of since."""
    placed(front, 2)
    Message.objects.update(state="pending", settled_at=None)
    (claimed,) = outbox.claim(worker=uuid4(), most=10)
    Message.objects.update(claimed_at=F("claimed_at") - UNHEARD_OF)
    return claimed


def state(message: Message) -> tuple[Any, ...]:
    message.refresh_from_db()
    return message.state, message.attempts, message.claimed_by, message.last_error


def test_recover__what_a_dead_worker_never_tried_does_not_count_as_tried(message: Message) -> None:
    assert state(message)[:2] == ("claimed", 1)
    assert outbox.recover() == [(message.pk, "pending")]
    assert state(message) == ("pending", 0, None, "")


def test_recover__after_many_dead_workers_a_busy_server_is_still_asked_again(
    message: Message,
) -> None:
    for _ in range(len(conf.mail_retry_delays()) + 2):
        outbox.recover()
        outbox.claim(worker=uuid4(), most=10)
        Message.objects.update(claimed_at=F("claimed_at") - UNHEARD_OF)
    (claimed,) = Message.objects.all()
    outbox.later(claimed, "451 busy")
    assert state(message) == ("pending", 1, None, "451 busy")


def test_recover__what_was_just_being_handed_over_stays_unknown(message: Message) -> None:
    assert outbox.begin_handing_over(message, recipient="jo@example.com", language="en")
    assert outbox.recover() == [(message.pk, "unknown")]
    assert state(message) == ("unknown", 1, None, "the worker died while handing it over")


def test_recover__leaves_alone_whom_it_heard_of(message: Message) -> None:
    Message.objects.update(claimed_at=timezone.now())
    assert outbox.recover() == []
    assert state(message)[:2] == ("claimed", 1)
