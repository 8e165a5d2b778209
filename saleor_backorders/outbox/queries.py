"""Who may send which message: the statements, typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from saleor_backorders.db import Statements

_sql = Statements(__package__)


def claim(*, worker: UUID, most: int) -> list[int]:
    """Take due messages for a worker; return their ids, oldest first."""
    return _sql.ids("claim_messages", {"worker": worker, "most": most})


def merge(*, ids: Sequence[int]) -> list[int]:
    """Let claimed messages take over what later ones would tell; return those that did."""
    return _sql.ids("merge_messages", {"ids": list(ids)})


def recover(*, lease: int) -> list[tuple[int, str]]:
    """Take up what dead workers left; return id and state of each."""
    return [(key, state) for key, state in _sql.run("recover_messages", {"lease": lease})]


def forget(*, before: datetime, most: int) -> int:
    """Forget the oldest messages that were settled before a moment; return how many."""
    return _sql.count("forget_messages", {"before": before, "most": most})
