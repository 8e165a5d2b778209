"""The sentences of the package that people read, as its catalogues have to know them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

import saleor_backorders
from saleor_backorders import errors

PACKAGE = Path(saleor_backorders.__file__).parent
LANGUAGES = ("de", "fr", "es", "pl")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# What staff alone read, on a screen and not in a mail, stays in English.
STAFF_ONLY = (
    "settings/*.py",
    "receivers.py",
    "models/[!m]*.py",
    "models/money.py",
    "cancellations/delay_answers.py",
    "queue/history.py",
    "supply/csv_import.py",
    "cancellations/silence.py",
)

Key = tuple[str | None, str | tuple[str, ...]]
"""A sentence's context, and the sentence or its singular and plural."""


def catalogue(language: str) -> Path:
    """Return where the sentences of a language are written down."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def spoken() -> dict[Key, str]:
    """Return each sentence with the file that says it."""
    found: dict[Key, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if not _is_silent(path):
            found |= dict.fromkeys(_sentences(path.read_text()), _name(path))
    found |= dict.fromkeys(_facts(), "errors.py")
    for path in sorted(PACKAGE.glob("templates/**/*")):
        if path.suffix in (".html", ".txt"):
            code = templatize(path.read_text(), origin=str(path))
            # Between the calls stands what is no code, indented as it likes.
            code = "".join(f"{line.strip()}\n" for line in code.splitlines())
            found |= dict.fromkeys(_sentences(code), _name(path))
    return found


def _sentences(code: str) -> Iterator[Key]:
    for _, said, _, context in extract("python", BytesIO(code.encode()), keywords=KEYWORDS):
        if said:
            yield context, said


def _facts() -> Iterator[Key]:
    """Say what ``errors.py`` says with its docstrings."""
    for each in vars(errors).values():
        if inspect.isclass(each) and issubclass(each, errors.BackordersError):
            yield None, inspect.getdoc(each) or ""


def _is_silent(path: Path) -> bool:
    within = path.relative_to(PACKAGE)
    return within.parts[0] == "migrations" or any(within.match(each) for each in STAFF_ONLY)


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()
