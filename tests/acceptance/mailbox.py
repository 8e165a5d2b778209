"""Read what a shop's customers and staff find in their mail."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from tests.acceptance.shop import Shop
from tests.hosts.smtp import Email

DELIVER, REMIND = "saleor_backorders.deliver", "saleor_backorders.remind"
URL = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True)
class Page:
    """What a link leads to."""

    status: int
    text: str
    headers: dict[str, str]


class Mailbox:
    """What one shop sent since the test began."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        # Other tests' messages are none of ours, and would only be sent by the way.
        shop.host.sql(
            "UPDATE saleor_backorders_message SET state = 'skipped', settled_at = now(),"
            " last_error = 'another test' WHERE state = 'pending'"
        )
        self._seen = len(shop.host.post.mails())

    def deliver(self, remind: bool = False) -> list[Email]:
        """Let the background send what is due, and return what arrived by it."""
        if remind:
            self.shop.host.door("task", name=REMIND)
        before = len(self.shop.host.post.mails())
        self.shop.host.door("task", name=DELIVER)
        return self.shop.host.post.mails()[before:]

    def mails(self, to: str = "") -> list[Email]:
        """Return all that arrived, or what somebody got."""
        found = self.shop.host.post.mails()[self._seen :]
        return [each for each in found if not to or to in each.to]

    def only(self, *, to: str = "") -> Email:
        """Deliver, and return the one email that arrived by it."""
        (mail,) = [each for each in self.deliver() if not to or to in each.to]
        return mail

    def rows(self, kind: str = "") -> list[tuple[str, str, str]]:
        """Return kind, state and last error of this channel's messages, oldest first."""
        return self.shop.host.sql(
            "SELECT kind, state, last_error FROM saleor_backorders_message"
            " WHERE channel_id = %s AND (%s = '' OR kind = %s) ORDER BY id",
            self.shop.channel.pk, kind, kind,
        )  # fmt: skip

    def states(self) -> list[tuple[str, str]]:
        """Return kind and state of this channel's messages, oldest first."""
        return [(kind, state) for kind, state, _ in self.rows()]


def links_of(mail: Email) -> list[str]:
    """Return every link of an email; both bodies have the same ones."""
    text = list(dict.fromkeys(URL.findall(mail.text)))
    html = list(dict.fromkeys(URL.findall(mail.html)))
    assert sorted(text) == sorted(html)
    return text


def follow(url: str, form: dict[str, str] | None = None) -> Page:
    """Open a link, or send a form to it."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return Page(answer.status, answer.read().decode(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode(), dict(error.headers))
