"""``python -m tools.freeze NAME``: write down what changed in ``engine/*.sql``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")

import django
from django.db import connection

from tools.freeze.change import change
from tools.freeze.layout import (
    RefusedError,
    forgotten,
    layout_of_the_project,
    newest,
    numbered,
    write,
)

SCRATCH = "freeze"


def main() -> None:
    """Freeze a change, or say why there is none."""
    options = _options()
    layout = layout_of_the_project()
    try:
        name = newest(layout) if options.again else numbered(layout, options.name)
        with forgotten(layout, name) if options.again else nullcontext(), migrated() as cursor:
            found = change(cursor, layout)
    except RefusedError as why:
        sys.exit(str(why))
    for path in write(layout, name, *found):
        sys.stdout.write(f"{os.path.relpath(path)}\n")


@contextmanager
def migrated() -> Iterator[Any]:
    """Migrate a database of its own, and drop it afterwards."""
    django.setup()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = SCRATCH
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.freeze", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", help="what changes, in a few words: serve_oldest_first")
    what.add_argument(
        "--again",
        action="store_true",
        help="write the newest change anew; only while no shop has it",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
