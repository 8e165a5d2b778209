"""Where the engine, its history and the migrations lie, and what is written there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import saleor_backorders

WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NUMBERED = re.compile(r"(\d{4})_(.+)")
MIGRATION = """\
from __future__ import annotations

from django.db import migrations

from saleor_backorders.engine import install


class Migration(migrations.Migration):
    dependencies = [("saleor_backorders", "{before}")]
    operations = [install.carry("{name}")]
"""


class RefusedError(Exception):
    """Nothing was written, and why."""


class Layout(NamedTuple):
    """The folders of one project."""

    engine: Path
    migrations: Path

    @property
    def frozen(self) -> Path:
        """Return the folder of what migrations have run."""
        return self.engine / "frozen"

    @property
    def sums(self) -> Path:
        """Return the list of hashes, as ``sha256sum --check`` reads it."""
        return self.frozen / "SHA256SUMS"


def layout_of_the_project() -> Layout:
    """Return the folders of this project."""
    package = Path(saleor_backorders.__file__).parent
    return Layout(package / "engine", package / "migrations")


def texts(layout: Layout) -> list[str]:
    """Return the engine as it is written, in the order of its installation."""
    return [path.read_text(encoding="utf-8") for path in sorted(layout.engine.glob("*.sql"))]


def numbered(layout: Layout, word: str) -> str:
    """Return the name under which a change may be frozen.

    :raises RefusedError: the word is none, or taken.
    """
    if not WORD.fullmatch(word):
        raise RefusedError(f"{word!r} is no name: lower-case words, joined by underscores.")
    names = _migrations(layout)
    if any(name.partition("_")[2] == word for name in names):
        raise RefusedError(f"{word!r} is taken by a migration.")
    return f"{int(names[-1][:4]) + 1:04}_{word}"


def newest(layout: Layout) -> str:
    """Return the name of the change that was frozen last."""
    return max(path.name.removesuffix(".back.sql") for path in layout.frozen.glob("*.back.sql"))


@contextmanager
def forgotten(layout: Layout, name: str) -> Iterator[None]:
    """Let migrations run meanwhile as if a change had not been frozen."""
    files = [layout.frozen / f"{name}.sql", layout.frozen / f"{name}.back.sql"]
    before = [path.read_text(encoding="utf-8") for path in files]
    try:
        for path in files:
            path.write_text("SELECT 1;\n", encoding="utf-8")
        yield
    finally:
        for path, text in zip(files, before, strict=True):
            path.write_text(text, encoding="utf-8")


def write(layout: Layout, name: str, forward: str, back: str) -> list[Path]:
    """Write a change down with its migration and its hashes; return the files."""
    pair = [layout.frozen / f"{name}.sql", layout.frozen / f"{name}.back.sql"]
    for path, text in zip(pair, (forward, back), strict=True):
        path.write_text(text, encoding="utf-8")
    _note_hashes(layout, name[:4])
    return [*pair, layout.sums, *_write_migration(layout, name)]


def hash_of(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(layout: Layout) -> dict[str, str]:
    """Return the hash that was noted of each frozen file."""
    lines = layout.sums.read_text(encoding="utf-8").splitlines() if layout.sums.exists() else []
    return {name: noted for noted, name in (line.split() for line in lines)}


def _write_migration(layout: Layout, name: str) -> list[Path]:
    path = layout.migrations / f"{name}.py"
    if path.exists():
        return []
    text = MIGRATION.format(name=name, before=_migrations(layout)[-1])
    path.write_text(text, encoding="utf-8")
    return [path]


def _note_hashes(layout: Layout, number: str) -> None:
    noted = hashes(layout)
    noted |= {path.name: hash_of(path) for path in layout.frozen.glob(f"{number}_*.sql")}
    lines = [f"{noted[name]}  {name}\n" for name in sorted(noted)]
    layout.sums.write_text("".join(lines), encoding="utf-8")


def _migrations(layout: Layout) -> list[str]:
    return sorted(path.stem for path in layout.migrations.glob("*.py") if NUMBERED.match(path.stem))
