"""Hand emails over: to the shop's mail server, or to whatever in the shop sends messages.

SMTP leaves one window: from the moment in which the last byte of a message is on its way until
the server's answer is on record, nobody can tell whether the server has it.  The mark that a
message is being handed over is therefore set after the server took sender and recipient and said
that it is ready for the text, immediately before the text is sent: whatever breaks before that
is tried again, whatever breaks after it without an answer is not (docs/adr/0009).
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any, Protocol

from django.core.mail import EmailMultiAlternatives

from saleor_backorders import errors
from saleor_backorders.host.port import Host
from saleor_backorders.host.smtp import Connection
from saleor_backorders.models import Transport

from .emails.mail import Email

OnHandOver = Callable[[], None]


class DeliveryError(Exception):
    """An email was not taken."""


class TransientError(DeliveryError):
    """Nobody has it, and another attempt may work."""


class ConnectionLost(TransientError):
    """The server closed a connection that had been open for a while."""


class ServerUnavailable(TransientError):
    """The server cannot be talked to: others need not try it now."""


class Rejected(DeliveryError):
    """Nobody has it, and no further attempt will work."""


class OutcomeUnknown(DeliveryError):
    """It was sent, and no answer came."""


class ClaimLost(Exception):
    """Somebody else took the message over."""


class Post(Protocol):
    """A way out of the shop."""

    def send(self, mail: Email, *, channel: str, mark: OnHandOver) -> None:
        """Hand an email over; ``mark`` is called right before it may have left.

        :raises DeliveryError: it was not taken.
        """

    def close(self) -> None:
        """Let go of what is open."""


class MailPost:
    """The shop's mail server, through Django's mail backend, one connection for many emails."""

    def __init__(self, host: Host, *, timeout: int) -> None:
        self._backend = host.mail.connection(timeout=timeout)

    def send(self, mail: Email, *, mark: OnHandOver, **_facts: str) -> None:
        """Hand an email over; where the server hung up since the last one, call it again."""
        marked = _Once(mark)
        try:
            self._send(mail, marked)
        except ConnectionLost:
            self._send(mail, marked)

    def _send(self, mail: Email, marked: _Once) -> None:
        was_open = getattr(self._backend, "connection", None) is not None
        self._open()
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, Connection):
            smtp.before_text = marked
        else:
            marked()
        try:
            self._backend.send_messages([_message(mail, self._backend)])
        except ClaimLost:
            self._drop()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            if was_open and not marked.done and isinstance(error, smtplib.SMTPServerDisconnected):
                raise ConnectionLost(str(error)) from error
            raise _judge(error, was_marked=marked.done) from error

    def close(self) -> None:
        """Say good-bye to the server."""
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _open(self) -> None:
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerUnavailable(str(error)) from error

    def _drop(self) -> None:
        """Forget the connection: after a failure its state is unknown."""
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, smtplib.SMTP):
            smtp.close()
            self._backend.connection = None


class NotifyPost:
    """Saleor's notifications, for a plugin or an app that sends them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def send(self, mail: Email, *, channel: str, mark: OnHandOver) -> None:
        """Hand an email over, whole and in parts."""
        mark()
        try:
            for recipient in mail.recipients:
                self._host.mail.notify(
                    event=f"backorders_{mail.kind}",
                    payload=_notice(mail, recipient),
                    channel_slug=channel,
                )
        except errors.NobodyListens as error:
            raise TransientError(error.message) from error
        except Exception as error:
            # Whatever stands behind it may have taken it before it failed.
            raise OutcomeUnknown(str(error)) from error

    def close(self) -> None:
        """Nothing is open."""


class Postmen:
    """The ways out that a worker uses, each opened once."""

    def __init__(self, host: Host, *, timeout: int) -> None:
        self._host, self._timeout = host, timeout
        self._posts: dict[str, Post] = {}

    def by(self, transport: str) -> Post:
        """Return a way out."""
        if transport not in self._posts:
            self._posts[transport] = (
                NotifyPost(self._host)
                if transport == Transport.NOTIFY
                else MailPost(self._host, timeout=self._timeout)
            )
        return self._posts[transport]

    def close(self) -> None:
        """Close them all."""
        for post in self._posts.values():
            post.close()


class _Once:
    """Call something once, and know whether it was called."""

    def __init__(self, work: OnHandOver) -> None:
        self._work = work
        self.done = False

    def __call__(self) -> None:
        if not self.done:
            self._work()
            self.done = True


def _judge(error: Exception, *, was_marked: bool) -> DeliveryError:
    """Tell what an error of the mail server means for the email."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        text = "; ".join(_told(answer) for _, answer in error.recipients.values())
        return Rejected(text) if all(code >= 500 for code in codes) else TransientError(text)
    if isinstance(error, smtplib.SMTPDataError):
        text = _told(error.smtp_error)
        return Rejected(text) if error.smtp_code >= 500 else TransientError(text)
    if was_marked:
        return OutcomeUnknown(str(error) or type(error).__name__)
    if isinstance(error, smtplib.SMTPResponseException):
        # The sender or the login: the shop's settings are wrong, not this email.
        return TransientError(_told(error.smtp_error))
    return TransientError(str(error) or type(error).__name__)


def _told(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def _message(mail: Email, backend: Any) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": mail.number,
        "Content-Language": mail.language,
        # Answering machines stay silent.
        "Auto-Submitted": "auto-generated",
    }
    if mail.out_url:
        # RFC 8058: mail programs offer it as a button.
        headers["List-Unsubscribe"] = f"<{mail.out_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        mail.sender,
        list(mail.recipients),
        connection=backend,
        headers=headers,
        reply_to=[mail.reply_to] if mail.reply_to else None,
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _notice(mail: Email, recipient: str) -> dict[str, Any]:
    return {
        "recipient_email": recipient,
        "kind": mail.kind,
        "language_code": mail.language,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "message_id": mail.number,
        "unsubscribe_url": mail.out_url,
        **mail.payload,
    }
