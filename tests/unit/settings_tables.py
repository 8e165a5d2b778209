"""The tables of settings in the README and the docs, as the declarations say them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms

from saleor_backorders.settings import form
from saleor_backorders.settings.fields import (
    Address,
    Amount,
    Choice,
    Flag,
    Line,
    Several,
    WholeNumber,
)

PROJECT = Path(__file__).resolve().parents[2]
README = PROJECT / "README.md"
DOCS = PROJECT / "docs" / "settings.md"


def readme_table() -> list[str]:
    """Return what can be set about what, and what holds until somebody says so."""
    about: dict[str, list[str]] = {}
    for field in form.FIELDS.values():
        group, label = str(field.label).split(": ", 1)
        default = f" ({_default(field)})" if field.initial != "" else ""
        about.setdefault(group, []).append(label + default)
    return _table("about", "settings", rows=[(key, ", ".join(all_)) for key, all_ in about.items()])


def docs_table() -> list[str]:
    """Return what the docs say of each setting."""
    rows: list[tuple[str, ...]] = [
        (f"`{name}`", str(field.label), _default(field), _values(field), str(field.help_text))
        for name, field in form.FIELDS.items()
    ]
    return _table("name", "in the Dashboard", "default", "values", "meaning", rows=rows)


def written(page: Path, heading: str) -> list[str]:
    """Return the first table under a heading of a page."""
    lines = page.read_text().split(f"\n{heading}\n", 1)[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    end = next(n for n in range(start, len(lines)) if not lines[n].startswith("|"))
    return lines[start:end]


def rewrite(page: Path, old: list[str], new: list[str]) -> None:
    """Put one table in the place of another."""
    text = page.read_text()
    page.write_text(text.replace("\n".join(old), "\n".join(new), 1))


def _table(*heads: str, rows: list[tuple[str, ...]]) -> list[str]:
    lines = [heads, ("---",) * len(heads), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _default(field: forms.Field) -> str:
    words: dict[Any, str] = {"": "empty", False: "off", True: "on"}
    # 0 and False are one key, and no default is a number: they are texts.
    return words.get(field.initial, str(field.initial))


def _values(field: forms.Field) -> str:
    found = _VALUES[type(field)](field)
    may_be_empty = isinstance(field, WholeNumber) and not field.required
    return f"{found}, or empty" if may_be_empty else found


def _range(field: Any) -> str:
    return f"{_number(field.min_value)} to {_number(field.max_value)}"


def _number(value: int) -> str:
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def _choices(field: Any) -> str:
    return ", ".join(f"`{value}`" for value, _label in field.choices if value)


def _several(field: Any) -> str:
    kinds: dict[type, str] = {forms.CharField: "slugs", Address: "e-mail addresses"}
    kinds[Choice] = "[kinds](#kinds-of-messages)"
    return f"{kinds[type(field.item)]}, separated by commas"


_VALUES: dict[type, Any] = {
    Flag: lambda field: "on or off",
    WholeNumber: _range,
    Amount: lambda field: f"{_range(field)}, with up to {field.decimal_places} decimals",
    Line: lambda field: f"one line of at most {field.max_length} characters",
    Address: lambda field: f"an e-mail address of at most {field.max_length} characters",
    Choice: _choices,
}
_VALUES.update(dict.fromkeys([Several, *Several.__subclasses__()], _several))
