"""What may not happen, refused where Saleor builds or deletes the row, by Django's own signals.

``post_init`` of an allocation runs inside Saleor's allocation, while the variant's stock rows
are locked: what is raised there is what every caller answers with INSUFFICIENT_STOCK.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models.signals import post_init, pre_delete, pre_save
from django.utils import timezone
from django.utils.translation import gettext as _

from . import db
from .checkout import queries as checkout_queries
from .host import get_host
from .host.port import Shortage
from .host.rows import allocations
from .models import FIRST_VIRTUAL_STOCK_ID, VirtualWarehouse
from .offers import codes
from .offers import queries as offers_queries


def connect() -> None:
    """Connect the receivers to the host's models."""
    for signal, receiver, (app_label, name) in (
        (post_init, keep_limit, ("warehouse", "Allocation")),
        (post_init, refuse_virtual_shipment, ("order", "FulfillmentLine")),
        (pre_delete, keep_awaited_stock, ("warehouse", "Stock")),
        (pre_delete, keep_awaited_warehouse, ("warehouse", "Warehouse")),
        (pre_save, use_offer_once, ("discount", "VoucherCode")),
        (pre_save, refuse_offer_without_code, ("order", "Order")),
    ):
        signal.connect(
            receiver,
            sender=apps.get_model(app_label, name),
            dispatch_uid=f"saleor_backorders.{receiver.__name__}",
        )


def keep_limit(*, instance: Any, **_signal: object) -> None:
    """Refuse an allocation when its order needs more than the shelves hold and may wait.

    :raises Exception: the host's INSUFFICIENT_STOCK.
    """
    if instance.pk is not None or not instance.order_line_id or not instance.quantity_allocated:
        return
    if not _installed():
        return
    room = checkout_queries.room_of_line(instance.order_line_id, instance.quantity_allocated)
    if room is not None and room.need > room.free_stock + room.may_wait:
        raise get_host().orders.insufficient_stock(
            [
                Shortage(
                    variant_id=room.variant_id,
                    available=room.free_stock + room.may_wait,
                    order_line=instance.order_line,
                )
            ]
        )


def refuse_virtual_shipment(*, instance: Any, **_signal: object) -> None:
    """Refuse a fulfilment line from a virtual row: there is nothing to ship.

    :raises Exception: the host's INSUFFICIENT_STOCK.
    """
    if instance.pk is not None or not instance.quantity or not instance.stock_id:
        return
    if instance.stock_id < FIRST_VIRTUAL_STOCK_ID:
        return
    line = instance.order_line
    # An imported order is not saved yet; it tells of a shipment that happened elsewhere, and
    # its mutation knows no answer for a shortage.
    if line._state.adding:
        return
    raise get_host().orders.insufficient_stock(
        [
            Shortage(
                variant_id=line.variant_id,
                available=0,
                order_line=line,
                warehouse_id=instance.stock.warehouse_id,
            )
        ]
    )


def keep_awaited_stock(*, instance: Any, origin: object = None, **_signal: object) -> None:
    """Refuse to delete a virtual row that orders wait on, unless its variant goes with it.

    :raises ValidationError: orders wait there.
    """
    if instance.pk < FIRST_VIRTUAL_STOCK_ID or not isinstance(instance, _origin_model(origin)):
        # A product takes its rows with it; for a whole warehouse its own receiver speaks.
        return
    if _awaited(stock_id=instance.pk):
        raise _refusal(_("Orders wait for this stock."))


def keep_awaited_warehouse(*, instance: Any, **_signal: object) -> None:
    """Refuse to delete a virtual warehouse that orders wait on.

    :raises ValidationError: orders wait there.
    """
    if not _installed() or not VirtualWarehouse.objects.filter(warehouse_id=instance.pk).exists():
        return
    if _awaited(stock__warehouse_id=instance.pk):
        raise _refusal(_("Orders wait for stock of this warehouse."))


def use_offer_once(
    *, instance: Any, update_fields: frozenset[str] | None = None, **_signal: object
) -> None:
    """Refuse a code of ours to whoever comes second: Saleor looks at it before it locks anything.

    :raises Exception: the host's VOUCHER_NOT_APPLICABLE.
    """
    if instance._state.adding or "is_active" not in (update_fields or ()) or not _installed():
        return
    if instance.is_active:
        codes.release(code=instance.code)
    elif not codes.take(code=instance.code, now=timezone.now()):
        raise get_host().vouchers.refusal(_("This voucher was used."))


def refuse_offer_without_code(*, instance: Any, **_signal: object) -> None:
    """Refuse an order that has the discount of a code of ours and not the code.

    Where somebody else used the code since Saleor looked at it, Saleor forgets the code only.

    :raises Exception: the host's VOUCHER_NOT_APPLICABLE.
    """
    if not instance._state.adding or instance.voucher_code or not instance.checkout_token:
        return
    try:
        checkout_id = UUID(str(instance.checkout_token))
    except ValueError:
        # Brought in from elsewhere: no checkout of this shop.
        return
    if _installed() and offers_queries.in_checkout(checkout_id=checkout_id):
        raise get_host().vouchers.refusal(_("This voucher was used."))


def _installed() -> bool:
    """Tell whether our tables are there: they may go while this process runs, and it must sell."""
    return db.is_installed()


def _awaited(**where: object) -> bool:
    return allocations().filter(quantity_allocated__gt=0, **where).exists()


def _origin_model(origin: Any) -> Any:
    """Return the class of what somebody deletes: an instance or a queryset."""
    return object if origin is None else getattr(origin, "model", type(origin))


def _refusal(message: str) -> ValidationError:
    return ValidationError({"id": ValidationError(message, code="invalid")})
