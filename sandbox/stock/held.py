from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum
from django.utils import timezone

from sandbox.apps.checkout.models import CheckoutLine
from sandbox.apps.warehouse.models import Reservation


def reserved_by_stock(
    stock_ids: Iterable[int], *, except_for: Iterable[CheckoutLine]
) -> dict[int, int]:
    """Return what live reservations hold of each stock, those of some checkout lines left out."""
    live = Reservation.objects.filter(
        stock_id__in=list(stock_ids), reserved_until__gt=timezone.now()
    ).exclude(checkout_line__in=list(except_for))
    return dict(live.order_by().values_list("stock").annotate(Sum("quantity_reserved")))
