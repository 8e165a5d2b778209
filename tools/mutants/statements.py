"""What of a changed SQL file has to be put into a database that is installed already."""

from __future__ import annotations

import re

TOKEN = re.compile(r"(?P<tag>\$\w*\$).*?(?P=tag)|'(?:[^']|'')*'|--[^\n]*|(?P<end>;)", re.DOTALL)
TRIGGER = re.compile(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+).*? ON (\w+)", re.DOTALL)
INSTALLS = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|(CONSTRAINT )?TRIGGER) ")


def split(text: str) -> list[str]:
    """Return the statements of a file, without the comments that stand before them."""
    ends = [match.end() for match in TOKEN.finditer(text) if match["end"]]
    parts = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [found for part in parts if (found := _bare(part))]


def _bare(statement: str) -> str:
    return re.sub(r"\A(\s+|--[^\n]*\n?)+", "", statement).strip()


def installs(before: str, after: str) -> list[str]:
    """Return what installs the functions and triggers that differ, as they are after."""
    had = set(split(before))
    fresh = [each for each in split(after) if each not in had and INSTALLS.match(each)]
    return [_again(each) for each in fresh]


def _again(statement: str) -> str:
    """Let a trigger replace the one of its name, as a function does by itself."""
    trigger = TRIGGER.match(statement)
    if trigger is None:
        return statement
    name, table = trigger.groups()
    return f"DROP TRIGGER IF EXISTS {name} ON {table};\n{statement}"
