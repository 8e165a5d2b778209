"""What changed between the history in a database and the engine as it is written."""

from __future__ import annotations

from typing import Any, NamedTuple

from saleor_backorders.engine.install import SCHEMA, host_schema
from tools.freeze.catalogue import Engine, told_by, undone
from tools.freeze.layout import Layout, RefusedError, texts
from tools.freeze.script import script


class Change(NamedTuple):
    """The way there and the way back."""

    forward: str
    back: str


def change(cursor: Any, layout: Layout) -> Change:
    """Return what leads a migrated database to the engine as it is written, and exactly back.

    :raises RefusedError: nothing changed, or a sequence would start anew.
    """
    before, after = told_by(cursor), as_written(cursor, layout)
    _refuse_to_restart_sequences(before, after)
    found = Change(script(before, after), script(after, before))
    if not found.forward:
        raise RefusedError("Nothing changed: the migrations make what engine/*.sql says.")
    _rehearse(cursor, found, before, after)
    return found


def as_written(cursor: Any, layout: Layout) -> Engine:
    """Return the engine that ``engine/*.sql`` makes, tried in the database and taken back."""
    with undone():
        _run(cursor, script(told_by(cursor), Engine()))
        for text in texts(layout):
            _run(cursor, text)
        return told_by(cursor)


def _rehearse(cursor: Any, found: Change, before: Engine, after: Engine) -> None:
    with undone():
        for text, wanted in ((found.forward, after), (found.back, before)):
            _run(cursor, text)
            _refuse_what_is_told_otherwise(told_by(cursor), wanted)


def _refuse_what_is_told_otherwise(made: Engine, wanted: Engine) -> None:
    for key in made.keys() | wanted.keys():
        if made.get(key) != wanted.get(key):
            # PostgreSQL tells a comparison of rows otherwise once it was dumped and restored.
            raise RefusedError(f"{key} does not come out as it went in: write it more plainly.")


def _refuse_to_restart_sequences(before: Engine, after: Engine) -> None:
    for key, part in before.items():
        if part.kind == "SEQUENCE" and key in after and after[key] != part:
            raise RefusedError(f"{part.identity} would start anew: change it by hand.")


def _run(cursor: Any, text: str) -> None:
    if text:
        cursor.execute(text.replace(SCHEMA, host_schema(cursor)))
