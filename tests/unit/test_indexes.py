"""The indexes of the documentation: nothing stands beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
INDEXES = [DOCS / "README.md", DOCS / "adr" / "README.md"]
TITLE = re.compile(r"# (\d+)\. (.+)")


def linked(index: Path) -> set[str]:
    """Return the pages of its own folder that an index links to."""
    return set(re.findall(r"\]\(([^/()#]+\.md)\)", index.read_text(encoding="utf-8")))


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.parent.name)
def test_index__lists_each_page_beside_it(index: Path) -> None:
    assert linked(index) == {page.name for page in index.parent.glob("*.md")} - {index.name}


@pytest.mark.parametrize("page", sorted((DOCS / "adr").glob("0*.md")), ids=lambda page: page.name)
def test_decision__is_listed_by_its_title(page: Path) -> None:
    found = TITLE.match(page.read_text(encoding="utf-8"))
    assert found is not None
    number, title = found.groups()
    assert page.name.startswith(f"{int(number):04}-")
    assert f"| {number} | [{title}]({page.name}) |" in INDEXES[1].read_text(encoding="utf-8")
