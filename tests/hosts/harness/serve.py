"""Serve a host over HTTP with the harness's control door; run by the host's own Python."""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, connections

DOOR = "/__host__/"
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keep the log for errors."""


class _Server(ThreadingMixIn, WSGIServer):
    """Serve in threads that stay: each keeps its session, in which PL/pgSQL is compiled once."""

    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _QuietHandler)
        self._requests: queue.SimpleQueue[tuple[socket.socket, Any]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a request to a thread that is idle, or to a new one."""
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._work, daemon=True).start()
        self._requests.put((request, client_address))

    def _work(self) -> None:
        while True:
            self.process_request_thread(*self._requests.get())
            self._idle.release()


def with_door(
    application: Callable[..., Iterable[bytes]],
) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """Answer the control door's paths and leave all others to the host."""
    from host_doors import DOORS

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(DOOR):
            return application(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = json.loads(environ["wsgi.input"].read(length) or b"{}")
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(_open(DOORS[path[len(DOOR) :]], body), default=str).encode()]

    return answer


def _open(door: Callable[..., Any], body: dict[str, Any]) -> dict[str, Any]:
    """Run a door; an exception belongs to the test that knocked, so it travels there."""
    close_old_connections()
    try:
        return {"result": door(**body)}
    except Exception:
        return {"error": traceback.format_exc()}
    finally:
        close_old_connections()


def _end_with_parent() -> None:
    """End when the test process goes, however it goes."""
    # Past Python's own buffer, whose lock would be held when the process ends by itself.
    while os.read(sys.stdin.fileno(), 1024):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    """End in the ordinary way, so that what the host registered for its end is done."""
    sys.exit()


def _keep_connections() -> None:
    """Let each thread keep its connection, and look at its first use whether it still lives."""
    for settings in connections.settings.values():
        settings.update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)


def _migrate() -> None:
    """Bring the database up to date with what is installed now."""
    if os.environ.get("HOST_MIGRATE"):
        call_command("migrate", *os.environ["HOST_MIGRATE"].split(), verbosity=0)


def _dsn() -> str:
    """Return the database's address as psycopg reads it."""
    parameters = connection.get_connection_params()
    names = {"host", "port", "user", "password", "dbname"}
    return " ".join(f"{name}={parameters[name]}" for name in sorted(names & set(parameters)))


def main() -> None:
    """Start the host, say where it listens and serve until told to stop."""
    django.setup()
    _keep_connections()
    _migrate()
    signal.signal(signal.SIGTERM, _leave)
    server = _Server()
    server.set_app(with_door(get_wsgi_application()))
    hello = {
        "port": server.server_port,
        "dsn": _dsn(),
        "has_plugin": apps.is_installed("saleor_backorders"),
    }
    connections.close_all()
    # What is loaded now stays: it need not be looked through for garbage.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print("READY " + json.dumps(hello), flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
