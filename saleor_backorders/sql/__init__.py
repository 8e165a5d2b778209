"""SQL statements of the plugin, one a file, loaded by name."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str) -> str:
    """Return the text of ``<name>.sql``."""
    return resources.files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def engine_statements(version: str, *, schema: str) -> list[str]:
    """Return the scripts that install one version of the engine, in their order.

    ``schema`` is the one in which the shop's tables lie: the functions name it, so that they
    work for a role with another search path and after a dump was restored.
    """
    folder = resources.files(__package__).joinpath(version)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [
        load(f"{version}/{name.removesuffix('.sql')}").replace("@schema@", schema)
        for name in names
        if name < "90"
    ]


def host_schema(cursor: Any) -> str:
    """Return the schema in which the shop's tables lie, as SQL names it."""
    cursor.execute(
        "SELECT relnamespace::regnamespace::text FROM pg_class"
        " WHERE oid = 'warehouse_stock'::regclass"
    )
    found: str = cursor.fetchone()[0]
    return found
