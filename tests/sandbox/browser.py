"""A browser without JavaScript: it follows links, fills forms and presses buttons."""

from __future__ import annotations

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    """Where each button sends the form, by the button's text."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self._button: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif tag == "input" and (values.get("type") != "checkbox" or "checked" in values):
            self.forms[-1].fields[values["name"]] = values.get("value", "on")
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "button":
            self._button = values.get("formaction", self.forms[-1].action)

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text:
            return
        self.texts.append(text)
        if self._button is not None:
            self.forms[-1].buttons[text] = self._button


class Browser:
    """Keeps cookies and the page that it is on."""

    def __init__(self, base: str) -> None:
        self._base = base
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._page = self._left = _Page()
        self._url = base
        self.status = 0

    @property
    def text(self) -> str:
        """Return the words on the page."""
        return " ".join(self._page.texts)

    @property
    def buttons(self) -> list[str]:
        """Return the texts of the buttons on the page, from the top."""
        return [text for form in self.forms for text in form.buttons]

    @property
    def forms(self) -> list[Form]:
        """Return the forms on the page, from the top."""
        return self._page.forms

    @property
    def links(self) -> list[str]:
        """Return where the links on the page lead, from the top."""
        return self._page.links

    def back(self) -> Browser:
        """Show the page that was left last, as it was then."""
        self._page = self._left
        return self

    def go(self, path: str) -> Browser:
        """Open a page."""
        return self._open(self._base + path, None)

    def press(self, button: str, **fields: str) -> Browser:
        """Fill the form of the first button with this text and press it."""
        form = next(form for form in self.forms if button in form.buttons)
        data = urllib.parse.urlencode({**form.fields, **fields})
        target = urllib.parse.urljoin(self._url, form.buttons[button]).partition("#")[0]
        if form.method == "get":
            return self._open(f"{target}?{data}", None)
        return self._open(target, data.encode())

    def _open(self, url: str, data: bytes | None) -> Browser:
        try:
            response = self._opener.open(url, data, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            self.status = response.status
            self._url = response.url
            self._left, self._page = self._page, _Page()
            self._page.feed(response.read().decode())
        return self
