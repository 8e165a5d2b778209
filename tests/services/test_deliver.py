"""What becomes of emails when the mail server is gone, hangs up, refuses or says nothing."""

from __future__ import annotations

from asyncio import Transport
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management import call_command
from django.utils import timezone

from saleor_backorders.host import get_host
from saleor_backorders.models import Message
from saleor_backorders.notifications import delivery
from saleor_backorders.notifications.delivery import Delivered
from sandbox.host import HOST
from tests.hosts.smtp import ACCEPT, AT_RECIPIENT, AT_TEXT, BUSY, NO_SUCH_USER, OK, Email, Sink
from tests.services.front import Front
from tests.services.mailing import placed

ANOTHER = UUID(int=1)


def _lose(server: SMTP) -> None:
    assert isinstance(server.transport, Transport)
    server.transport.abort()


class Fickle(Sink):
    """A mail server that hangs up where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs_up_after_text_of: set[str] = set()
        self.hangs_up_after_each = False
        self.read: list[str] = []
        self.served: set[Session] = set()

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a text, and say so unless the connection is to be lost."""
        recipient = envelope.rcpt_tos[0]
        self.read.append(recipient)
        if recipient in self.hangs_up_after_text_of:
            _lose(server)
            return "421 lost"
        self.served.add(session)
        return await super().handle_DATA(server, session, envelope)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, unless the connection is lost by the time that the next one comes."""
        if self.hangs_up_after_each and session in self.served:
            _lose(server)
        envelope.mail_from = address
        return OK


@pytest.fixture
def sink(settings: Any) -> Iterator[Fickle]:
    """Run a mail server, and let the shop use it."""
    server = Fickle()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = server.port
    try:
        yield server
    finally:
        server.stop()


def due(front: Front, count: int) -> list[str]:
    """Let so many emails be due, one to each of as many customers; return them in order."""
    people = [f"{number}@example.com" for number in range(count)]
    for each in people:
        placed(front, 1, user_email=each)
    Message.objects.update(state="pending", settled_at=None, due_at=timezone.now())
    return people


def deliver(most: int | None = None) -> Delivered:
    return delivery.deliver(host=get_host(), now=timezone.now(), most=most)


def states() -> list[tuple[str, int]]:
    return list(Message.objects.order_by("pk").values_list("state", "attempts"))


def taken(sink: Sink) -> list[str]:
    return [to for mail in sink.mails() for to in mail.to]


def numbers(sink: Sink) -> list[int]:
    return [_number(mail) for mail in sink.mails()]


def _number(mail: Email) -> int:
    return int(mail.number.split(".")[1])


def test_server_gone__the_rest_of_a_batch_is_due_at_once_and_was_not_tried(
    front: Front, sink: Fickle, settings: Any
) -> None:
    people = due(front, 3)
    sink.stop()
    assert deliver(most=3) == Delivered(later=1)
    assert states() == [("pending", 1), ("pending", 0), ("pending", 0)]
    assert set(Message.objects.values_list("claimed_by", "claimed_at")) == {(None, None)}
    now = timezone.now()
    waits = [message.due_at > now for message in Message.objects.order_by("pk")]
    assert waits == [True, False, False]
    assert Message.objects.earliest("pk").last_error != ""

    sink.start()
    settings.EMAIL_PORT = sink.port
    assert deliver() == Delivered(sent=2)
    assert taken(sink) == people[1:]


@pytest.mark.parametrize("place", [0, 1])
def test_connection_lost_after_the_text__one_email_and_nobody_knows(
    front: Front, sink: Fickle, place: int
) -> None:
    people = due(front, 3)
    sink.hangs_up_after_text_of = {people[place]}
    assert deliver() == Delivered(sent=2, unknown=1)
    assert sink.read == people
    expected = [("sent", 1)] * 3
    expected[place] = ("unknown", 1)
    assert states() == expected
    assert deliver() == Delivered()
    assert sink.read == people


def test_server_that_hung_up_between_two_emails__is_called_again(
    front: Front, sink: Fickle
) -> None:
    people = due(front, 3)
    sink.hangs_up_after_each = True
    done = deliver()
    assert (done, states()) == (Delivered(sent=3), [("sent", 1)] * 3)
    assert sink.read == people
    assert numbers(sink) == list(Message.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("moment", "mood", "done", "state"),
    [
        (AT_RECIPIENT, BUSY, Delivered(later=1), "pending"),
        (AT_TEXT, BUSY, Delivered(later=1), "pending"),
        (AT_RECIPIENT, NO_SUCH_USER, Delivered(refused=1), "given_up"),
        (AT_TEXT, NO_SUCH_USER, Delivered(refused=1), "given_up"),
    ],
)
def test_refused__for_now_is_tried_again_and_for_good_is_not(
    front: Front, sink: Fickle, moment: str, mood: str, done: Delivered, state: str
) -> None:
    due(front, 1)
    sink.mood = lambda recipient, when: mood if when == moment else ACCEPT
    assert deliver() == done
    assert states() == [(state, 1)]
    message = Message.objects.get()
    assert message.last_error == {BUSY: "try again later", NO_SUCH_USER: "no such user"}[mood]
    sink.mood = lambda recipient, when: ACCEPT
    assert deliver() == Delivered()
    Message.objects.update(due_at=timezone.now())
    assert deliver() == (Delivered(sent=1) if state == "pending" else Delivered())


class Overtaken:
    """A shop's mail, in which another worker takes over what one is about to write."""

    connection = staticmethod(HOST.mail.connection)
    notify = staticmethod(HOST.mail.notify)

    def base_url(self) -> str:
        Message.objects.update(claimed_by=ANOTHER)
        return HOST.mail.base_url()


def test_taken_over__by_another_worker_while_it_was_written_it_is_not_sent(
    front: Front, sink: Fickle
) -> None:
    due(front, 1)
    done = delivery.deliver(host=replace(HOST, mail=Overtaken()), now=timezone.now())
    assert (done, sink.read) == (Delivered(), [])
    message = Message.objects.get()
    assert (message.state, message.attempts, message.claimed_by) == ("claimed", 1, ANOTHER)


def test_most__no_more_than_asked_for(front: Front, sink: Fickle) -> None:
    people = due(front, 3)
    assert deliver(most=2) == Delivered(sent=2)
    assert taken(sink) == people[:2]
    assert states() == [("sent", 1), ("sent", 1), ("pending", 0)]


def test_command__says_what_became_of_each_message(front: Front, sink: Fickle) -> None:
    people = due(front, 4)
    sink.hangs_up_after_text_of = {people[0]}
    sink.mood = lambda recipient, moment: NO_SUCH_USER if recipient in people[1:3] else ACCEPT
    out = StringIO()
    call_command("backorders", "deliver", stdout=out)
    assert out.getvalue() == (
        "Sent 1, 0 no longer true, 0 to be tried again, 2 refused, 1 perhaps sent.\n"
    )
