"""Sets up a shop from nothing, tells the story over HTTP and takes everything away."""

from __future__ import annotations

import atexit
import io
import os
import shutil
import sys
import tempfile
import threading
import time

import django
from django.core.management import call_command
from django.db import connections

from sandbox.demo.narrator import Narrator, NotAsTold
from sandbox.serve import Listener
from sandbox.shop.api import Refused


def main() -> int:
    """Tell the story; return 1 where a figure is not what the story says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may know no curly quotes
    narrator = Narrator(sys.stdout)
    started = time.monotonic()
    _use_empty_database()
    narrator.aside("Starting PostgreSQL on an empty directory, and the shop on it …")
    server = _open_shop()
    try:
        narrator.aside(f"Ready after {time.monotonic() - started:.0f} s. The API: {server.base}")
        _tell(narrator, server)
    except (NotAsTold, Refused) as broken:
        narrator.broken(str(broken))
        return 1
    finally:
        server.shutdown()
        server.server_close()
        connections.close_all()
    narrator.aside(f"\n{narrator.figures} figures read back from the API; all are as told.")
    narrator.aside("To click through the same shop, run: make serve")
    return 0


def _use_empty_database() -> None:
    directory = tempfile.mkdtemp(prefix="backorders-demo-")
    # Registered before the database's own exit handlers, and so run after them.
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    os.environ.pop("SANDBOX_DATABASE_URL", None)
    os.environ["SANDBOX_DATA_DIR"] = os.path.join(directory, "data")
    os.environ["SANDBOX_MAIL_DIR"] = os.path.join(directory, "mail")


def _open_shop() -> Listener:
    django.setup()
    # Imported late: the shop needs the apps to be ready.
    from sandbox.shop import fixtures, payment_app

    call_command("migrate", interactive=False, verbosity=0)
    fixtures.load()
    server = Listener(0)
    payment_app.install(server.base)
    fixtures.open_at(server.base)
    connections.close_all()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _tell(narrator: Narrator, server: Listener) -> None:
    from sandbox.demo import promises, story
    from sandbox.demo.actors import Actors
    from sandbox.shop import fixtures
    from sandbox.shop.api import Api, over_http

    api = Api(over_http(server.base))
    story.tell(narrator, Actors(api, fixtures.BOOTS))
    promises.tell(narrator, Actors(api, fixtures.JACKET), server.base)
    story.books_balance(narrator)
