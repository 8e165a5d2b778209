"""How customers found a wait, in the contract's words."""

from __future__ import annotations

from typing import Any

from saleor_backorders import ratings

from . import access, backorder_type
from .context import Asking, mutation


@mutation(backorder_type.BackorderPayload)
def backorder_rate(
    asking: Asking,
    *,
    score: int,
    id: str | None = None,
    token: str | None = None,
    comment: str | None = None,
) -> Any:
    """Note how the wait was."""
    key = access.to_rating(asking, id=id, token=token)
    ratings.rate(backorder_id=key, score=score, comment=comment or "", now=asking.now)
    # Said twice in one request: the second answer shows the second score.
    asking.loaders.rating.clear(key)
    shown = backorder_type.payload(asking, key)
    if token is not None:
        # A link to say how it was opens no link to decide.
        shown.backorder.link = None
    return shown
