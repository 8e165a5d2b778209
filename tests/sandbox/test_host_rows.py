"""The types of the host's rows are those of its tables, here and in Saleor."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from saleor_backorders.host import rows
from saleor_backorders.host.tables import TABLES

# Made from the models of Saleor 3.23.28: per table, each column's type and whether it may be null.
SALEOR = json.loads((Path(__file__).parent / "saleor_columns.json").read_text())
TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    datetime: ("timestamp with time zone",),
    Decimal: ("numeric",),
    int: ("bigint", "integer", "smallint"),
    str: ("text", "varchar"),
    UUID: ("uuid",),
}
COLUMNS = [
    (apps.get_model(model)._meta.db_table, column, hint)
    for kind, model in rows.MODELS.items()
    for column, hint in get_type_hints(kind).items()
]


def described(hint: Any) -> tuple[type, str]:
    """Return a column's type and whether it may be null, as its hint says."""
    parts = get_args(hint) or (hint,)
    (kind,) = (part for part in parts if part is not NoneType)
    return kind, "null" if NoneType in parts else "not null"


@pytest.mark.parametrize(("table", "column", "hint"), COLUMNS)
def test_column__is_of_the_type_that_saleor_gives_it(table: str, column: str, hint: Any) -> None:
    kind, may_be_null = described(hint)
    db_type, nullable = SALEOR[table][column]
    assert db_type.split("(")[0] in TYPES.get(kind, (db_type.split("(")[0],))
    assert nullable == may_be_null


@pytest.mark.parametrize(("table", "column", "hint"), COLUMNS)
def test_column__is_there_in_the_sandbox(table: str, column: str, hint: Any) -> None:
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    assert fields[column].db_type(connection) == SALEOR[table][column][0]


@pytest.mark.parametrize(("table", "column", "hint"), COLUMNS)
def test_column__is_among_those_that_the_system_check_wants(
    table: str, column: str, hint: Any
) -> None:
    assert column in TABLES[table]
