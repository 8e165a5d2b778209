"""What becomes of a voucher code: used once, by whom it is for, or taken back.

That a code is used we learn where Saleor switches it off, under that row's lock: Saleor itself
looks at a code before it locks anything, so that two checkouts at once would both have it.  Locks,
in this order: the code's row, which is Saleor's, then the offer's.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from saleor_backorders.host import checkout, vouchers
from saleor_backorders.host.port import Host
from saleor_backorders.models import Offer

from . import queries

logger = logging.getLogger(__name__)

NOT_APPLICABLE = "voucher_not_applicable"
ON_ITS_WAY = timedelta(minutes=10)
"""After so long no order comes of a checkout that took a code."""


def check_checkout(*, code: str | None, emails: Sequence[str | None]) -> None:
    """Refuse one of our codes to whom it was not given; other codes are the shop's business.

    ``emails`` are those by which the shop knows the shopper: the checkout's and the account's.

    :raises ValidationError: the refusal.
    """
    offer = Offer.objects.filter(code=code).first() if code else None
    if offer is None:
        return
    if offer.withdrawn_at:
        message = gettext("This voucher is not valid any more.")
    elif offer.email.lower() not in {each.lower() for each in emails if each}:
        message = gettext("This voucher was given to another e-mail address.")
    else:
        return
    raise checkout.refusal(message, code=NOT_APPLICABLE, field="promoCode")


def take(*, code: str, now: datetime) -> bool:
    """Note that a code is being used up; False where it cannot be, since it was before.

    In the transaction that switches the code off.  A code that is none of ours may be taken.
    """
    if not Offer.objects.filter(code=code).exists():
        return True
    if not queries.lock_code(code=code):
        return False
    Offer.objects.filter(code=code, withdrawn_at=None).update(used_at=now, used_order_id=None)
    return True


def release(*, code: str) -> None:
    """Note that a code may be used again: no order came of the checkout that took it."""
    Offer.objects.filter(code=code, used_at__isnull=False).update(used_at=None, used_order_id=None)


def order_placed(*, order_id: UUID, code: str | None, now: datetime) -> None:
    """Note which order used a code."""
    if code:
        open_or_taken = Offer.objects.filter(code=code, used_order_id=None, withdrawn_at=None)
        if not open_or_taken.filter(used_at__isnull=False).update(used_order_id=order_id):
            open_or_taken.update(used_at=now, used_order_id=order_id)


def withdraw(*, now: datetime, order_ids: Collection[UUID] | None = None) -> int:
    """Take back what nobody used and for which nobody waits any more; return how many."""
    done = 0
    for row in queries.withdrawable(order_ids=order_ids):
        with transaction.atomic():
            if vouchers.withdraw(code=row.code):
                done += _mark_withdrawn(row.offer_id, now)
    return done


def note_used(*, since: datetime) -> int:
    """Note the orders that used a code and that no hook told of; return how many there were."""
    found = queries.used(since=since)
    for row in found:
        with transaction.atomic():
            # Saleor may have given the code back although an order has it.
            vouchers.withdraw(code=row.code)
            order_placed(order_id=row.order_id, code=row.code, now=row.placed_at)
    return len(found)


def reconcile(*, host: Host, now: datetime) -> int:
    """Follow the shop where it knows of a code what we do not; return how many there were."""
    found = queries.astray(before=now - ON_ITS_WAY)
    for row in found:
        with transaction.atomic():
            if row.is_used:
                _give_back(host, row)
            else:
                # Somebody switched it off, or deleted it, in the shop.
                _mark_withdrawn(row.offer_id, now)
    return len(found)


def _give_back(host: Host, row: queries.AstrayRow) -> None:
    queries.lock_code(code=row.code)
    taken = Offer.objects.filter(pk=row.offer_id, used_at__isnull=False, used_order_id=None)
    if taken.update(used_at=None):
        logger.warning("No order came of the checkout that took voucher %s.", row.offer_id)
        host.vouchers.give_back(code=row.code)


def _mark_withdrawn(offer_id: int, now: datetime) -> int:
    return Offer.objects.filter(pk=offer_id, used_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )
