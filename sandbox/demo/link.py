"""A customer's page, opened from its link as a browser without JavaScript would."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from html import unescape

from sandbox.shop.api import Json

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
PARAGRAPH = re.compile(r'<p class="(?:notice|sorry)"[^>]*>(.*?)</p>', re.DOTALL)


def token_of(backorder: Json) -> str:
    """Return the token at the end of a backorder's link."""
    token: str = backorder["link"].rstrip("/").rpartition("/")[2]
    return token


class Page:
    """The page behind one link."""

    def __init__(self, address: str) -> None:
        self._address = address

    def read(self) -> str:
        """Open the page and return what it tells the customer."""
        return _told(self._open(""))

    def choose(self, **ask: str) -> str:
        """Ask for something, press the button that confirms it and return the answer."""
        question = self._open(f"?{urllib.parse.urlencode(ask)}")
        form = {name: unescape(value) for name, value in HIDDEN.findall(question)}
        return _told(self._open("", urllib.parse.urlencode(form).encode()))

    def _open(self, query: str, form: bytes | None = None) -> str:
        with urllib.request.urlopen(self._address + query, form, timeout=60) as page:  # noqa: S310
            text: str = page.read().decode()
        return text


def _told(page: str) -> str:
    return " ".join(unescape(" ".join(PARAGRAPH.findall(page))).split())
