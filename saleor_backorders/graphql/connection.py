"""Pages of lists, after Relay."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.common import paging

from .scalars import Int


def nullable_list(kind: Any) -> Any:
    """Declare a list that may be null, of items that are not."""
    return graphene.List(graphene.NonNull(kind))


class DateRangeInput(graphene.InputObjectType):
    gte = graphene.Date()
    lte = graphene.Date()


def list_of(kind: Any, **options: Any) -> Any:
    """Return a field with a list that is never null and never holds null."""
    return graphene.Field(graphene.List(graphene.NonNull(kind)), required=True, **options)


DEFAULT_PAGE = 20


LARGEST_PAGE = 100


def arguments() -> dict[str, Any]:
    """Return the arguments that every connection takes."""
    return {
        "first": Int(),
        "after": graphene.String(),
        "last": Int(),
        "before": graphene.String(),
    }


def window(
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> paging.Window:
    """Return the part of a list that the arguments of a connection name.

    :raises InvalidValue: both directions at once, a cursor that is none.
    :raises ValueOutOfRange: more than the largest page.
    """
    if first is not None and last is not None:
        raise errors.InvalidValue("Give either `first` or `last`.", field="first")
    backwards = last is not None
    size = last if backwards else first
    if size is not None:
        name = "last" if backwards else "first"
        errors.check_range(size, least=0, most=LARGEST_PAGE, field=name)
    return paging.Window(
        size=DEFAULT_PAGE if size is None else size,
        from_the_end=backwards,
        after=_decode(after, "after"),
        before=_decode(before, "before"),
    )


def encode(cursor: paging.Cursor) -> str:
    """Return a cursor as clients keep it."""
    return base64.b64encode(json.dumps(cursor).encode()).decode()


def _decode(text: str | None, field: str) -> paging.Cursor | None:
    if not text:
        return None
    try:
        key, number = json.loads(base64.b64decode(text, validate=True))
        return paging.Cursor(str(key), int(number))
    except (binascii.Error, TypeError, ValueError) as exc:
        raise errors.InvalidValue("This is not a cursor.", field=field) from exc


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


def page_info(
    cursors: Sequence[paging.Cursor], *, has_more: bool, window: paging.Window
) -> PageInfo:
    """Say whether the list goes on beyond the items that these cursors stand for."""
    if window.from_the_end:
        has_next, has_previous = window.before is not None, has_more
    else:
        has_next, has_previous = has_more, window.after is not None
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=encode(cursors[0]) if cursors else None,
        end_cursor=encode(cursors[-1]) if cursors else None,
    )
