"""Run ``python -m benchmarks``: measure what the plugin costs and print a table."""

from __future__ import annotations

import argparse
import os

import django


def main() -> None:
    """Measure what is asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="small sizes, for every change")
    parser.add_argument("--dsn", help="URL of a PostgreSQL to use instead of the embedded one")
    parser.add_argument(
        "--only",
        choices=["pallet", "queue", "slip", "messages", "requests", "storefront"],
        help="one part alone",
    )
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    django.setup()

    from benchmarks import run  # it needs the models

    print(run.table_of(url=options.dsn, short=options.short, only=options.only))  # noqa: T201


if __name__ == "__main__":
    main()
