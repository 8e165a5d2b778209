"""What silence means where a channel says that it cancels."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.common import i18n
from saleor_backorders.host.port import Actor, Host
from saleor_backorders.models import Decision, DecisionState

from . import cancel, locking

logger = logging.getLogger(__name__)


def apply(*, host: Host, now: datetime, today: date) -> int:
    """Cancel and refund what waits where the answer is overdue; return how many."""
    done = 0
    overdue = _overdue(today).order_by("silence_on", "id")
    for backorder_id in overdue.values_list("backorder_id", flat=True):
        try:
            _cancel(host, backorder_id, now, today)
        except errors.BackordersError as exc:
            # It arrived, was cancelled or answered while we looked.
            logger.info("Backorder %s is not cancelled for silence: %s", backorder_id, exc)
        except Exception:
            # One order in trouble keeps nobody else waiting.
            logger.exception("Backorder %s could not be cancelled for silence.", backorder_id)
        else:
            done += 1
    return done


@transaction.atomic
def _cancel(host: Host, backorder_id: int, now: datetime, today: date) -> None:
    locking.hold(backorder_id)
    overdue = _overdue(today).filter(backorder_id=backorder_id)
    if not overdue.exists():
        raise errors.NothingToDecide
    with i18n.for_staff():
        reason = gettext("No answer after a delay")
    cancel.cancel(
        host=host, backorder_id=backorder_id, quantity=None, reason=reason, actor=Actor(),
        by=locking.SILENCE, now=now,
    )  # fmt: skip


def _overdue(today: date) -> QuerySet[Decision]:
    return Decision.objects.filter(state=DecisionState.OPEN, silence_on__lte=today)
