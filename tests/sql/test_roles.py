"""Who may install the plugin, and who may book stock without knowing of it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from tests.sql.conftest import Lamp
from tests.sql.wires import own, wire
from tests.sql.world import Shop

BOOKING = own("backorders_booking")
OWNING = own("backorders_owning")


def drop(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone():
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")


@pytest.fixture
def booking(shop: Shop) -> Iterator[str]:
    """Return a role that may read and update one table, as an ERP import's does."""
    drop(BOOKING)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {BOOKING} LOGIN NOSUPERUSER")
        cursor.execute(f"GRANT SELECT, UPDATE ON warehouse_stock TO {BOOKING}")
    yield BOOKING
    drop(BOOKING)


@pytest.mark.parametrize("search_path", ["public", "pg_catalog", ""])
def test_a_role_that_may_book_stock_and_nothing_else_serves_the_queue(
    lamp: Lamp, shop: Shop, booking: str, search_path: str
) -> None:
    line = lamp.buy(3)
    with wire() as import_:
        import_.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(booking)))
        import_.execute("SELECT set_config('search_path', %s, false)", [search_path])
        import_.execute(
            "UPDATE public.warehouse_stock SET quantity = 2 WHERE id = %s", [lamp.shelf.pk]
        )
        import_.commit()
    assert shop.ledger(line) == (3, 1, 2, 0, 0)


def test_such_a_role_reads_none_of_our_tables(lamp: Lamp, booking: str) -> None:
    with wire() as import_:
        import_.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(booking)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            import_.execute("SELECT 1 FROM saleor_backorders_backorder")


@pytest.mark.parametrize(
    "call",
    [
        "saleor_backorders_rebalance(1, 'stock')",
        "saleor_backorders_step_back(1, '{}', '{}', '{}', '{}')",
        "saleor_backorders_merge_rows('{}')",
        "saleor_backorders_put_off(1, 'x')",
    ],
)
def test_such_a_role_borrows_no_rights_from_our_functions(
    lamp: Lamp, booking: str, call: str
) -> None:
    with wire() as import_:
        import_.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(booking)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            import_.execute(f"SELECT {call}")


def test_installing_and_removing_need_no_superuser(shop: Shop) -> None:
    """A plain role that owns the shop's tables runs our migrations both ways."""
    drop(OWNING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"CREATE ROLE {OWNING} LOGIN NOSUPERUSER")
        cursor.execute(f"GRANT ALL ON SCHEMA public TO {OWNING}")
        give_to(OWNING)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {OWNING}")
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            assert cursor.fetchone() == (False,)
        call_command("migrate", "saleor_backorders", "zero", verbosity=0)
        call_command("migrate", "saleor_backorders", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT proowner::regrole::text FROM pg_proc"
                " WHERE proname LIKE 'saleor\\_backorders\\_%'"
            )
            assert cursor.fetchall() == [(OWNING,)]
    finally:
        connections["default"].close()
        give_to(before)
        drop(OWNING)


def give_to(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %%s OWNER TO %%I', oid::regclass, %s::text) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " UNION ALL SELECT format('ALTER SEQUENCE %%s OWNER TO %%I', c.oid::regclass, %s::text)"
            "  FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
            "   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid"
            "                    AND d.deptype IN ('a', 'i'))"
            " UNION ALL SELECT format('ALTER FUNCTION %%s OWNER TO %%I', oid::regprocedure,"
            "                         %s::text) FROM pg_proc"
            "  WHERE proname LIKE 'saleor\\_backorders\\_%%'",
            [role, role, role],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
