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

from sandbox.demo.teller import NotAsTold, Teller
from sandbox.serve import Listener
from sandbox.shop.api import Refused


def main() -> int:
    """Tell the story; return 1 where a figure is not what the story says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may know no curly quotes
    teller = Teller(sys.stdout)
    started = time.monotonic()
    _use_empty_database()
    teller.aside("Starting PostgreSQL on an empty directory, and the shop on it …")
    server = _open_shop()
    try:
        teller.aside(f"Ready after {time.monotonic() - started:.0f} s. The API: {server.base}")
        _tell(teller, server)
    except (NotAsTold, Refused) as broken:
        teller.broken(str(broken))
        return 1
    finally:
        server.shutdown()
        server.server_close()
        connections.close_all()
    teller.aside(f"\n{teller.figures} figures read back from the API; all are as told.")
    teller.aside("To click through the same shop, run: make serve")
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
    from sandbox.shop import furniture, till

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    furniture.furnish()
    server = Listener(0)
    till.open_till(server.base)
    furniture.open_at(server.base)
    connections.close_all()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _tell(teller: Teller, server: Listener) -> None:
    from sandbox.demo import promises, story
    from sandbox.demo.cast import Cast
    from sandbox.shop import furniture
    from sandbox.shop.api import Api, over_http

    api = Api(over_http(server.base))
    story.tell(teller, Cast(api, furniture.BOOTS))
    promises.tell(teller, Cast(api, furniture.JACKET), server.base)
    story.books_balance(teller)
