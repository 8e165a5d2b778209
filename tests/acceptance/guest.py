"""Be somebody with a link from a mail, at an address of their own."""

from __future__ import annotations

import html
import http.client
import itertools
import re
import urllib.parse
from dataclasses import dataclass

from tests.hosts.base import Host

PATH = "/plugins/saleor.backorders/w/"
RATING = "/plugins/saleor.backorders/r/"
_addresses = itertools.count(2)


@dataclass(frozen=True)
class Page:
    """One answer, as a browser gets it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the words on the page."""
        inside = re.sub(r"(?s)<(style|title)>.*?</\1>", " ", self.body.decode())
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", inside)).split())

    @property
    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [
            html.unescape(target) for target in re.findall(r'href="([^"]*)"', self.body.decode())
        ]

    def form(self, do: str) -> dict[str, str]:
        """Return what the form for a choice would send."""
        for form in re.findall(r"(?s)<form.*?</form>", self.body.decode()):
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
            if fields["do"] == do:
                return fields
        raise AssertionError(f"nothing to {do} on: {self.text}")


class Guest:
    """Open links from a loopback address that nobody else in the tests has."""

    def __init__(self, host: Host, token: str, path: str = PATH) -> None:
        self.base = urllib.parse.urlsplit(host.server.base)
        self.path = path
        self.token = token
        number = next(_addresses)
        self.address = f"127.1.{number // 250}.{number % 250 + 1}"

    def look(self, query: str = "", token: str | None = None) -> Page:
        """Open the page."""
        return self._send("GET", query, token)

    def press(self, form: dict[str, str], token: str | None = None) -> Page:
        """Send a form of the page."""
        return self._send("POST", "", token, urllib.parse.urlencode(form))

    def _send(self, method: str, query: str, token: str | None, body: str | None = None) -> Page:
        connection = http.client.HTTPConnection(
            str(self.base.hostname), self.base.port, timeout=60, source_address=(self.address, 0)
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        path = f"{self.path}{urllib.parse.quote(token or self.token)}/{query}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Page(answer.status, fields, answer.read())
        finally:
            connection.close()
