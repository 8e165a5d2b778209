"""What a customer answers to a delay, short of giving up: keep waiting, or have what is here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from saleor_backorders import engine, errors
from saleor_backorders.common import i18n
from saleor_backorders.host.port import Actor, Host
from saleor_backorders.models import Backorder, Decision, DecisionState

from . import locking


@transaction.atomic
def accept_delay(*, backorder_id: int, by: str, now: datetime) -> None:
    """Record that the customer keeps waiting; further slips count from the new date.

    :raises NotFound: no such backorder.
    :raises NothingToDecide: nobody asked.
    """
    row = locking.find(backorder_id)
    # Silence asks under this lock whether somebody answered.
    locking.lock_order(row.order_id)
    if not locking.close_decisions([row], DecisionState.KEPT_WAITING, by=by, now=now):
        raise errors.NothingToDecide(field="id")
    Backorder.objects.filter(pk=row.pk).update(agreed_on=F("expected_on"), updated_at=now)


@transaction.atomic
def take_available(*, host: Host, backorder_id: int, actor: Actor, now: datetime) -> None:
    """Ask staff to ship what has arrived while the rest waits; asked once for the same units.

    :raises NotFound: no such backorder.
    :raises NotEnoughStock: nothing of it is here.
    """
    row = locking.find(backorder_id)
    # The note points at the order: hold it before the queue, as everybody does.
    locking.lock_order(row.order_id)
    engine.lock_variants([row.variant_id])
    row.refresh_from_db()
    here = row.allocated + row.seen_on_hand
    if not here:
        raise errors.NotEnoughStock(field="id")
    if row.ship_asked_units == here:
        return
    Backorder.objects.filter(pk=row.pk).update(ship_asked_units=here, updated_at=now)
    with i18n.for_staff():
        message = gettext("The customer asks to have %(units)s of %(product)s shipped now.")
    host.orders.add_note(
        order_id=row.order_id,
        message=message % {"units": here, "product": row.product_name},
        actor=actor,
    )


def open_decisions(*, ids: Collection[int], using: str) -> dict[int, Decision]:
    """Return the open question of each backorder, where there is one."""
    rows = Decision.objects.using(using).filter(backorder_id__in=ids, state=DecisionState.OPEN)
    return {row.backorder_id: row for row in rows}
