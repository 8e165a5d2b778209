"""What customers say of a wait: the statement, typed."""

from __future__ import annotations

from datetime import datetime

from saleor_backorders.db import Statements

_sql = Statements(__package__)


def rate_backorder(
    *, backorder_id: int, score: int, comment: str, now: datetime, changeable_since: datetime
) -> list[int]:
    """Keep what a customer says of a wait; return its id where it was kept."""
    return _sql.ids(
        "rate_backorder",
        {
            "backorder_id": backorder_id,
            "score": score,
            "comment": comment,
            "now": now,
            "changeable_since": changeable_since,
        },
    )
