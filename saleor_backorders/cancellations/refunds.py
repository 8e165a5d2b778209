"""Get owed money back to customers: ask, look what became of it, ask again.

A row says that money is owed before anybody is asked for it, and is claimed before each attempt,
so that two workers never ask for the same money at once and a crash forgets none.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from saleor_backorders import errors
from saleor_backorders.common import i18n
from saleor_backorders.host.port import Actor, Host, RefundAnswer, RefundOutcome, RefundPart
from saleor_backorders.models import Cancellation, Refund, RefundState

from . import amounts

logger = logging.getLogger(__name__)


RETRY_DELAYS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 24 * 60)
)
"""Before each further attempt; after the last of them staff have to look at it."""


BY_HAND = _("No payment of this order can be refunded from here; pay it back by hand.")


class Settled(NamedTuple):
    """How many refunds were asked for, and what became of them."""

    asked: int
    refunded: int


def owe(cancellation: Cancellation, parts: Iterable[RefundPart], *, now: datetime) -> list[int]:
    """Write down what is owed for a cancellation, in its transaction; return the rows' ids."""
    with i18n.for_staff():
        by_hand = gettext(BY_HAND)
    rows = [
        Refund(
            cancellation=cancellation,
            order_id=cancellation.order_id,
            amount=part.amount,
            currency=part.currency,
            transaction_id=part.transaction_id,
            granted_refund_id=part.granted_refund_id,
            payment_id=part.payment_id,
            key=uuid4(),
            next_attempt_at=now if _can_be_asked(part) else None,
            message="" if _can_be_asked(part) else by_hand,
            created_at=now,
        )
        for part in parts
    ]
    return [row.pk for row in Refund.objects.bulk_create(rows)]


def settle(*, host: Host, now: datetime, ids: Collection[int] | None = None) -> Settled:
    """Do what is due for open refunds: those named, or all of them."""
    asked = refunded = 0
    for refund_id in _due(now, ids):
        refund = _claim(refund_id, now)
        if refund is None:
            continue
        asked += 1
        try:
            refunded += _attempt(host, refund, now) == RefundOutcome.REFUNDED
        except Exception:
            # It is due again after its pause; those behind it are due now.
            logger.exception("Refund %s of order %s broke off.", refund.pk, refund.order_id)
    return Settled(asked, refunded)


def look(*, host: Host, order_id: UUID, now: datetime) -> None:
    """Record which refunds of an order were paid by now, without asking anybody.

    An app reports to the shop, not to us: until somebody looks, money that has gone would still
    count as on its way.
    """
    for refund in Refund.objects.filter(order_id=order_id).exclude(state=RefundState.REFUNDED):
        answer = host.refunds.outcome(part=_part(refund), key=str(refund.key))
        if answer.outcome == RefundOutcome.REFUNDED:
            _record(refund, answer, now)


def retry(*, host: Host, refund_ids: Sequence[int], now: datetime) -> list[Refund]:
    """Ask again for refunds that failed or that nobody can tell of, because staff say so.

    :raises NotFound: no such refund.
    :raises InvalidValue: it was refunded, is being asked for now, or nobody can be asked.
    :raises RefundFailed: one was refused again; the others were tried as well.
    """
    found = Refund.objects.in_bulk(refund_ids)
    for refund_id in refund_ids:
        _check_stuck(found.get(refund_id), refund_id)
        if not _can_be_asked(_part(found[refund_id])):
            raise errors.InvalidValue(gettext(BY_HAND), field="ids")
    failed = []
    for refund in found.values():
        Refund.objects.filter(pk=refund.pk, state=refund.state).update(next_attempt_at=now)
        claimed = _claim(refund.pk, now)
        if claimed and _attempt(host, claimed, now) == RefundOutcome.FAILED:
            failed.append(Refund.objects.get(pk=refund.pk).message)
    if failed:
        raise errors.RefundFailed("; ".join(failed), field="ids")
    return list(Refund.objects.filter(pk__in=refund_ids).order_by("pk"))


@transaction.atomic
def paid_by_hand(
    *, host: Host, refund_ids: Sequence[int], actor: Actor, now: datetime
) -> list[Refund]:
    """Record that staff sent money back themselves, or saw that it had gone; with a note.

    :raises NotFound: no such refund.
    :raises InvalidValue: it was refunded, or is being asked for now.
    """
    rows = Refund.objects.select_for_update().filter(pk__in=refund_ids).order_by("pk")
    found = {row.pk: row for row in rows}
    for refund_id in refund_ids:
        _check_stuck(found.get(refund_id), refund_id)
    for refund in found.values():
        with i18n.for_staff():
            done = gettext("%(amount)s %(currency)s were paid back by hand.") % {
                "amount": amounts.quantize(refund.amount, refund.currency),
                "currency": refund.currency,
            }  # fmt: skip
        host.orders.add_note(order_id=refund.order_id, message=done, actor=actor)
        refund.state, refund.message = RefundState.REFUNDED, done
        refund.settled_at, refund.next_attempt_at = now, None
        refund.save(update_fields=["state", "message", "settled_at", "next_attempt_at"])
    return list(found.values())


