"""How large things may grow before they are read no longer."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

import saleor_backorders

PACKAGE = Path(saleor_backorders.__file__).parent
PROJECT = PACKAGE.parent
MAX_FILE_LINES = 350
MEDIAN_FUNCTION, LONG_FUNCTION = 8, 20
READ = {".py", ".sql", ".md", ".cfg", ".html", ".css", ".graphql"}
NOT_READ = {"frozen", "migrations", "locale", "tests"}
"""What a tool wrote, what shops have run, and what is read test by test."""
WHOLE = {
    "saleor_backorders/graphql/schema.graphql",
    "saleor_backorders/graphql/schema.py",
    "sandbox/graphql/schema.graphql",
}
"""One list each, of all that an API has."""
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Return what the project keeps, and a reader reads."""
    kept = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    found = [PROJECT / name for name in kept if name not in WHOLE]
    return [path for path in found if path.suffix in READ and not NOT_READ & set(path.parts)]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def lengths(path: Path) -> list[int]:
    """Return the lines of each function of a module, its docstring and decorators left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [_length(node) for node in ast.walk(tree) if isinstance(node, FUNCTION)]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    said = ast.get_docstring(function, clean=False) is not None
    return whole - ((first.end_lineno or 0) - first.lineno + 1 if said else 0)


def test_file__is_read_at_one_sitting() -> None:
    found = {path.relative_to(PROJECT).as_posix(): lines_of(path) for path in files()}
    assert {name: lines for name, lines in found.items() if lines > MAX_FILE_LINES} == {}


def test_function__is_read_at_a_glance() -> None:
    found = [
        lines
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        for lines in lengths(path)
    ]
    assert len(found) > 500
    assert median(found) <= MEDIAN_FUNCTION
    assert quantiles(found, n=10)[-1] <= LONG_FUNCTION


def test_function_in_sql__is_defined_once() -> None:
    made = Counter(
        signature
        for path in (PACKAGE / "engine").glob("*.sql")
        for signature in re.findall(
            r"^CREATE (?:OR REPLACE )?FUNCTION (\w+\([^)]*\))",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert made.total() > 60
    assert [each for each, times in made.items() if times > 1] == []
    elsewhere = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.sql")
        if path.parent.name not in ("engine", "frozen") and "FUNCTION " in path.read_text()
    ]
    assert elsewhere == []
