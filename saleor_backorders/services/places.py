"""The virtual warehouses: one a channel, where Saleor looks for what may be sold and is not there.

Saleor takes "the first warehouse" by descending slug in places, and deallocates in the order of
the channel's list, so a virtual warehouse has a slug that sorts first and stands last.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.text import slugify

from saleor_backorders import policy_queries
from saleor_backorders.models import VirtualStock, VirtualWarehouse

SLUG_PREFIX = "00-backorders-"
LONGEST_SLUG = 255
LONGEST_NAME = 250


def ensure(channel_ids: Collection[int]) -> int:
    """Make the virtual warehouses that these channels lack; return how many."""
    _forget_deleted()
    had = VirtualWarehouse.objects.filter(channel_id__in=channel_ids)
    missing = set(channel_ids) - set(had.values_list("channel_id", flat=True))
    made = sum(_make(channel_id) for channel_id in sorted(missing))
    if made:
        policy_queries.run("place_links")
    return made


def sync() -> int:
    """Put every virtual warehouse where it belongs; return how many links and names changed.

    Drops the virtual warehouses of channels that are gone, unless orders wait there.
    """
    with transaction.atomic():
        _forget_deleted()
        dropped = sum(_drop_abandoned(place) for place in _abandoned())
        renamed = sum(_rename(place) for place in VirtualWarehouse.objects.all())
        links = sum(count for _what, count in policy_queries.run("place_links"))
    return int(dropped + renamed + links)


def name_of(channel: Any) -> str:
    """Return the name of a channel's virtual warehouse."""
    return f"Backorders · {channel.name}"[:LONGEST_NAME]


def _slug_of(channel: Any, warehouse_id: Any = None) -> str:
    slug = f"{SLUG_PREFIX}{slugify(channel.slug, allow_unicode=True)}"[:LONGEST_SLUG]
    others = _model("warehouse", "Warehouse").objects.filter(slug=slug).exclude(pk=warehouse_id)
    if others.exists():
        suffix = f"-{channel.pk}"
        slug = slug[: LONGEST_SLUG - len(suffix)] + suffix
    return slug


def _make(channel_id: int) -> bool:
    with transaction.atomic():
        channels = _model("channel", "Channel").objects.select_for_update(no_key=True)
        channel = channels.filter(pk=channel_id).first()
        if channel is None or VirtualWarehouse.objects.filter(channel_id=channel_id).exists():
            return False
        address = _model("account", "Address").objects.create(
            company_name=name_of(channel), country=channel.default_country
        )
        warehouse = _model("warehouse", "Warehouse").objects.create(
            name=name_of(channel), slug=_slug_of(channel), address=address, is_private=True
        )
        VirtualWarehouse.objects.create(channel_id=channel_id, warehouse_id=warehouse.pk)
    return True


def _rename(place: VirtualWarehouse) -> bool:
    """Follow the channel's name and slug, and put right what staff changed by hand."""
    channel = _model("channel", "Channel").objects.filter(pk=place.channel_id).first()
    if channel is None:
        return False
    wanted = {
        "name": name_of(channel),
        "slug": _slug_of(channel, place.warehouse_id),
        "is_private": True,
        "click_and_collect_option": "disabled",
    }
    warehouses = _model("warehouse", "Warehouse").objects.filter(pk=place.warehouse_id)
    return bool(warehouses.exclude(**wanted).update(**wanted))


def _forget_deleted() -> None:
    warehouses = _model("warehouse", "Warehouse").objects.values("pk")
    VirtualWarehouse.objects.exclude(warehouse_id__in=warehouses).delete()


def _abandoned() -> list[VirtualWarehouse]:
    channels = _model("channel", "Channel").objects.values("pk")
    return list(VirtualWarehouse.objects.exclude(channel_id__in=channels))


def _drop_abandoned(place: VirtualWarehouse) -> bool:
    allocations = _model("warehouse", "Allocation").objects.filter(
        stock__warehouse_id=place.warehouse_id, quantity_allocated__gt=0
    )
    if allocations.exists():
        return False
    remove(place)
    return True


def remove(place: VirtualWarehouse) -> None:
    """Delete a virtual warehouse, its rows and its address; the caller made sure nobody waits."""
    VirtualStock.objects.filter(channel_id=place.channel_id).delete()
    place.delete()
    warehouse = _model("warehouse", "Warehouse").objects.filter(pk=place.warehouse_id).first()
    if warehouse is not None:
        address_id = warehouse.address_id
        warehouse.delete()
        _model("account", "Address").objects.filter(pk=address_id).delete()


def _model(app_label: str, name: str) -> Any:
    return apps.get_model(app_label, name)
