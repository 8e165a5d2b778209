"""The engine as a database tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, transaction

from saleor_backorders.engine.install import SCHEMA, host_schema

# With an empty search path every name is told with its schema.
PARTS = """
SELECT 'SEQUENCE', s.seqrelid::regclass::text, '',
       concat('CREATE SEQUENCE ', s.seqrelid::regclass, ' AS ', s.seqtypid::regtype,
              ' INCREMENT BY ', s.seqincrement, ' MINVALUE ', s.seqmin, ' MAXVALUE ', s.seqmax,
              ' START WITH ', s.seqstart), 1 AS place, c.oid AS made
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
 WHERE c.relname ^@ 'saleor_backorders_' AND c.relnamespace = {schema}::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'FUNCTION', p.oid::regprocedure::text,
       concat(pg_get_function_arguments(p.oid), ' -> ', pg_get_function_result(p.oid)),
       pg_get_functiondef(p.oid), 2, p.oid
  FROM pg_proc p
 WHERE p.proname ^@ 'saleor_backorders_' AND p.pronamespace = {schema}::regnamespace
UNION ALL
SELECT 'TRIGGER', concat(t.tgname, ' ON ', t.tgrelid::regclass),
       pg_get_triggerdef(t.oid), pg_get_triggerdef(t.oid), 3, t.oid
  FROM pg_trigger t
 WHERE NOT t.tgisinternal AND t.tgname ^@ 'saleor_backorders_'
 ORDER BY place, made
"""


class Part(NamedTuple):
    """A function, a trigger or a sequence."""

    kind: str
    identity: str
    shape: str
    """What CREATE OR REPLACE cannot change: another shape has to be made anew."""
    definition: str


class Engine(dict[str, Part]):
    """All parts by what they are and are called, in the order in which they were made."""


def told_by(cursor: Any) -> Engine:
    """Return the engine that a database has, the shop's schema written as a placeholder."""
    schema = host_schema(cursor)
    with undone():
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute(PARTS.format(schema=f"'{schema}'"))
        rows = cursor.fetchall()
    parts = [
        Part(kind, _placed(identity, schema), shape, _definition(kind, text, schema))
        for kind, identity, shape, text, *_ in rows
    ]
    return Engine({f"{part.kind} {part.identity}": part for part in parts})


def _definition(kind: str, text: str, schema: str) -> str:
    if kind != "FUNCTION":
        return _placed(text, schema)
    # A function's text is its own affair: it has a search path, and no need of schemas.
    head, begins, body = text.partition("\nAS $")
    head = _placed(head, schema).replace(f" TO '{schema}',", f" TO {SCHEMA},")
    return head + begins + body.rstrip()


def _placed(text: str, schema: str) -> str:
    return f" {text}".replace(f" {schema}.", f" {SCHEMA}.")[1:]


@contextmanager
def undone(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take back whatever is done to the database meanwhile."""
    with transaction.atomic(using=using):
        yield
        transaction.set_rollback(True, using=using)
