"""The API keeps to its contract, and what is written down is what is served."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, print_ast

from saleor_backorders.graphql import export
from saleor_backorders.graphql.schema import schema

CONTRACT = (Path(__file__).parent / "contract.graphql").read_text()


@cache
def signatures(text: str) -> dict[tuple[str, str], str]:
    """Return ``(type, member) -> signature`` of a schema, descriptions left out."""
    bare = re.sub(r'(?m)^\s*"[^"\n]*"\n', "", text)
    return {
        (definition.name.value, member.name.value): print_ast(member)
        for definition in parse(bare).definitions
        if getattr(definition, "name", None)
        for member in getattr(definition, "fields", None) or getattr(definition, "values", [])
    }


def descriptions(text: str) -> dict[tuple[str, str, str], str]:
    """Return ``(type, member, argument) -> description``, where there is one."""
    found: dict[tuple[str, str, str], str] = {}
    kind = member = said = ""
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if match := re.fullmatch(r'\s*"([^"]*)"', line):
            said = match[1]
            continue
        if match := re.match(r"(?:type|input|enum) (\w+)", line):
            kind, member, name = match[1], "", ""
        elif match := re.match(r"\s+(\w+)", line):
            member, name = (match[1], "") if indent == 2 else (member, match[1])
        if said:
            found[kind, member, name] = said
        said = ""
    return found


WRITTEN = export.PATH.read_text()


@pytest.mark.parametrize("member", sorted(signatures(CONTRACT)), ids=".".join)
def test_contract__each_member_has_the_agreed_type(member: tuple[str, str]) -> None:
    assert signatures(WRITTEN).get(member) == signatures(CONTRACT)[member]


def test_contract__nothing_is_served_that_was_not_agreed() -> None:
    assert sorted(signatures(WRITTEN)) == sorted(signatures(CONTRACT))


def test_contract__descriptions_are_the_agreed_ones() -> None:
    assert descriptions(WRITTEN) == descriptions(CONTRACT)
    assert len(descriptions(WRITTEN)) > 30


def test_written_schema_is_the_one_served() -> None:
    assert export.render(schema) == WRITTEN, "run `make schema`"


def test_export__writes_where_it_is_told(tmp_path: Any) -> None:
    export.main([str(tmp_path / "schema.graphql")])
    assert (tmp_path / "schema.graphql").read_text() == WRITTEN
