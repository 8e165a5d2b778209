"""The README and the docs say of each setting what its declaration says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.settings_tables import DOCS, README, docs_table, readme_table, rewrite, written

TABLES = [
    pytest.param(README, "## Settings", readme_table, id="readme"),
    pytest.param(DOCS, "## Shop-wide settings", docs_table, id="docs"),
]


@pytest.mark.parametrize(("page", "heading", "declared"), TABLES)
def test_table__says_what_is_declared(
    page: Path, heading: str, declared: Callable[[], list[str]]
) -> None:
    if "REWRITE_TABLES" in os.environ:
        rewrite(page, written(page, heading), declared())
    assert written(page, heading) == declared(), "REWRITE_TABLES=1 writes the tables anew"
