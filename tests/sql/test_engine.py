"""What the engine's files say is what a migrated shop has, and what shops have does not change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from tools.freeze.catalogue import told_by
from tools.freeze.change import as_written
from tools.freeze.layout import hash_of, hashes, layout_of_the_project

LAYOUT = layout_of_the_project()
HEADER = re.compile(
    r"-- \w.*\n(-- Purpose: .+\n(--   .+\n)*)(-- Parameters: .+\n(--   .+\n)*)?"
    r"-- Locks: .+\n(--   .+\n)*-- Rows: .+\n(--   .+\n)*-- Cost: .+\n(--   .+\n)*(?!--)"
)
HOW_TO_GO_ON = (
    "engine/*.sql says something else than what migrations put into a shop: run"
    " `python -m tools.freeze NAME`, which writes the change down for a migration."
)
SHOPS_HAVE_IT = (
    "Shops have this SQL in their databases, and a migration that ran does not run again: leave it"
    " as it is, change engine/*.sql and run `python -m tools.freeze NAME`."
)


def test_a_migrated_shop_has_each_function_and_trigger_as_the_engine_says(db: None) -> None:
    with connection.cursor() as cursor:
        migrated = told_by(cursor)
        written = as_written(cursor, LAYOUT)
    differing = [
        key for key in migrated.keys() | written.keys() if migrated.get(key) != written.get(key)
    ]
    assert sorted(differing) == [], HOW_TO_GO_ON
    assert {part.kind for part in migrated.values()} == {"SEQUENCE", "FUNCTION", "TRIGGER"}


def test_sql_that_shops_have_installed_does_not_change() -> None:
    found = {path.name: hash_of(path) for path in LAYOUT.frozen.glob("*.sql")}
    assert found == hashes(LAYOUT), SHOPS_HAVE_IT


@pytest.mark.parametrize("path", sorted(LAYOUT.engine.glob("*.sql")), ids=lambda path: path.stem)
def test_each_file_of_the_engine_says_what_it_does_locks_returns_and_costs(path: Path) -> None:
    assert HEADER.match(path.read_text())


def test_the_walk_through_the_engine_names_its_files_and_functions() -> None:
    text = (LAYOUT.engine / "README.md").read_text()
    assert re.findall(r"^\| `(\d\d_\w+\.sql)` \|", text, re.M) == [
        path.name for path in sorted(LAYOUT.engine.glob("*.sql"))
    ]
    written = "".join(path.read_text() for path in LAYOUT.engine.glob("*.sql"))
    known = set(re.findall(r"^CREATE FUNCTION saleor_backorders_(\w+)\(", written, re.M))
    assert set(re.findall(r"`(\w+)\(\)`", text)) - known == set()