def _check_stuck(refund: Refund | None, refund_id: int) -> None:
    if refund is None:
        raise errors.NotFound(kind="Refund", key=refund_id, field="ids")
    if refund.state in (RefundState.REFUNDED, RefundState.REQUESTED):
        text = gettext("This refund is done, or on its way already.")
        raise errors.InvalidValue(text, field="ids")


def _due(now: datetime, ids: Collection[int] | None) -> list[int]:
    rows = Refund.objects.exclude(state=RefundState.REFUNDED).filter(next_attempt_at__lte=now)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return list(rows.order_by("next_attempt_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _claim(refund_id: int, now: datetime) -> Refund | None:
    """Take a refund for one attempt; None where somebody else has it."""
    refund = (
        Refund.objects.select_for_update(skip_locked=True)
        .filter(pk=refund_id, next_attempt_at__lte=now)
        .exclude(state=RefundState.REFUNDED)
        .first()
    )
    if refund is None:
        return None
    pause = RETRY_DELAYS[min(refund.attempts, len(RETRY_DELAYS) - 1)]
    Refund.objects.filter(pk=refund_id).update(
        attempts=F("attempts") + 1, next_attempt_at=now + pause
    )
    refund.attempts += 1
    return refund


def _part(refund: Refund) -> RefundPart:
    return RefundPart(
        amount=refund.amount,
        currency=refund.currency,
        transaction_id=refund.transaction_id,
        granted_refund_id=refund.granted_refund_id,
        payment_id=refund.payment_id,
    )


def _attempt(host: Host, refund: Refund, now: datetime) -> RefundOutcome:
    part = _part(refund)
    if not _can_be_asked(part):
        return RefundOutcome.OWED
    answer = host.refunds.outcome(part=part, key=str(refund.key))
    if _may_ask(refund, answer):
        _open(refund).update(state=RefundState.REQUESTED)
        answer = host.refunds.request(part=part, key=str(refund.key), actor=_actor(refund))
    _record(refund, answer, now)
    return answer.outcome


def _may_ask(refund: Refund, answer: RefundAnswer) -> bool:
    if answer.outcome in (RefundOutcome.OWED, RefundOutcome.FAILED):
        return True
    # A payment app keeps the key and sends the money once; a legacy gateway keeps none, and only
    # staff, who looked, may ask it again.
    return answer.outcome == RefundOutcome.UNKNOWN and (
        refund.transaction_id is not None or refund.state == RefundState.UNKNOWN
    )


def _record(refund: Refund, answer: RefundAnswer, now: datetime) -> None:
    values: dict[str, object] = {"state": answer.outcome.value, "message": answer.message}
    if answer.outcome == RefundOutcome.REFUNDED:
        values |= {"settled_at": now, "next_attempt_at": None}
    elif _needs_staff(refund, answer):
        values["next_attempt_at"] = None
        logger.error("Refund %s of order %s needs a look.", refund.pk, refund.order_id)
    _open(refund).update(**values)


def _open(refund: Refund) -> QuerySet[Refund]:
    """Return the row, unless somebody else has seen the money go meanwhile."""
    return Refund.objects.filter(pk=refund.pk).exclude(state=RefundState.REFUNDED)


def _needs_staff(refund: Refund, answer: RefundAnswer) -> bool:
    if answer.outcome == RefundOutcome.UNKNOWN and refund.transaction_id is None:
        return True
    # Whoever has taken note may need days; to look costs nothing.
    return refund.attempts > len(RETRY_DELAYS) and answer.outcome != RefundOutcome.REQUESTED


def _actor(refund: Refund) -> Actor:
    cancellation = refund.cancellation
    return Actor(user_id=cancellation.user_id, app_id=cancellation.app_id)


def _can_be_asked(part: RefundPart) -> bool:
    return part.transaction_id is not None or part.payment_id is not None


def of_backorders(*, ids: Collection[int], using: str) -> dict[int, list[Refund]]:
    """Return the refunds of each backorder, oldest first."""
    found: dict[int, list[Refund]] = {}
    rows = Refund.objects.using(using).filter(cancellation__backorder_id__in=ids)
    for row in rows.select_related("cancellation").order_by("pk"):
        found.setdefault(row.cancellation.backorder_id, []).append(row)
    return found
