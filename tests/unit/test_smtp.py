"""What the shop's mail backend says over SMTP, and when."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem

from saleor_backorders.host import smtp
from tests.hosts.smtp import NO_SUCH_USER, Sink, free_port

DJANGOS = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    server.start()
    yield server
    server.stop()


def send(port: int, text: str, before_text: Callable[[], None]) -> None:
    backend = smtp.backend(DJANGOS, host="127.0.0.1", port=port, timeout=10)
    backend.open()
    backend.connection.before_text = before_text
    try:
        backend.send_messages([EmailMessage("Hello", text, "shop@example.com", ["a@example.com"])])
    finally:
        # Without a good-bye, as the plugin does: the server may be waiting for the text.
        backend.connection.close()


def test_a_text_arrives_as_it_was_written_dots_and_all(sink: Sink) -> None:
    text = ".\n..\n.dot\nmiddle . dot\n\n.\nlast"
    send(sink.port, text, lambda: None)
    (arrived,) = sink.mails()
    assert arrived.mail.get_content().replace("\r\n", "\n").rstrip("\n") == text


def test_the_server_has_nothing_when_it_is_told_that_a_text_will_leave(sink: Sink) -> None:
    seen: list[int] = []
    send(sink.port, "Hello", lambda: seen.append(len(sink.mails())))
    assert (seen, len(sink.mails())) == ([0], 1)


def test_a_text_stays_here_when_whoever_is_told_objects(sink: Sink) -> None:
    class Objection(Exception):
        pass

    def object_to_it() -> None:
        raise Objection

    with pytest.raises(Objection):
        send(sink.port, "Hello", object_to_it)
    assert sink.mails() == []


def test_nobody_is_told_of_a_text_whose_reader_was_refused(sink: Sink) -> None:
    sink.mood = lambda recipient, moment: NO_SUCH_USER
    told: list[None] = []
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink.port, "Hello", lambda: told.append(None))
    assert told == []


def test_nobody_is_told_of_a_text_that_the_server_does_not_want() -> None:
    class Full(SMTP):
        async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
            await self.push("452 no room")

    class Server(Controller):
        def factory(self) -> Any:
            return Full(self.handler)

    server = Server(object(), hostname="127.0.0.1", port=free_port(), ready_timeout=30)
    server.start()
    told: list[None] = []
    try:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(server.port, "Hello", lambda: told.append(None))
    finally:
        server.stop()
    assert (refused.value.smtp_code, refused.value.smtp_error, told) == (452, b"no room", [])


def test_over_tls_it_is_said_as_well() -> None:
    backend = smtp.backend(DJANGOS, host="127.0.0.1", port=1, use_ssl=True)
    assert issubclass(backend.connection_class, smtp.Connection)
    assert issubclass(backend.connection_class, smtplib.SMTP_SSL)


def test_a_backend_that_speaks_no_smtp_stays_what_it_is() -> None:
    backend = smtp.backend("django.core.mail.backends.locmem.EmailBackend", timeout=10)
    assert type(backend) is locmem.EmailBackend
