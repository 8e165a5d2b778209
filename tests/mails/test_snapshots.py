"""Every email as it leaves, in every language.

``tests/mails/snapshots/<kind>[.<case>].<language>.txt`` holds subject and text, ``.html`` the
other body.  After a change that is meant, write them anew and read the difference:

    REWRITE_MAILS=1 .venv/bin/python -m pytest tests/mails && git diff tests/mails/snapshots
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from saleor_backorders.models import MessageKind
from saleor_backorders.notifications.emails import render
from saleor_backorders.notifications.emails.mail import Draft, Email, Line
from saleor_backorders.settings.channel import MailRule
from tests.mails.drafts import CASES, LANGUAGES, mail

FOLDER = Path(__file__).parent / "snapshots"
EACH = [(name, language) for name in CASES for language in LANGUAGES]
NASTY = '<b>Boots & "co"</b>'
WIDEST = 100
SYNTAX = re.compile(r"{[{%#]|[%#}]}|%\(|None\b|Money\(")
each_mail = pytest.mark.parametrize(("name", "language"), EACH, ids=map(".".join, EACH))


class _Words(HTMLParser):
    """Collects what a reader sees of the HTML, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden += tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()


def seen(html: str) -> _Words:
    page = _Words()
    page.feed(html)
    page.close()
    return page


def remember(path: Path, text: str) -> str:
    if os.environ.get("REWRITE_MAILS"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@each_mail
def test_email__is_as_it_was(name: str, language: str) -> None:
    made = mail(name, language)
    text = f"Subject: {made.subject}\n\n{made.text}"

    assert text == remember(FOLDER / f"{name}.{language}.txt", text)
    assert made.html == remember(FOLDER / f"{name}.{language}.html", made.html)


@each_mail
def test_email__is_well_formed(name: str, language: str) -> None:
    made = mail(name, language)

    assert made.subject == " ".join(made.subject.split())
    assert 0 < len(made.subject) <= WIDEST
    lines = made.text.split("\n")
    assert lines[-1] == ""
    assert lines[0]
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\n\n\n" not in made.text
    assert [line for line in lines if len(line) > WIDEST and "http" not in line] == []
    for part in (made.subject, made.text, made.html):
        assert SYNTAX.findall(part) == []
    assert f'<html lang="{language}" dir="ltr">' in made.html


@each_mail
def test_email__says_the_same_twice(name: str, language: str) -> None:
    made = mail(name, language)
    page = seen(made.html)

    assert page.links == re.findall(r"^ *(https://\S+)$", made.text, re.MULTILINE)
    said = " ".join(made.text.split())
    # The way out is worded for a link in one body, and for the line above it in the other.
    main = page.words[: page.words.index("Boot")]
    assert [word for word in main if word not in said] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
@pytest.mark.parametrize("name", CASES)
def test_email__keeps_no_english(name: str, language: str) -> None:
    english = mail(name, "en").text.splitlines()
    other = mail(name, language).text.splitlines()

    same = {line for line in english if line and line in other and "http" not in line}
    assert same <= {
        "--",
        "Boot Shop",
        "Gateway: declined.",
        "* Winter boots (brown, 42)",
        "* Wool socks",
    }


def test_snapshots__are_of_emails_that_there_are() -> None:
    known = {f"{name}.{language}.{kind}" for name, language in EACH for kind in ("txt", "html")}

    assert {path.name for path in FOLDER.iterdir()} == known


def test_every_kind_has_an_email() -> None:
    assert {name.partition(".")[0] for name in CASES} == set(MessageKind.values)


def nasty(kind: str, **facts: object) -> Email:
    draft = Draft(
        kind=kind, recipients=("ada@example.com",), language="en",
        lines=(Line(name=NASTY, split=NASTY, note=NASTY, until=NASTY, url="https://a.example/?b&c"),),
        facts={"number": NASTY, "thing": NASTY, "channel": NASTY, "things": 1, "units": 1,
               "late": 1, "soon": 1, "trouble": NASTY, "split": NASTY, "day": NASTY, **facts},
    )  # fmt: skip
    return render.mail(draft, rule=MailRule(), shop=NASTY, number="1")


@pytest.mark.parametrize("kind", MessageKind.values)
def test_email__escapes_names_in_html_and_in_html_alone(kind: str) -> None:
    made = nasty(kind)

    assert f"* {NASTY}" in made.text
    assert NASTY in made.subject
    assert "&lt;" not in made.subject + made.text
    assert "&amp;" not in made.subject + made.text
    assert NASTY not in made.html
    assert "&lt;b&gt;Boots &amp; &quot;co&quot;&lt;/b&gt;" in made.html
    assert "https://a.example/?b&amp;c" in made.html
    assert seen(made.html).links[0] == "https://a.example/?b&c"
    assert seen(made.html).words.count('"co"</b>') >= 2


def test_subject__stays_one_line_whatever_a_product_is_called() -> None:
    made = nasty("back_in_stock", thing="Boots\r\nBcc: all@example.com")

    assert made.subject == "Boots Bcc: all@example.com is back in stock"


def test_email__is_the_shops_where_it_has_a_sender() -> None:
    draft = Draft(kind="refunded", recipients=("ada@example.com",), language="en")
    rule = replace(MailRule(), sender_name="Ada's, boots", sender_address="ada@shop.example")
    made = render.mail(draft, rule=rule, shop="Boot Shop", number="7")

    assert made.sender == '"Ada\'s, boots" <ada@shop.example>'
    assert made.number == "<7@shop.example>"
