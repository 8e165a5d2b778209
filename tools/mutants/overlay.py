"""A plugin of pytest for the time of one mistake.

It puts the engine's changed functions into the test database after the migrations, which install
a text of their own, takes them out again at the end, and sees to it that what is tested is the
changed copy of the tree.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE, WRONG, RIGHT = "MISTAKE_TREE", "MISTAKE_SQL", "MISTAKE_SQL_BACK"


def pytest_collection_finish() -> None:
    """Stop where something was imported from the tree that the copy was made of."""
    strays = sorted(filter(_is_stray, (_file_of(name) for name in list(sys.modules))))
    if strays:
        pytest.exit(f"imported from outside the copy: {strays[0]}", returncode=4)


def _file_of(module: str) -> str:
    return getattr(sys.modules[module], "__file__", None) or ""


def _is_stray(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(os.environ[TREE]) and not path.is_relative_to(sys.prefix)


@pytest.fixture(scope="session", autouse=True)
def mistake_in_the_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Replace the functions that the mistake is in, until the end of the session."""
    if WRONG not in os.environ:
        yield
        return
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        _run(os.environ[WRONG])
    try:
        yield
    finally:
        with blocker.unblock():
            _run(os.environ[RIGHT])


def _run(script: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT relnamespace::regnamespace::text FROM pg_class"
                       " WHERE oid = 'warehouse_stock'::regclass")  # fmt: skip
        schema = cursor.fetchone()[0]
        cursor.execute(Path(script).read_text(encoding="utf-8").replace("@schema@", schema))
    connection.close()
