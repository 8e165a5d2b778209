"""The tool that makes mistakes: it tells what is noticed from what lives, and harms nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.mutants import catalogue, statements
from tools.mutants.__main__ import TREE, main

CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--host")
"""
SUM = """
def add(left, right):
    return left + right

def double(number):
    return 2 * number
"""
TESTS = """
from saleor_backorders import add, double

def test_two_and_three_are_five():
    assert add(2, 3) == 5

def test_twice_two():
    assert double(2) == 4
"""
ENTRY = """
[[mistake]]
id = "{id}"
file = "saleor_backorders/__init__.py"
old = '''{old}'''
new = '''{new}'''
tests = ["test_sum.py"]
breaks = "sums are wrong"
"""
NOTICED = ENTRY.format(id="minus", old="left + right", new="left - right")
LIVED = ENTRY.format(id="squared", old="2 * number", new="number ** 2")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tiny project with the tool in it."""
    root = tmp_path / "project"
    shutil.copytree(TREE / "tools", root / "tools", ignore=shutil.ignore_patterns("*.toml"))
    (root / "saleor_backorders").mkdir()
    (root / "saleor_backorders" / "__init__.py").write_text(SUM)
    (root / "conftest.py").write_text(CONFTEST)
    (root / "test_sum.py").write_text(TESTS)
    return root


def listed(tree: Path, *entries: str) -> Path:
    (tree / "tools" / "mutants" / "sums.toml").write_text("".join(entries))
    return tree


def picture(tree: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_what_is_noticed_and_what_lives_are_told_apart(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = picture(listed(tree, NOTICED, LIVED))
    assert main([], tree) == 1
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert [row[:3] for row in rows[:2]] == [
        ["noticed", "sums", "minus"],
        ["lived", "sums", "squared"],
    ]
    assert rows[0][-1] == "test_sum.py::test_two_and_three_are_five"
    assert [" ".join(row) for row in rows[2:]] == [
        "sums: 1 of 2 noticed", "all: 1 of 2 noticed, 50.0%", "lived: squared"]  # fmt: skip
    assert picture(tree) == before


def test_a_list_of_which_all_is_noticed_succeeds(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minus"], listed(tree, NOTICED, LIVED)) == 0
    assert capsys.readouterr().out.endswith("all: 1 of 1 noticed, 100.0%\nlived: none\n")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (ENTRY.format(id="gone", old="left * right", new=""), "gone: its text stands 0 times"),
        (ENTRY.format(id="vague", old="return", new=""), "vague: its text stands 2 times"),
        (NOTICED.replace("test_sum", "test_gone"), "minus: no such tests: test_gone.py"),
        (NOTICED * 2, "minus: the id stands more than once"),
        (NOTICED.replace("breaks", "brakes"), "sums: minus: "),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_by_name(
    tree: Path, capsys: pytest.CaptureFixture[str], entry: str, reason: str
) -> None:
    assert main([], listed(tree, entry)) == 2
    assert capsys.readouterr().out.startswith(f"refused: {reason}")


def test_tests_that_fail_without_any_mistake_are_refused(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "test_sum.py").write_text("def test_nothing():\n    assert False\n")
    assert main([], listed(tree, NOTICED)) == 2
    assert capsys.readouterr().out.endswith(
        "refused: these tests are not green without any mistake\n"
    )


def test_a_mistake_that_cannot_be_imported_does_not_count_as_noticed(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], listed(tree, NOTICED.replace("left - right", "left -"))) == 2
    assert capsys.readouterr().out.startswith("not tried sums      minus")


def test_a_file_that_was_moved_is_found_by_its_text(tree: Path) -> None:
    package = tree / "saleor_backorders"
    (package / "frozen").mkdir()
    (package / "frozen" / "sums.py").write_text(SUM)
    (package / "__init__.py").rename(package / "sums.py")
    (mistake,) = catalogue.read(listed(tree, NOTICED) / "tools" / "mutants")
    assert catalogue.locate(tree, mistake).path == "saleor_backorders/sums.py"


FUNCTION = """-- It's one; the first.
CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS $$
    SELECT 1; -- one
$$;
-- And a trigger.
CREATE CONSTRAINT TRIGGER told AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.kind = 'a;b') EXECUTE FUNCTION tell();
"""


def test_of_a_changed_file_the_functions_and_triggers_that_differ_are_installed() -> None:
    assert statements.installs(FUNCTION, FUNCTION.replace("SELECT 1", "SELECT 2")) == [
        "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS $$\n"
        "    SELECT 2; -- one\n$$;"
    ]
    assert statements.installs(FUNCTION, FUNCTION.replace("a;b", "c")) == [
        "DROP TRIGGER IF EXISTS told ON message;\n"
        "CREATE CONSTRAINT TRIGGER told AFTER INSERT ON message\n"
        "    FOR EACH ROW WHEN (NEW.kind = 'c') EXECUTE FUNCTION tell();"
    ]
    assert statements.installs("SELECT 1", "SELECT 2") == []
