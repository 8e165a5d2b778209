"""A channel whose messages a plugin or an app of the shop sends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.acceptance.dock import Dock
from tests.acceptance.mailbox import Mailbox
from tests.acceptance.shop import Shop
from tests.hosts.base import Json


class Listener:
    """An app that hears the shop's notifications."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def ours(self) -> list[Json]:
        """Return what it heard from the plugin."""
        return [each for each in self.heard if each["notify_event"].startswith("backorders_")]

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mailbox(plain_shop: Shop) -> Mailbox:
    """Open a shop that leaves its messages to whoever listens."""
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(5)
    shop.allow(limit=100).must()
    Dock(shop).rule(transport="NOTIFY").must()
    return Mailbox(shop)


@pytest.fixture
def listener(mailbox: Mailbox) -> Iterator[Listener]:
    """Install an app that hears notifications, for the test alone."""
    app = Listener()
    made = mailbox.shop.host.seed("listener", url=app.url)
    try:
        yield app
    finally:
        mailbox.shop.host.seed("retire", app=made["pk"])
        app.stop()


def test_an_app_hears_the_message_whole_and_in_parts(mailbox: Mailbox, listener: Listener) -> None:
    mailbox.shop.buy(10, email="app-reader@example.com")
    assert mailbox.deliver() == []
    (heard,) = listener.ours()

    assert heard["notify_event"] == "backorders_placed"
    payload = heard["payload"]
    assert payload["recipient_email"] == "app-reader@example.com"
    assert payload["kind"] == "placed"
    assert payload["language_code"] == "en"
    assert payload["subject"].endswith(": 5 ship now, 5 wait")
    assert payload["lines"][0]["split"] == "5 ship now, 5 wait"
    assert payload["lines"][0]["url"] in payload["text"]
    assert payload["lines"][0]["url"] in payload["html"]
    assert mailbox.states() == [("placed", "sent")]
    mailbox.deliver()
    assert len(listener.ours()) == 1


def test_where_nobody_listens__nothing_counts_as_sent(mailbox: Mailbox) -> None:
    mailbox.shop.buy(10)
    mailbox.deliver()
    (row,) = mailbox.rows()
    assert row[:2] == ("placed", "pending")
    assert row[2] == "Nothing in this shop takes notifications: no app, no plugin."


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: Any = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append(json.loads(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    return Handler
