"""How the package is laid out: what `make imports` cannot say of rooms, files and statements."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import saleor_backorders

PACKAGE = Path(saleor_backorders.__file__).parent
STATEMENTS = sorted(PACKAGE.glob("*/sql/*.sql"))
HEADER = ["Purpose", "Parameters", "Locks", "Rows", "Cost"]
HISTORY = {"frozen", "migrations"}
"""What shops have run is not read again."""
EDGES = {"receivers.py", "checks.py"}
"""What Django calls, and what asks one thing of a room before there is a use case."""


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def files() -> list[Path]:
    found = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".sql")]
    return [path for path in found if not HISTORY & set(path.parts)]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_statement__says_what_it_does_needs_holds_returns_and_costs(path: Path) -> None:
    head = re.match(r"(?:--.*\n)+", path.read_text(encoding="utf-8"))
    assert head is not None
    assert re.findall(r"^-- (\w+): ", head[0], flags=re.MULTILINE) == HEADER


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_statement__is_run_by_the_queries_of_its_room_alone(path: Path) -> None:
    named = [
        where.relative_to(PACKAGE).as_posix()
        for where in PACKAGE.rglob("*.py")
        if re.search(rf'\("{path.stem}"|^ +"{path.stem}",$', where.read_text(), re.MULTILINE)
        and "_sql." in where.read_text()
    ]
    assert named == [f"{room_of(path)}/queries.py"]


def test_queries__are_imported_by_their_room_and_the_edges_alone() -> None:
    strangers = [
        f"{path.relative_to(PACKAGE).as_posix()} imports {room}.queries"
        for path in PACKAGE.rglob("*.py")
        for room in _whose_queries(path)
        if room != room_of(path) and room_of(path) not in EDGES
    ]
    assert strangers == []


def _whose_queries(path: Path) -> set[str]:
    """Return the rooms whose queries a file imports from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and not (node.level and path.parent != PACKAGE):
            module = (node.module or "").removeprefix("saleor_backorders.")
            parts = [*module.split("."), *(alias.name for alias in node.names)]
            if "queries" in parts and parts[0] != "queries":
                found.add(parts[0])
    return found


def test_room__is_at_most_a_sixth_of_the_package() -> None:
    sizes: Counter[str] = Counter()
    for path in files():
        sizes[room_of(path)] += lines_of(path)
    largest, lines = sizes.most_common(1)[0]
    assert lines <= sizes.total() / 6, largest
