from __future__ import annotations

from typing import Any

from django.db import migrations

from saleor_backorders.host.migrations import refuse_while_units_wait
from saleor_backorders.sql import engine_statements, host_schema, load

BEFORE = "engine_v1"
VERSION = "engine_v2"

# What waited before there was a ledger of promises: the date that was given is the first promise.
CARRY_OVER = """
UPDATE saleor_backorders_backorder
   SET expected_on = promised_on, expected_first_on = promised_on, agreed_on = promised_on,
       lead_from = (placed_at AT TIME ZONE 'UTC')::date, dated_units = waiting,
       kept = CASE WHEN waiting = 0 AND allocated_at IS NOT NULL
              THEN (allocated_at AT TIME ZONE 'UTC')::date <= promised_on END;
INSERT INTO saleor_backorders_promise
       (backorder_id, quantity, promised_on, first_on, source, cause, created_at, transaction_id)
SELECT id, quantity, promised_on, promised_on, 'lead_time', 'order', placed_at,
       pg_current_xact_id()::text::bigint
  FROM saleor_backorders_backorder WHERE promised_on IS NOT NULL ORDER BY id;
"""


def install(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for text in engine_statements(VERSION, schema=host_schema(cursor)):
            cursor.execute(text)
        cursor.execute(CARRY_OVER)


def go_back(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        refuse_while_units_wait(cursor)
        # What went before in this transaction may still have to be put right at its end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        schema = host_schema(cursor)
        cursor.execute(load(f"{BEFORE}/99_drop"))
        for text in engine_statements(BEFORE, schema=schema):
            cursor.execute(text)


class Migration(migrations.Migration):
    dependencies = [("saleor_backorders", "0003_promises")]
    operations = [migrations.RunPython(install, go_back)]
