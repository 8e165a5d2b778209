"""A change of the engine is written down so that a shop gets it, and exactly loses it again."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from saleor_backorders.engine.install import SCHEMA
from tests.hosts.base import PROJECT
from tools.freeze.catalogue import Engine, told_by, undone
from tools.freeze.change import Change, as_written, change
from tools.freeze.layout import (
    Layout,
    RefusedError,
    forgotten,
    hash_of,
    hashes,
    layout_of_the_project,
    newest,
    numbered,
    write,
)

TODAY = "SELECT (now() AT TIME ZONE 'UTC')::date"
TOMORROW = "SELECT (now() AT TIME ZONE 'UTC')::date + 1"
CALM_ONES = """
CREATE FUNCTION saleor_backorders_calm_ones(p_variants integer[]) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT v FROM unnest(p_variants) AS u (v) WHERE saleor_backorders_calm(v)
$$;
"""
OUTBOX_TRIGGER = """
CREATE TRIGGER saleor_backorders_message_told
    AFTER INSERT ON saleor_backorders_message
    FOR EACH ROW WHEN (NEW.kind = 'placed') EXECUTE FUNCTION saleor_backorders_on_lead_time();
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a copy of the project's engine and migrations."""
    project, copy = layout_of_the_project(), Layout(tmp_path / "engine", tmp_path / "migrations")
    shutil.copytree(project.engine, copy.engine)
    shutil.copytree(project.migrations, copy.migrations)
    return copy


@pytest.fixture
def cursor(db: None) -> Iterator[Any]:
    with connection.cursor() as cursor:
        yield cursor


def edit(layout: Layout, topic: str, old: str, new: str) -> None:
    """Change the one place in a file of the engine."""
    path = layout.engine / f"{topic}.sql"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def add(layout: Layout, topic: str, text: str) -> None:
    path = layout.engine / f"{topic}.sql"
    path.write_text(path.read_text() + text)


def cut(layout: Layout, topic: str, begins: str) -> str:
    """Take a statement out of a file of the engine and return it."""
    path = layout.engine / f"{topic}.sql"
    text = path.read_text()
    (found,) = re.findall(rf"^{re.escape(begins)}.*?;\n(?=\n|CREATE|\Z)", text, re.S | re.M)
    path.write_text(text.replace(found, ""))
    return str(found)


def verbs(text: str) -> list[str]:
    """Return what the statements do, in a few words each."""
    found = re.findall(
        r"^(CREATE|DROP)(?: OR REPLACE)? (FUNCTION|TRIGGER)(?: IF EXISTS)?"
        r" (?:@schema@\.)?saleor_backorders_(\w+)",
        text,
        re.M,
    )
    return [" ".join(words).lower() for words in found]


def there_and_back(cursor: Any, layout: Layout, found: Change) -> tuple[Engine, Engine]:
    """Run both ways; return the engine in between, and see that the end is the beginning."""
    before, written = told_by(cursor), as_written(cursor, layout)
    with undone():
        cursor.execute(found.forward.replace(SCHEMA, "public"))
        between = told_by(cursor)
        cursor.execute(found.back.replace(SCHEMA, "public"))
        assert told_by(cursor) == before
    assert between == written
    return before, between


def test_a_changed_body__is_replaced_alone(cursor: Any, layout: Layout) -> None:
    edit(layout, "50_days", TODAY, TOMORROW)
    found = change(cursor, layout)
    assert (verbs(found.forward), verbs(found.back)) == (
        ["create function today"],
        ["create function today"],
    )
    before, after = there_and_back(cursor, layout, found)
    key = "FUNCTION @schema@.saleor_backorders_today()"
    assert [k for k in before if before[k] != after[k]] == [key]
    assert (TODAY in before[key].definition, TOMORROW in after[key].definition) == (True, True)


def test_what_is_written_down_names_no_schema_of_this_database(cursor: Any, layout: Layout) -> None:
    edit(layout, "50_days", "p_from + p_days", "p_days + p_from")
    edit(layout, "10_reach", "a.stock_id = p_stock", "p_stock = a.stock_id")
    add(layout, "80_messages", OUTBOX_TRIGGER)
    for text in change(cursor, layout):
        assert "public" not in text
        assert "SET search_path TO @schema@, 'pg_temp'" in text


