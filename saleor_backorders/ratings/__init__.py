"""What customers say of a wait, once something of it was sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from saleor_backorders import errors
from saleor_backorders.common import links
from saleor_backorders.host.rows import orders
from saleor_backorders.models import Backorder, Rating

from . import queries

MIN, MAX = 1, 5
MAX_COMMENT = 1000
CHANGEABLE = timedelta(days=60)


def rate(*, backorder_id: int, score: int, comment: str, now: datetime) -> Rating:
    """Keep a score and a comment; said again within 60 days of the first time, they are replaced.

    :raises ValueOutOfRange: a score that is none.
    :raises InvalidValue: a comment that is too long or no text.
    :raises NotFound: no such backorder.
    :raises NothingWasSent: nothing of it has left yet.
    :raises RatedLongAgo: it is too late to say something else.
    """
    errors.check_range(score, least=MIN, most=MAX, field="score")
    text = comment.strip()
    errors.check_length(text, most=MAX_COMMENT, field="comment")
    if "\x00" in text:
        raise errors.InvalidValue(field="comment")
    kept = queries.rate_backorder(
        backorder_id=backorder_id, score=score, comment=text, now=now,
        changeable_since=now - CHANGEABLE,
    )  # fmt: skip
    if not kept:
        raise _why_not(backorder_id)
    return Rating.objects.get(pk=backorder_id)


def by_link(token: str, *, using: str) -> Backorder:
    """Return the backorder that a link lets its holder rate.

    :raises LinkInvalid: a wrong link, or nothing of it was sent, or its order is gone.
    """
    its = orders(using).filter(pk=OuterRef("order_id"))
    found = (
        Backorder.objects.using(using)
        .filter(Exists(its), pk=links.read_for(links.RATE, token), fulfilled__gt=0)
        .first()
    )
    if found is None:
        raise errors.LinkInvalid
    return found


def scores(*, ids: Collection[int], using: str) -> dict[int, int]:
    """Return the score of each backorder that has one."""
    rows = Rating.objects.using(using).filter(pk__in=ids)
    return dict(rows.values_list("pk", "score"))


def said(*, backorder_id: int, using: str) -> Rating | None:
    """Return what was said of a backorder so far."""
    return Rating.objects.using(using).filter(pk=backorder_id).first()


def _why_not(backorder_id: int) -> errors.BackordersError:
    row = Backorder.objects.filter(pk=backorder_id).first()
    if row is None:
        return errors.NotFound(kind="Backorder", key=backorder_id, field="id")
    return (
        errors.RatedLongAgo(field="score") if row.fulfilled else errors.NothingWasSent(field="id")
    )
