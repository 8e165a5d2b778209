"""Serves the sandbox's shop until Ctrl-C, on a database that is kept for the next time."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import django
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
SECONDS_BETWEEN_TICKS = 10
MAIL_DIR = Path(__file__).resolve().parent.parent / ".cache" / "sandbox-mail"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for errors."""


class Listener(ThreadedWSGIServer):
    """The sandbox on a loopback port; port 0 takes a free one."""

    request_queue_size = 64
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), QuietHandler)
        self.set_app(get_wsgi_application())

    @property
    def base(self) -> str:
        """Return the address without a trailing slash."""
        return f"http://{HOST}:{self.server_port}"


def main() -> int:
    """Open the shop and serve it."""
    os.environ.setdefault("SANDBOX_DATABASE_NAME", "shop")
    os.environ.setdefault("SANDBOX_MAIL_DIR", str(MAIL_DIR))
    django.setup()
    _say("Opening the shop …")
    _open_shop()
    try:
        server = Listener(int(os.environ.get("PORT", "8000")))
    except (OSError, OverflowError, ValueError) as error:
        _say(f"Cannot listen on this port: {error}. Try: PORT=8001 make serve")
        return 1
    _open_payments(server.base)
    _introduce(server.base)
    stop = threading.Event()
    threading.Thread(target=_sweep_until, args=[stop], daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        _say("\nClosed. The data stays for the next time.")
    finally:
        stop.set()
        server.server_close()
    return 0


def _open_shop() -> None:
    # Imported late: both need the apps to be ready.
    from sandbox.shop import fixtures
    from sandbox.shop.api import Api, in_process

    call_command("migrate", interactive=False, verbosity=0)
    fixtures.load()
    fixtures.allow_all(fixtures.sign_in(Api(in_process), fixtures.STAFF))
    connections.close_all()


def _open_payments(base: str) -> None:
    from sandbox.shop import fixtures, payment_app

    payment_app.install(base)
    fixtures.open_at(base)
    connections.close_all()


def _introduce(base: str) -> None:
    from sandbox.shop import fixtures

    _say(f"""
  The shop              {base}/
  For staff             {base}/staff/
  Everybody's mail      {base}/mailbox/
  GraphQL, both APIs    {base}/playground/

  People: {", ".join((*fixtures.SHOPPERS, fixtures.STAFF))}
  Their password: {fixtures.PASSWORD}

  Ctrl-C closes the shop.""")


def _sweep_until(stop: threading.Event) -> None:
    """Do what Celery beat does in a real shop."""
    from saleor_backorders import tasks

    while not stop.wait(SECONDS_BETWEEN_TICKS):
        try:
            tasks.sweep()
            tasks.settle()
            tasks.remind()
            tasks.deliver()
        except Exception:
            # As a Celery worker would: this tick is lost, the next one tries again.
            logger.exception("The background work failed")
        finally:
            connections.close_all()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
