from __future__ import annotations

from typing import Any

from django.db import migrations

from saleor_backorders.host.migrations import dependencies as host_dependencies
from saleor_backorders.sql import engine_statements, load

VERSION = "engine_v1"


def install(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT relnamespace::regnamespace::text FROM pg_class"
            " WHERE oid = 'warehouse_stock'::regclass"
        )
        schema = cursor.fetchone()[0]
        for text in engine_statements(VERSION, schema=schema):
            cursor.execute(text)


def remove(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(waiting), 0) FROM saleor_backorders_backorder")
        waiting = cursor.fetchone()[0]
        if waiting:
            raise RuntimeError(
                f"{waiting} units are still waiting. Serve or cancel them first, or run "
                "`manage.py backorders uninstall --force`, which says what it moves."
            )
        # What went before in this transaction may still have to be put right at its end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(load(f"{VERSION}/99_drop"))
        cursor.execute(load(f"{VERSION}/90_remove_virtual"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP SEQUENCE saleor_backorders_virtual_stock_id")


class Migration(migrations.Migration):
    dependencies = [("saleor_backorders", "0001_initial"), *host_dependencies()]
    operations = [migrations.RunPython(install, remove)]
