"""Take something that is here instead of waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.availability import free_stock
from saleor_backorders.common import i18n
from saleor_backorders.host.port import Actor, Exchange, Host
from saleor_backorders.models import DecisionState
from saleor_backorders.settings import rules

from . import amounts, cancel, locking, refunds
from .locking import Held


@dataclass(frozen=True, kw_only=True)
class Switched:
    """The order that was made instead."""

    order_id: UUID
    order_number: str
    quantity: int
    refund: Decimal
    currency: str


def switch(
    *, host: Host, backorder_id: int, variant_id: int, actor: Actor, by: str, now: datetime
) -> Switched:
    """Give units of another variant, all of them on the shelf, for all that wait.

    In one transaction, as staff would do it by hand: the waiting units are replaced, a new order
    takes the others, and a difference in the customer's favour is refunded.

    :raises BackordersError: as ``locking.hold``.
    :raises NotFound: no such variant, or the channel does not sell it.
    :raises NotEnoughStock: not so many are free.
    :raises DearerThanAllowed: it costs more, and the channel does not give it at the same price.
    """
    with transaction.atomic():
        held = locking.hold(backorder_id)
        row = held.row
        if variant_id == row.variant_id:
            raise errors.InvalidValue(
                gettext("This is what the customer waits for."), field="variantId"
            )
        refunds.look(host=host, order_id=row.order_id, now=now)
        _check_is_here(held, variant_id, now)
        reason = _reason()
        value = amounts.value_of_units(row.order_line_id, row.waiting)
        exchange = Exchange(
            order_line_id=row.order_line_id,
            quantity=row.waiting,
            variant_id=variant_id,
            most=value,
            dearer_at_same_price=rules.in_force(channel_id=row.channel_id).dearer_at_same_price,
            reason=reason,
        )
        replacement = host.orders.replace_units(exchange=exchange, actor=actor)
        owed = amounts.of_order(row.order_id).owed_for(value - replacement.total)
        cancellation = locking.write_down(
            held, quantity=row.waiting, value=value, reason=reason, actor=actor, by=by, now=now,
            replaced_by=replacement.order_id, replaced_value=replacement.total,
        )  # fmt: skip
        if owed:
            cancel.refund(host, cancellation, owed, with_shipping=False, actor=actor, now=now)
        locking.close_decisions([row], DecisionState.SWITCHED, by=by, now=now)
    return Switched(
        order_id=replacement.order_id,
        order_number=replacement.order_number,
        quantity=row.waiting,
        refund=owed,
        currency=held.order.currency,
    )


def _reason() -> str:
    with i18n.for_staff():
        return gettext("Taken instead of waiting")


def _check_is_here(held: Held, variant_id: int, now: datetime) -> None:
    """Hold the shelves of both variants and see that so many units are free, and nobody's."""
    free_stock.hold(variant_ids=[variant_id, held.row.variant_id])
    found = free_stock.of_destination(variant_id, held.row.destination, now=now)
    if found is None:
        raise errors.NotFound(kind="ProductVariant", key=variant_id, field="variantId")
    if found.is_preorder or (found.is_tracked and found.free_stock < held.row.waiting):
        raise errors.NotEnoughStock(field="variantId")
