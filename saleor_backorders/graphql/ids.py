"""Global IDs, as Saleor writes them: base64 of ``Type:key``."""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from uuid import UUID

from graphql_relay import from_global_id, to_global_id

from saleor_backorders import errors

INT8_MAX = 2**63 - 1
MAX_IDS = 100


def encode(kind: str, key: object) -> str:
    """Return the global ID of a thing."""
    return str(to_global_id(kind, str(key)))


def integer(value: str, *, kind: str, field: str, most: int = errors.INT4_MAX) -> int:
    """Return the number in a global ID.

    :raises MalformedId: not an ID of this kind.
    :raises NotFound: a number that no row can have.
    """
    key = _key(value, kind, field)
    if not (key.isascii() and key.isdigit()):
        raise errors.MalformedId(value=value, expected=kind, field=field)
    if len(key) > len(str(most)) or int(key) > most:
        raise errors.NotFound(kind=kind, key=key, field=field)
    return int(key)


def uuid(value: str, *, kind: str, field: str) -> UUID:
    """Return the UUID in a global ID.

    :raises MalformedId: not an ID of this kind.
    """
    try:
        return UUID(_key(value, kind, field))
    except ValueError as exc:
        raise errors.MalformedId(value=value, expected=kind, field=field) from exc


def integers(
    values: Iterable[str], *, kind: str, field: str, most: int = errors.INT4_MAX
) -> list[int]:
    """Return the numbers in global IDs.

    :raises TooMany: more than one request may hold.
    :raises MalformedId: one that is not an ID of this kind.
    :raises NotFound: a number that no row can have.
    """
    return [integer(value, kind=kind, field=field, most=most) for value in limited(values, field)]


def limited(values: Iterable[str], field: str) -> list[str]:
    """Return the values.

    :raises TooMany: more than one request may hold.
    """
    found = list(values)
    if len(found) > MAX_IDS:
        raise errors.TooMany(asked=len(found), most=MAX_IDS, field=field)
    return found


def _key(value: str, kind: str, field: str) -> str:
    try:
        found, key = from_global_id(value)
    except (binascii.Error, UnicodeDecodeError, ValueError) as exc:
        raise errors.MalformedId(value=value, expected=kind, field=field) from exc
    if found != kind:
        raise errors.MalformedId(value=value, expected=kind, field=field)
    return str(key)
