from __future__ import annotations

from typing import Any

from django.db import migrations

from saleor_backorders.engine import install
from saleor_backorders.host.migrations import dependencies as host_dependencies


def remove_virtual(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        install.run(cursor, "0002_remove_virtual")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("saleor_backorders", "0001_initial"), *host_dependencies()]
    operations = [
        # On the way back last, when the engine no longer looks.
        migrations.RunPython(migrations.RunPython.noop, remove_virtual),
        install.carry("0002_engine"),
    ]
