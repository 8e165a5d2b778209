from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from graphql import GraphQLError
from graphql.language.ast import Field

MOST = 100


def connection(
    objects: QuerySet[Any],
    info: Any,
    *,
    wrap: Callable[[Any], Any] = lambda node: node,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """Return a page of objects as a Relay connection.

    :raises GraphQLError: when the page has no size, or one beyond the limit.
    """
    _check_size(info, first, last)
    total = objects.count()
    start = 0 if after is None else _offset(after) + 1
    end = total if before is None else min(_offset(before), total)
    low, high = start, end
    if first is not None:
        high = min(end, start + first)
    if last is not None:
        low = max(start, high - last)
    edges = [
        {"cursor": _cursor(low + place), "node": wrap(node)}
        for place, node in enumerate(objects[low : max(high, low)])
    ]
    return {
        "totalCount": total,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": high < total,
            "hasPreviousPage": low > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _check_size(info: Any, first: int | None, last: int | None) -> None:
    name = info.field_name
    if (first is None) == (last is None) and _asks_for_nodes(info):
        raise GraphQLError(
            f"You must provide a `first` or `last` value to properly paginate the `{name}` "
            "connection."
        )
    for key, size in (("first", first), ("last", last)):
        if size is not None and size > MOST:
            raise GraphQLError(
                f"Requesting {size} records on the `{name}` connection exceeds the `{key}` limit "
                f"of {MOST} records."
            )


def _asks_for_nodes(info: Any) -> bool:
    return any(
        not isinstance(each, Field) or each.name.value in ("edges", "pageInfo")
        for field in info.field_asts
        for each in field.selection_set.selections
    )


def _cursor(offset: int) -> str:
    return base64.b64encode(f"offset:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("offset:"))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise GraphQLError("Received cursor is invalid.") from error
