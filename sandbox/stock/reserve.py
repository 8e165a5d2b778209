from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from sandbox.apps.account.models import User
from sandbox.apps.channel.models import Channel
from sandbox.apps.checkout.models import CheckoutLine
from sandbox.apps.site.models import SiteSettings
from sandbox.apps.warehouse.models import Reservation, Stock
from sandbox.stock import scope
from sandbox.stock.allocate import StockRow, allocated_by_stock, lock_rows, sort_rows, split
from sandbox.stock.errors import InsufficientStock, InsufficientStockData
from sandbox.stock.held import reserved_by_stock


def reservations_are_on(settings: SiteSettings) -> bool:
    """Tell whether the shop reserves stock for checkouts at all."""
    return bool(
        settings.reserve_stock_duration_authenticated_user
        or settings.reserve_stock_duration_anonymous_user
    )


def reservation_minutes(settings: SiteSettings, user: User | None) -> int | None:
    """Return for how long a shopper's stock is reserved, or None if it is not."""
    if user is not None:
        return settings.reserve_stock_duration_authenticated_user
    return settings.reserve_stock_duration_anonymous_user


@transaction.atomic
def reserve(lines: Sequence[CheckoutLine], *, channel: Channel, country: str, minutes: int) -> None:
    """Reserve stock for checkout lines in place of what they had reserved.

    :raises InsufficientStock: when a line cannot be covered.
    """
    lines = [line for line in lines if _takes_part(line)]
    if not lines:
        return
    rows = _rows_to_reserve_from(lines, channel, country)
    taken = allocated_by_stock(row.pk for row in rows)
    held = reserved_by_stock((row.pk for row in rows), except_for=lines)
    rows = sort_rows(rows, channel, taken)
    until = timezone.now() + timedelta(minutes=minutes)
    reservations: list[Reservation] = []
    short: list[InsufficientStockData] = []
    for line in lines:
        parts = split(line.variant_id, line.quantity, rows, taken, held)
        if sum(parts.values()) < line.quantity:
            short.append(InsufficientStockData(line.quantity, variant=line.variant))
        for stock_id, quantity in parts.items():
            reservations.append(
                Reservation(
                    checkout_line=line,
                    stock_id=stock_id,
                    quantity_reserved=quantity,
                    reserved_until=until,
                )
            )
    if short:
        raise InsufficientStock(short)
    Reservation.objects.filter(checkout_line__in=lines).delete()
    Reservation.objects.bulk_create(reservations)


def _takes_part(line: CheckoutLine) -> bool:
    variant = line.variant
    return line.quantity > 0 and variant.track_inventory and not variant.is_preorder_active()


def _rows_to_reserve_from(
    lines: Iterable[CheckoutLine], channel: Channel, country: str
) -> list[StockRow]:
    stocks: QuerySet[Stock] = scope.for_sale(channel, country, zones=scope.uses_zones())
    return lock_rows(stocks.filter(product_variant__in={line.variant_id for line in lines}))


def reserved_by_variant(
    stocks: QuerySet[Stock], *, except_for: Iterable[CheckoutLine] = ()
) -> dict[int, int]:
    """Return what other checkouts hold at the moment, per variant."""
    live = Reservation.objects.filter(stock__in=stocks, reserved_until__gt=timezone.now()).exclude(
        checkout_line__in=list(except_for)
    )
    sums = live.order_by().values_list("stock__product_variant").annotate(Sum("quantity_reserved"))
    return defaultdict(int, sums)
