"""Be a real mail server on a loopback port: keep what arrives, refuse or hang where told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"
ACCEPT, BUSY, NO_SUCH_USER, HANG = "accept", "busy", "no such user", "hang"
AT_RECIPIENT, AT_TEXT = "at recipient", "at text"


@dataclass(frozen=True)
class Email:
    """One message as it arrived."""

    to: tuple[str, ...]
    sender: str
    mail: EmailMessage

    @classmethod
    def read(cls, envelope: Envelope) -> Self:
        """Read what came over the wire."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
        return cls(tuple(envelope.rcpt_tos), envelope.mail_from or "", mail)

    @property
    def subject(self) -> str:
        """Return the subject in words."""
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        """Return the plain body."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """Return the HTML body."""
        return self._body("html")

    @property
    def number(self) -> str:
        """Return the Message-ID."""
        return str(self.mail["Message-ID"])

    def _body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None, f"no {kind} body"
        content: str = part.get_content()
        return content.replace("\r\n", "\n")


def free_port() -> int:
    """Return a port that nobody listens on."""
    # The controller knocks at the port that it was given, so 0 will not do.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


Mood = Callable[[str, str], str]
"""From the recipient and the moment to what the server does."""


class Sink:
    """The server; ``mood`` decides what it does with whom."""

    def __init__(self, mood: Mood | None = None) -> None:
        self.mood: Mood = mood or (lambda recipient, moment: ACCEPT)
        self.port = 0
        self.hanging = 3600.0
        self.taken: list[Email] = []
        self.turned_away = 0
        self.hung = 0
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def mails(self) -> list[Email]:
        """Return what arrived, in order."""
        with self._lock:
            return list(self.taken)

    # called by the server

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        answer = await self._answer(address, AT_RECIPIENT)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer a text, and keep what is accepted."""
        answer = await self._answer(envelope.rcpt_tos[0], AT_TEXT)
        if answer == OK:
            mail = Email.read(envelope)
            with self._lock:
                self.taken.append(mail)
        return answer

    async def _answer(self, recipient: str, moment: str) -> str:
        mood = self.mood(recipient, moment)
        if mood == HANG:
            self.hung += 1
            await asyncio.sleep(self.hanging)
            return "421 too late"
        if mood != ACCEPT:
            self.turned_away += 1
        return {BUSY: "451 try again later", NO_SUCH_USER: "550 no such user"}.get(mood, OK)
