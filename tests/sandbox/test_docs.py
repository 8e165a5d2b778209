from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from saleor_backorders.graphql.schema import schema as plugin_schema
from sandbox.graphql.engine import schema as shop_schema

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
DOCUMENTS = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, text in enumerate(BLOCK.findall(page.read_text()))
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_documents_in_the_docs_are_valid(text: str) -> None:
    schema = shop_schema() if "pluginUpdate" in text else plugin_schema

    assert validate(schema, parse(text)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []
