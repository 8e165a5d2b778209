"""What migrations do to the engine in a database, forward and back.

``engine/*.sql`` is the engine as it stands.  ``engine/frozen/`` is how it came there, a pair of
files for each migration, written by ``python -m tools.freeze`` and never edited afterwards: shops
have run them.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

from django.db import migrations

SCHEMA = "@schema@"


def carry(name: str) -> migrations.RunPython:
    """Return the operation that carries a frozen change of the engine into a database."""

    def forward(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            run(cursor, name)

    def back(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            refuse_while_units_wait(cursor)
            # What went before in this transaction may still have to be put right at its end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            run(cursor, f"{name}.back")

    return migrations.RunPython(forward, back)


def run(cursor: Any, name: str) -> None:
    """Run a frozen file in the schema in which the shop's tables lie.

    The functions name it, so that they work for a role with another search path and after a dump
    was restored.
    """
    text = resources.files(__package__).joinpath(f"frozen/{name}.sql").read_text(encoding="utf-8")
    cursor.execute(text.replace(SCHEMA, host_schema(cursor)))


def host_schema(cursor: Any) -> str:
    """Return the schema in which the shop's tables lie, as SQL names it."""
    cursor.execute(
        "SELECT relnamespace::regnamespace::text FROM pg_class"
        " WHERE oid = 'warehouse_stock'::regclass"
    )
    found: str = cursor.fetchone()[0]
    return found


def refuse_while_units_wait(cursor: Any) -> None:
    """Keep a migration from taking away what customers wait by.

    :raises RuntimeError: units are waiting.
    """
    cursor.execute("SELECT coalesce(sum(waiting), 0) FROM saleor_backorders_backorder")
    waiting = cursor.fetchone()[0]
    if waiting:
        raise RuntimeError(
            f"{waiting} units are still waiting. Serve or cancel them first, or run "
            "`manage.py backorders uninstall --force`, which says what it moves."
        )
