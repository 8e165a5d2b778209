"""Bear Celery workers and a beat for a host, each a process of its own; run by the host's Python.

Every line on standard input asks for one, by the arguments of the ``celery`` command; the answer
is its process id.  The host is loaded once and forked, so that a worker which was killed is
replaced at once.  All of them end when standard input does.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module

import django


def main() -> None:
    """Answer until nobody asks any more."""
    django.setup()
    app = import_module(os.environ["HOST_CELERY"]).app
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    born: list[int] = []
    say("READY")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            app.start(line.split())
            os._exit(0)
        born.append(child)
        say(str(child))
    for child in born:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            # It was killed before.
            continue


def say(text: str) -> None:
    """Answer in one line."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
