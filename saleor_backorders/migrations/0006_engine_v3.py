from __future__ import annotations

from typing import Any

from django.db import migrations

from saleor_backorders.host.migrations import refuse_while_units_wait
from saleor_backorders.sql import engine_statements, host_schema, load

VERSION = "engine_v3"


def install(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for text in engine_statements(VERSION, schema=host_schema(cursor)):
            cursor.execute(text)


def remove(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        refuse_while_units_wait(cursor)
        # What went before in this transaction may still have to be put right at its end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(load(f"{VERSION}/99_drop"))


class Migration(migrations.Migration):
    dependencies = [("saleor_backorders", "0005_messages")]
    operations = [migrations.RunPython(install, remove)]
