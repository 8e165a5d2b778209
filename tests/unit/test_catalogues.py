"""The catalogues: complete, in step with the code, and compiled from what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from gettext import GNUTranslations, c2py
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils import translation

from saleor_backorders.common import i18n
from saleor_backorders.common.i18n import Money
from tests.unit.sentences import LANGUAGES, PACKAGE, Key, catalogue, spoken

PLACE = re.compile(r"%\((\w+)\)s")
SPOKEN = spoken()


def written(language: str) -> Catalog:
    with catalogue(language).open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def read(language: str) -> Iterator[Any]:
    """Yield what Babel read; it types an id as one sentence or several."""
    yield from written(language)


def entries(language: str) -> dict[Key, Any]:
    return {(each.context, each.id): each for each in read(language) if each.id}


def both(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def test_catalogues__are_those_that_we_speak() -> None:
    assert sorted(path.name for path in (PACKAGE / "locale").iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__knows_every_sentence(language: str) -> None:
    known = entries(language)
    missing = {f"{where}: {key[1]}" for key, where in SPOKEN.items() if key not in known}

    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__knows_no_sentence_that_nobody_says(language: str) -> None:
    assert set(entries(language)) - set(SPOKEN) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__is_filled_in(language: str) -> None:
    catalog = written(language)
    for each in entries(language).values():
        forms = both(each.string)
        assert all(forms), each.id
        assert not each.fuzzy, each.id
        assert len(forms) == (catalog.num_plurals if each.pluralizable else 1), each.id
        assert all(form == form.strip() for form in forms), each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__keeps_what_is_filled_in_later(language: str) -> None:
    for each in entries(language).values():
        *others, last = both(each.string)
        sources = [places(source) for source in both(each.id)]
        assert places(last) == sources[-1], each.id
        assert all(places(form) in sources for form in others), each.id
    filled = [
        form % dict.fromkeys(places(form), "x")
        for each in entries(language).values()
        if any(places(source) for source in both(each.id))
        for form in both(each.string)
    ]
    assert len(filled) > 50
    assert [form for form in filled if "%(" in form] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__ends_with_a_colon_where_the_sentence_does(language: str) -> None:
    # The HTML takes it off for its buttons; a space that cannot break would stay.
    for each in entries(language).values():
        for form in both(each.string):
            assert form.endswith(":") == both(each.id)[-1].endswith(":"), each.id
            assert not form.endswith("\N{NO-BREAK SPACE}:"), each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__is_compiled_from_what_is_written(language: str) -> None:
    compiled: Any
    with catalogue(language).with_suffix(".mo").open("rb") as stream:
        compiled = GNUTranslations(stream)
    plural = c2py(written(language).plural_expr)
    for each in entries(language).values():
        if each.pluralizable:
            for number in range(30):
                assert compiled.ngettext(*each.id, number) == each.string[int(plural(number))]
        elif each.context:
            assert compiled.pgettext(each.context, each.id) == each.string
        else:
            assert compiled.gettext(each.id) == each.string


@pytest.mark.parametrize("language", [*LANGUAGES, "en", "de-at", "fr-ca"])
def test_language__is_spoken(language: str) -> None:
    assert i18n.is_spoken(language)


@pytest.mark.parametrize("language", ["", "it", "nb", "zh-hans"])
def test_language__is_not_spoken(language: str) -> None:
    assert not i18n.is_spoken(language)


@pytest.mark.parametrize(
    ("language", "day", "money"),
    [
        ("en", "4 March 2027", "€12,345.50"),
        ("de", "4. März 2027", "12.345,50\N{NO-BREAK SPACE}€"),
        ("fr", "4 mars 2027", "12\N{NARROW NO-BREAK SPACE}345,50\N{NO-BREAK SPACE}€"),
        ("es", "4 de marzo de 2027", "12.345,50\N{NO-BREAK SPACE}€"),
        ("pl", "4 marca 2027", "12\N{NO-BREAK SPACE}345,50\N{NO-BREAK SPACE}€"),
    ],
)
def test_day_and_money__as_the_language_writes_them(language: str, day: str, money: str) -> None:
    with translation.override(language):
        assert i18n.day(date(2027, 3, 4)) == day
        assert str(Money(Decimal("12345.5"), "EUR")) == money


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["1 ships now, 1 waits", "2 ship now, 2 wait", "5 ship now, 5 wait", "22 wait"]),
        (
            "de",
            [
                "1 sofort lieferbar, 1 noch ausstehend", "2 sofort lieferbar, 2 noch ausstehend",
                "5 sofort lieferbar, 5 noch ausstehend", "22 noch ausstehend",
            ],
        ),
        (
            "fr",
            [
                "1 part tout de suite, 1 en attente", "2 partent tout de suite, 2 en attente",
                "5 partent tout de suite, 5 en attente", "22 en attente",
            ],
        ),
        (
            "es",
            [
                "1 sale ahora, 1 en espera", "2 salen ahora, 2 en espera",
                "5 salen ahora, 5 en espera", "22 en espera",
            ],
        ),
        (
            "pl",
            [
                "1 szt. wysyłamy od razu, 1 szt. oczekuje",
                "2 szt. wysyłamy od razu, 2 szt. oczekują",
                "5 szt. wysyłamy od razu, 5 szt. oczekuje", "22 szt. oczekują",
            ],
        ),
    ],
)  # fmt: skip
def test_split__counts_as_the_language_does(language: str, said: list[str]) -> None:
    with translation.override(language):
        assert [i18n.split(*each) for each in [(1, 1), (2, 2), (5, 5), (0, 22)]] == said
