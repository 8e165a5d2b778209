"""Serve a host in one thread that keeps its database connection, as a shop's worker does.

Run by the host's own Python with the path of the hosts' server, which opens a connection for
every request.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from django.conf import settings
from django.core.servers import basehttp


def main() -> None:
    """Change what the hosts' server is made of, and run it."""
    server = Path(sys.argv[1])
    basehttp.ThreadedWSGIServer = basehttp.WSGIServer  # type: ignore[misc,assignment]
    for database in settings.DATABASES.values():
        database["CONN_MAX_AGE"] = None
    # In place of this folder, whose names are not the host's.
    sys.path[0] = str(server.parent)
    runpy.run_path(str(server), run_name="__main__")


if __name__ == "__main__":
    main()
