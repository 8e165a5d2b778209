from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from graphql import GraphQLError

MAX = 100
SDL = """
type {0}CountableConnection {{
  edges: [{0}CountableEdge!]!
  totalCount: Int
}}

type {0}CountableEdge {{
  node: {0}!
}}
"""


def connection(
    objects: QuerySet[Any],
    info: Any,
    *,
    wrap: Callable[[Any], Any] = lambda node: node,
    first: int | None = None,
) -> dict[str, Any]:
    """Return the first objects as a Relay connection; the sandbox turns no further pages.

    :raises GraphQLError: when the page has no size, or one beyond the limit.
    """
    if first is None or first > MAX:
        raise GraphQLError(
            f"The `{info.field_name}` connection needs a `first` value of at most {MAX} records."
        )
    edges = [{"node": wrap(node)} for node in objects[:first]]
    return {"totalCount": objects.count(), "edges": edges}
