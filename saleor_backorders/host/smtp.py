"""The shop's mail backend; where it speaks SMTP, it says when a text is about to leave."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

READY = 354


class Connection(smtplib.SMTP):
    """SMTP that calls ``before_text`` once the server waits for a text, and has nothing of it."""

    before_text: Callable[[], None] | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the text of a message.

        :raises SMTPDataError: the server does not want it.
        """
        code, answer = self.docmd("DATA")
        if code != READY:
            raise smtplib.SMTPDataError(code, answer)
        if self.before_text:
            self.before_text()
        self.send(_quoted(msg))
        return self.getreply()


class SecureConnection(Connection, smtplib.SMTP_SSL):
    """The same over TLS from the first byte on."""


class Speaking:
    """A mail backend of Django's whose connections are ours."""

    use_ssl: bool

    @property
    def connection_class(self) -> type[Connection]:
        """Return what Django opens."""
        return SecureConnection if self.use_ssl else Connection


def backend(path: str = "", **how: Any) -> Any:
    """Return a mail backend, not opened yet: that of the settings where no path is given."""
    known: type[Any] = import_string(path or settings.EMAIL_BACKEND)
    if issubclass(known, EmailBackend):
        known = type(known.__name__, (Speaking, known), {})
    return known(**how)


def _quoted(text: bytes) -> bytes:
    """Double the dots that begin a line, and end with one that stands alone (RFC 5321, 4.5.2)."""
    end = b"" if text.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text) + end + b".\r\n"
