"""The virtual warehouses: one a channel, where Saleor looks for what may be sold and is not there.

Saleor takes "the first warehouse" by descending slug in places, and deallocates in the order of
the channel's list, so a virtual warehouse has a slug that sorts first and stands last.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from saleor_backorders.host.rows import Channel, addresses, allocations, channels, warehouses
from saleor_backorders.models import VirtualStock, VirtualWarehouse

from . import queries

SLUG_PREFIX = "00-backorders-"
MAX_SLUG_LENGTH = 255
MAX_NAME_LENGTH = 250


def ensure(channel_ids: Collection[int]) -> int:
    """Make the virtual warehouses that these channels lack; return how many."""
    _forget_deleted()
    had = VirtualWarehouse.objects.filter(channel_id__in=channel_ids)
    missing = set(channel_ids) - set(had.values_list("channel_id", flat=True))
    made = sum(_make(channel_id) for channel_id in sorted(missing))
    if made:
        queries.link_virtual_warehouses()
    return made


def sync() -> int:
    """Put every virtual warehouse where it belongs; return how many links and names changed.

    Drops the virtual warehouses of channels that are gone, unless orders wait there.
    """
    with transaction.atomic():
        _forget_deleted()
        dropped = sum(_drop_abandoned(virtual) for virtual in _abandoned())
        renamed = sum(_rename(virtual) for virtual in VirtualWarehouse.objects.all())
        links = queries.link_virtual_warehouses()
    return int(dropped + renamed + links)


def name_of(channel: Channel) -> str:
    """Return the name of a channel's virtual warehouse."""
    return f"Backorders · {channel.name}"[:MAX_NAME_LENGTH]


def _slug_of(channel: Channel, warehouse_id: UUID | None = None) -> str:
    slug = f"{SLUG_PREFIX}{slugify(channel.slug, allow_unicode=True)}"[:MAX_SLUG_LENGTH]
    others = warehouses().filter(slug=slug).exclude(pk=warehouse_id)
    if others.exists():
        suffix = f"-{channel.id}"
        slug = slug[: MAX_SLUG_LENGTH - len(suffix)] + suffix
    return slug


def _make(channel_id: int) -> bool:
    with transaction.atomic():
        locked = channels().select_for_update(no_key=True)
        channel = locked.filter(pk=channel_id).first()
        if channel is None or VirtualWarehouse.objects.filter(channel_id=channel_id).exists():
            return False
        address = addresses().create(company_name=name_of(channel), country=channel.default_country)
        warehouse = warehouses().create(
            name=name_of(channel), slug=_slug_of(channel), address=address, is_private=True
        )
        VirtualWarehouse.objects.create(channel_id=channel_id, warehouse_id=warehouse.pk)
    return True


def _rename(virtual: VirtualWarehouse) -> bool:
    """Follow the channel's name and slug, and put right what staff changed by hand."""
    channel = channels().filter(pk=virtual.channel_id).first()
    if channel is None:
        return False
    wanted = {
        "name": name_of(channel),
        "slug": _slug_of(channel, virtual.warehouse_id),
        "is_private": True,
        "click_and_collect_option": "disabled",
    }
    its = warehouses().filter(pk=virtual.warehouse_id)
    return bool(its.exclude(**wanted).update(**wanted))


def _forget_deleted() -> None:
    there = warehouses().values("pk")
    VirtualWarehouse.objects.exclude(warehouse_id__in=there).delete()


def _abandoned() -> list[VirtualWarehouse]:
    there = channels().values("pk")
    return list(VirtualWarehouse.objects.exclude(channel_id__in=there))


def _drop_abandoned(virtual: VirtualWarehouse) -> bool:
    held = allocations().filter(stock__warehouse_id=virtual.warehouse_id, quantity_allocated__gt=0)
    if held.exists():
        return False
    remove(virtual)
    return True


def remove(virtual: VirtualWarehouse) -> None:
    """Delete a virtual warehouse, its rows and its address; the caller made sure nobody waits."""
    VirtualStock.objects.filter(channel_id=virtual.channel_id).delete()
    virtual.delete()
    warehouse = warehouses().filter(pk=virtual.warehouse_id).first()
    if warehouse is not None:
        address_id = warehouse.address_id
        warehouse.delete()
        addresses().filter(pk=address_id).delete()