def test_a_new_function__comes_and_goes(cursor: Any, layout: Layout) -> None:
    add(layout, "60_commit", CALM_ONES)
    found = change(cursor, layout)
    assert verbs(found.forward) == ["create function calm_ones"]
    assert verbs(found.back) == ["drop function calm_ones"]
    there_and_back(cursor, layout, found)


def test_a_function_that_is_gone__is_dropped_and_comes_back(cursor: Any, layout: Layout) -> None:
    gone = cut(layout, "70_check", "CREATE FUNCTION saleor_backorders_repair(")
    found = change(cursor, layout)
    assert verbs(found.forward) == ["drop function repair"]
    assert verbs(found.back) == ["create function repair"]
    assert gone.partition("$$")[2].rpartition("$$")[0] in found.back
    there_and_back(cursor, layout, found)


def test_other_parameters__make_another_function(cursor: Any, layout: Layout) -> None:
    edit(
        layout,
        "70_check",
        "saleor_backorders_undated(p_most integer)",
        "saleor_backorders_undated(p_most bigint)",
    )
    found = change(cursor, layout)
    assert verbs(found.forward) == ["drop function undated", "create function undated"]
    assert "DROP FUNCTION IF EXISTS @schema@.saleor_backorders_undated(integer);" in found.forward
    assert "DROP FUNCTION IF EXISTS @schema@.saleor_backorders_undated(bigint);" in found.back
    there_and_back(cursor, layout, found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "saleor_backorders_waited_for(p_variant integer)",
            "saleor_backorders_waited_for(variant integer)",
        ),
        ("RETURNS boolean\nLANGUAGE sql STABLE", "RETURNS SETOF boolean\nLANGUAGE sql STABLE"),
    ],
    ids=["another name of a parameter", "another result"],
)
def test_what_cannot_be_replaced__is_made_anew(
    cursor: Any, layout: Layout, old: str, new: str
) -> None:
    edit(layout, "60_commit", old, new)
    path = layout.engine / "60_commit.sql"
    if "(variant integer)" in new:
        text = path.read_text()
        at = text.index(new)
        end = text.index("$$;", at)
        path.write_text(text[:at] + text[at:end].replace("p_variant", "variant") + text[end:])
    found = change(cursor, layout)
    assert verbs(found.forward) == ["drop function waited_for", "create function waited_for"]
    assert verbs(found.back) == ["drop function waited_for", "create function waited_for"]
    there_and_back(cursor, layout, found)


def test_a_new_trigger__comes_and_goes(cursor: Any, layout: Layout) -> None:
    add(layout, "80_messages", OUTBOX_TRIGGER)
    found = change(cursor, layout)
    assert verbs(found.forward) == ["create trigger message_told"]
    assert verbs(found.back) == ["drop trigger message_told"]
    there_and_back(cursor, layout, found)


def test_a_changed_trigger__is_made_anew(cursor: Any, layout: Layout) -> None:
    edit(layout, "22_supply_marks", "NEW.waiting_units > 0", "NEW.waiting_units > 1")
    found = change(cursor, layout)
    assert (
        verbs(found.forward)
        == verbs(found.back)
        == [
            "drop trigger lead_time_changed",
            "create trigger lead_time_changed",
        ]
    )
    assert ("> 1" in found.forward, "> 1" in found.back) == (True, False)
    there_and_back(cursor, layout, found)


def test_a_trigger_that_is_gone_with_its_function__goes_before_it(
    cursor: Any, layout: Layout
) -> None:
    cut(layout, "22_supply_marks", "CREATE TRIGGER saleor_backorders_lead_time_changed")
    cut(layout, "22_supply_marks", "CREATE FUNCTION saleor_backorders_on_lead_time(")
    found = change(cursor, layout)
    assert verbs(found.forward) == ["drop trigger lead_time_changed", "drop function on_lead_time"]
    assert verbs(found.back) == ["create function on_lead_time", "create trigger lead_time_changed"]
    there_and_back(cursor, layout, found)


def test_nothing_changed__is_refused(cursor: Any, layout: Layout) -> None:
    add(layout, "50_days", "\n-- A comment between functions is for readers alone.\n")
    with pytest.raises(RefusedError, match=r"^Nothing changed: "):
        change(cursor, layout)


