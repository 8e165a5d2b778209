from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

LABELS = [
    "permission",
    "account",
    "channel",
    "product",
    "shipping",
    "warehouse",
    "checkout",
    "order",
    "site",
    "plugins",
    "app",
    "webhook",
    "payment",
    "discount",
    "tax",
]
# Made from the models of Saleor 3.23.28: per table, each column's type and whether it may be null.
SALEOR = json.loads((Path(__file__).parent / "saleor_columns.json").read_text())
MODELS = [
    model
    for label in LABELS
    for model in apps.get_app_config(label).get_models(include_auto_created=True)
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_table__has_saleors_columns_with_saleors_types(model: Any) -> None:
    theirs = SALEOR[model._meta.db_table]
    ours = {
        field.column: [field.db_type(connection), "null" if field.null else "not null"]
        for field in model._meta.local_concrete_fields
    }
    assert ours == {column: theirs.get(column) for column in ours}


@pytest.mark.django_db
def test_allocation__has_no_unique_constraint_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype FROM pg_constraint WHERE conrelid = 'warehouse_allocation'::regclass"
        )
        kinds = sorted(row[0] for row in cursor.fetchall())
    assert kinds.count("u") == 0
    assert kinds.count("p") == 1
