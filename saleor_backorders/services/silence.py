"""What silence means where a channel says that it cancels."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.host.port import Actor, Host
from saleor_backorders.models import Decision, DecisionState

from . import cancel, releasing

logger = logging.getLogger(__name__)


def apply(*, host: Host, now: datetime, today: date) -> int:
    """Cancel and refund what waits where the answer is overdue; return how many."""
    overdue = Decision.objects.filter(state=DecisionState.OPEN, silence_on__lte=today)
    done = 0
    for backorder_id in overdue.order_by("silence_on", "id").values_list("backorder_id", flat=True):
        try:
            cancel.cancel(
                host=host, backorder_id=backorder_id, quantity=None,
                reason=gettext("No answer after a delay"), actor=Actor(), by=releasing.SILENCE,
                now=now,
            )  # fmt: skip
        except errors.BackordersError as exc:
            # It arrived, or was cancelled, while we looked: the engine closes the question.
            logger.info("Backorder %s is not cancelled for silence: %s", backorder_id, exc)
        else:
            done += 1
    return done