def test_a_sequence_that_would_start_anew__is_refused(cursor: Any, layout: Layout) -> None:
    edit(layout, "00_sequence", "START WITH 1000000000", "START WITH 1000000001")
    with pytest.raises(
        RefusedError, match=r"^@schema@\.saleor_backorders_virtual_stock_id would start anew: "
    ):
        change(cursor, layout)


def test_a_trigger_that_a_dump_would_change__is_refused(cursor: Any, layout: Layout) -> None:
    edit(
        layout,
        "22_supply_marks",
        "(NEW.waiting_units > 0 AND OLD.lead_time_days <> NEW.lead_time_days)",
        "((NEW.waiting_units, NEW.allow, NEW.priority)"
        " IS DISTINCT FROM (OLD.waiting_units, OLD.allow, OLD.priority))",
    )
    with pytest.raises(
        RefusedError,
        match=r"^TRIGGER saleor_backorders_lead_time_changed ON .* write it more plainly\.$",
    ):
        change(cursor, layout)
    assert told_by(cursor) == as_written(cursor, layout_of_the_project())


def test_two_functions_of_one_name_and_parameters__are_refused_by_the_database(
    cursor: Any, layout: Layout
) -> None:
    add(layout, "80_messages", CALM_ONES * 2)
    with pytest.raises(Exception, match="already exists"):
        change(cursor, layout)


@pytest.mark.parametrize("word", ["", "Serve", "serve-first", "2nd", "_serve", "a__b", "../up"])
def test_a_bad_name__is_refused(layout: Layout, word: str) -> None:
    with pytest.raises(RefusedError, match="is no name: lower-case words, joined by underscores"):
        numbered(layout, word)


def test_a_name_that_is_taken__is_refused(layout: Layout) -> None:
    with pytest.raises(RefusedError, match=r"^'engine' is taken by a migration\.$"):
        numbered(layout, "engine")


def test_a_name__gets_the_number_after_the_last_migration(layout: Layout) -> None:
    last = max(path.name[:4] for path in layout.migrations.glob("0*.py"))
    assert numbered(layout, "serve_oldest") == f"{int(last) + 1:04}_serve_oldest"


def test_a_change__is_written_with_its_migration_and_hashes(cursor: Any, layout: Layout) -> None:
    edit(layout, "50_days", TODAY, TOMORROW)
    last = max(path.stem for path in layout.migrations.glob("0*.py"))
    before, name, found = hashes(layout), numbered(layout, "tomorrow"), change(cursor, layout)
    files = write(layout, name, *found)
    assert [path.name for path in files] == [
        f"{name}.sql",
        f"{name}.back.sql",
        "SHA256SUMS",
        f"{name}.py",
    ]
    assert (files[0].read_text(), files[1].read_text()) == found
    assert hashes(layout) == before | {path.name: hash_of(path) for path in files[:2]}
    assert (
        files[3]
        .read_text()
        .endswith(
            f'    dependencies = [("saleor_backorders", "{last}")]\n'
            f'    operations = [install.carry("{name}")]\n'
        )
    )
    assert newest(layout) == name


def test_a_change_that_is_written_anew__is_for_its_migration_as_if_it_had_not_been(
    cursor: Any, layout: Layout
) -> None:
    edit(layout, "50_days", TODAY, TOMORROW)
    name, found = numbered(layout, "tomorrow"), change(cursor, layout)
    write(layout, name, *found)
    others = {key: value for key, value in hashes(layout).items() if not key.startswith(name)}
    with forgotten(layout, name):
        texts = {path.read_text() for path in layout.frozen.glob(f"{name}*.sql")}
    assert texts == {"SELECT 1;\n"}
    assert (layout.frozen / f"{name}.sql").read_text() == found.forward
    assert [path.suffix for path in write(layout, name, "-- anew\n", "-- and back\n")] == [
        ".sql",
        ".sql",
        "",
    ]
    assert (layout.frozen / f"{name}.back.sql").read_text() == "-- and back\n"
    assert others.items() <= hashes(layout).items()
    assert hashes(layout)[f"{name}.sql"] == hash_of(layout.frozen / f"{name}.sql")


def test_the_command__says_that_nothing_changed_and_writes_nothing() -> None:
    before = {path: path.read_bytes() for path in layout_of_the_project().frozen.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "tools.freeze", "nothing_new"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Nothing changed: the migrations make what engine/*.sql says.\n"
    assert {path: path.read_bytes() for path in layout_of_the_project().frozen.iterdir()} == before
