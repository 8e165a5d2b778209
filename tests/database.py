"""The tests' database: a copy of one that is migrated once, emptied after what was committed."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

import saleor_backorders
import sandbox
from sandbox import database

LOCK = database.DEFAULT_DATA_DIR.with_name("tests.lock")
PREFIX = "migrated_"
TABLES = """
SELECT oid::regclass::text AS name, pg_relation_size(oid) AS bytes FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations'
"""
# Deleted rows stay in the files until they are truncated, which takes long but is seldom needed.
EMPTY = f"""
SET LOCAL session_replication_role = replica;
DO $$
DECLARE written text;
BEGIN
  IF (SELECT max(bytes) > 256 * 1024 FROM ({TABLES}) t) THEN
    EXECUTE (SELECT 'TRUNCATE ' || string_agg(name, ', ') FROM ({TABLES}) t);
  ELSE
    FOR written IN SELECT name FROM ({TABLES}) t WHERE bytes > 0 LOOP
      EXECUTE 'DELETE FROM ' || written;
    END LOOP;
  END IF;
END $$
"""


@contextmanager
def copied(name: str) -> Iterator[None]:
    """Let the tests work in a database of this name, migrated as the code says now."""
    with _only_one():
        template = _template()
        _copy(template, name)
    connection.settings_dict["NAME"] = name
    yield
    connection.close()
    _administer("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def emptied_fast() -> Iterator[None]:
    """Let a test that commits leave the rows that migrations made, in an eighth of the time.

    Django truncates every table and makes those rows anew; most tests wrote into a few.
    """
    rows = _rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: _empty(rows))
        yield


def _rows() -> dict[str, bytes]:
    """Return what each table holds."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        written = [table for table, size in cursor.fetchall() if size]
        return {table: _read(cursor, table) for table in written}


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)


def _empty(rows: dict[str, bytes]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY)
        for table, content in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
    ContentType.objects.clear_cache()
    Site.objects.clear_cache()


def _template() -> str:
    """Return a migrated database that nobody works in, made where the code has changed."""
    name = PREFIX + _fingerprint()
    known = _administer("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", PREFIX)
    if (name,) not in known:
        for (outdated,) in known:
            _administer("DROP DATABASE {}", outdated)
        _migrate(name)
    return name


def _migrate(name: str) -> None:
    made = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    _administer("ALTER DATABASE {} RENAME TO {}", made, name)


def _copy(template: str, name: str) -> None:
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _administer("CREATE DATABASE {} TEMPLATE {}", name, template)


def _fingerprint() -> str:
    """Tell the code that migrations can reach from any other."""
    digest = hashlib.sha256(django.get_version().encode())
    for package in (saleor_backorders, sandbox):
        root = Path(package.__path__[0])
        for path in sorted((*root.rglob("*.py"), *root.rglob("*.sql"))):
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _administer(statement: str, *names: str) -> list[tuple[Any, ...]]:
    """Run a statement about databases, from outside all of them."""
    server = database.ensure_server()
    query = sql.SQL(statement).format(*map(sql.Identifier, names))
    with psycopg.connect(
        host=server.host, port=server.port or None, user=server.user, password=server.password,
        dbname="postgres", autocommit=True,
    ) as outside:  # fmt: skip
        cursor = outside.execute(query, names if "%s" in statement else None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _only_one() -> Iterator[None]:
    """Let one process at a time make databases."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
