"""Make long queues by set-based SQL, as if their orders had come one by one.

One order that waits is made through the host's models; its rows are then multiplied, each table
in the order in which a busy shop would have filled it.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from tests.sql.world import Shop

Connection = psycopg.Connection[Any]
TABLES = (
    "warehouse_stock", "warehouse_allocation", "order_order", "order_orderline",
    "saleor_backorders_backorder", "saleor_backorders_movement", "saleor_backorders_virtualstock",
    "saleor_backorders_incomingshipment", "saleor_backorders_incomingshipmentline",
)  # fmt: skip


class Queue(NamedTuple):
    """A variant that one order waits for, and an empty shelf that may serve every order of it."""

    variant_id: int
    shelf_id: int
    virtual_id: int
    order_id: UUID
    line_id: UUID


def furnish(count: int) -> list[Queue]:
    """Make a shop with some variants, one order waiting for each."""
    shop = Shop()
    channel = shop.channel()
    warehouse = shop.warehouse([channel])
    shop.zone([channel], [warehouse])
    return [_start_queue(shop, channel, warehouse) for _ in range(count)]


def _start_queue(shop: Shop, channel: Any, warehouse: Any) -> Queue:
    variant = shop.variant()
    shelf = shop.stock(variant, warehouse, 0)
    row = shop.allow(variant, channel, limit=1_000_000)
    line = shop.buy(variant, 1, channel, country="US")
    return Queue(variant.pk, shelf.pk, row.stock_id, line.order_id, line.pk)


def lengthen(connection: Connection, queue: Queue, lines: int) -> None:
    """Let this many lines more wait in a queue, each for one to three units."""
    multiply_lines(connection, queue, lines)
    connection.execute("VACUUM (FREEZE, ANALYZE)")


def multiply_lines(
    connection: Connection, queue: Queue, lines: int, *, units: int | None = None
) -> None:
    """Let lines wait, each for so many units, or for one to three."""
    switch_triggers(connection, "DISABLE")
    connection.execute(
        "CREATE TEMP TABLE wanted AS SELECT n, coalesce(%s, 1 + n %% 3) AS units,"
        " gen_random_uuid() AS order_id, gen_random_uuid() AS line_id,"
        " timestamptz '2026-11-02' + n * interval '1 second' AS placed"
        " FROM generate_series(1, %s::integer) AS n",
        [units, lines],
    )
    _multiply(connection, "order_order", "id", queue.order_id, {
        "id": "w.order_id", "number": "nextval('order_order_number_seq')", "created_at": "w.placed",
    })  # fmt: skip
    _multiply(connection, "order_orderline", "id", queue.line_id, {
        "id": "w.line_id", "order_id": "w.order_id", "quantity": "w.units",
        "created_at": "w.placed",
    })  # fmt: skip
    _multiply(connection, "warehouse_allocation", "order_line_id", queue.line_id, {
        "id": None, "order_line_id": "w.line_id", "quantity_allocated": "w.units",
    })  # fmt: skip
    _multiply(connection, "saleor_backorders_backorder", "order_line_id", queue.line_id, {
        "id": None, "status": None, "order_line_id": "w.line_id", "order_id": "w.order_id",
        "quantity": "w.units", "waiting": "w.units", "placed_at": "w.placed",
        "seen_quantity": "w.units", "dated_units": "w.units",
    })  # fmt: skip
    connection.execute(_BEGAN_TO_WAIT, [queue.variant_id])
    connection.execute("DROP TABLE wanted")
    connection.execute(_COUNT, {"variant": queue.variant_id})
    connection.execute(_COUNT_STOCK, {"variant": queue.variant_id})
    switch_triggers(connection, "ENABLE")


_BEGAN_TO_WAIT = """
    INSERT INTO saleor_backorders_movement
           (backorder_id, variant_id, kind, quantity, cause, created_at, transaction_id)
    SELECT b.id, b.variant_id, 'placed', b.quantity, 'order', b.placed_at, 0
      FROM saleor_backorders_backorder b JOIN wanted w ON w.line_id = b.order_line_id
     WHERE b.variant_id = %s ORDER BY b.id
"""
_COUNT = """
    UPDATE saleor_backorders_virtualstock v
       SET waiting_units = (SELECT sum(b.waiting) FROM saleor_backorders_backorder b
                             WHERE b.variant_id = v.variant_id)
     WHERE v.variant_id = %(variant)s
"""
_COUNT_STOCK = """
    UPDATE warehouse_stock s
       SET quantity_allocated = v.waiting_units,
           quantity = greatest(v.limit_units, v.waiting_units)
      FROM saleor_backorders_virtualstock v
     WHERE v.stock_id = s.id AND v.variant_id = %(variant)s
"""


def _multiply(
    connection: Connection, table: str, key: str, value: UUID, changes: dict[str, str | None]
) -> None:
    """Copy the row of a table once for every wanted line; a change to None leaves the default."""
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    names = [name for (name,) in found if changes.get(name, "") is not None]
    columns = [sql.Identifier(name) for name in names]
    values = [
        sql.SQL(changes[name] or "") if name in changes else sql.Identifier("t", name)
        for name in names
    ]
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t"
            " CROSS JOIN wanted w WHERE t.{key} = {value} ORDER BY w.n"
        ).format(
            table=sql.Identifier(table), columns=sql.SQL(", ").join(columns),
            values=sql.SQL(", ").join(values), key=sql.Identifier(key), value=sql.Literal(value),
        )
    )  # fmt: skip


def switch_triggers(connection: Connection, what: str) -> None:
    """Switch our triggers and every other of the tables' own; foreign keys stay checked."""
    for table in TABLES:
        connection.execute(
            sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(what))
        )


def warm(connection: Connection) -> None:
    """Read the tables once, as a shop at work would have."""
    for table in TABLES:
        connection.execute(sql.SQL("SELECT count(t.*) FROM {} t").format(sql.Identifier(table)))
