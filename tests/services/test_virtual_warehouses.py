"""Where the virtual warehouses stand, and that they stay there."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_backorders.models import VirtualStock, VirtualWarehouse
from saleor_backorders.policies import virtual_warehouses
from tests.services.counter import Counter, run_triggers
from tests.sql.world import model


@pytest.fixture
def counter(db: None) -> Counter:
    shop = Counter()
    shop.sold()
    shop.rule(allow=True, limit=5)
    return shop


def virtual() -> Any:
    return model("warehouse", "Warehouse").objects.get(slug__startswith="00-backorders-")


def order_of(channel: Any) -> list[Any]:
    links = model("warehouse", "ChannelWarehouse").objects.filter(channel=channel)
    return list(links.order_by("sort_order", "pk").values_list("warehouse_id", flat=True))


def zones_of(warehouse: Any) -> set[int]:
    return set(warehouse.shipping_zones.values_list("pk", flat=True))


def test_ensure__a_private_warehouse_named_after_its_channel(counter: Counter) -> None:
    found = virtual()
    assert found.name == f"Backorders · {counter.channel.name}"
    assert found.slug == f"00-backorders-{counter.channel.slug}"
    assert (found.is_private, found.click_and_collect_option) == (True, "disabled")
    assert str(found.address.country) == "US"
    assert order_of(counter.channel) == [counter.warehouse.pk, found.pk]
    assert zones_of(found) == {counter.zone.pk}
    assert virtual_warehouses.ensure([counter.channel.pk]) == 0


def test_sync__last_in_the_channel_again_after_a_new_warehouse(counter: Counter) -> None:
    new = counter.shop.warehouse([counter.channel])
    virtual_warehouses.sync()
    assert order_of(counter.channel) == [counter.warehouse.pk, new.pk, virtual().pk]
    assert virtual_warehouses.sync() == 0


def test_sync__last_also_among_links_without_a_position(counter: Counter) -> None:
    model("warehouse", "ChannelWarehouse").objects.update(sort_order=None)
    new = counter.shop.warehouse([])
    links = model("warehouse", "ChannelWarehouse").objects
    links.bulk_create([links.model(channel=counter.channel, warehouse=new)])
    virtual_warehouses.sync()
    assert order_of(counter.channel) == [counter.warehouse.pk, new.pk, virtual().pk]
    assert virtual_warehouses.sync() == 0


def test_sync__only_its_own_channel(counter: Counter) -> None:
    other = counter.shop.channel()
    counter.shop.link(other, virtual())
    virtual_warehouses.sync()
    assert order_of(other) == []


def test_sync__exactly_the_zones_that_the_shelves_serve_in_the_channel(counter: Counter) -> None:
    other = counter.shop.channel()
    served = counter.shop.zone([counter.channel], [counter.warehouse], "CA")
    unserved = counter.shop.zone([counter.channel], [virtual()], "MX")
    elsewhere = counter.shop.zone([other], [counter.warehouse], "BR")
    virtual_warehouses.sync()
    assert zones_of(virtual()) == {counter.zone.pk, served.pk}
    assert unserved.pk not in zones_of(virtual())
    assert elsewhere.pk not in zones_of(virtual())


def test_sync__follows_the_channel_and_puts_right_what_staff_changed(counter: Counter) -> None:
    counter.channel.name, counter.channel.slug = "Outlet", "outlet"
    counter.channel.save()
    warehouses = model("warehouse", "Warehouse").objects.filter(pk=virtual().pk)
    warehouses.update(is_private=False, click_and_collect_option="all")
    virtual_warehouses.sync()
    found = warehouses.get()
    assert (found.name, found.slug) == ("Backorders · Outlet", "00-backorders-outlet")
    assert (found.is_private, found.click_and_collect_option) == (True, "disabled")


def test_a_deleted_virtual_warehouse_comes_back_where_a_policy_asks_for_it(
    counter: Counter,
) -> None:
    before = virtual()
    before.delete()
    counter.rule(allow=True, limit=6)
    assert virtual().pk != before.pk
    assert [row.limit_units for row in VirtualStock.objects.all()] == [6]


def test_sync__drops_the_warehouse_of_a_channel_that_is_gone(counter: Counter) -> None:
    address = virtual().address_id
    counter.channel.delete()
    virtual_warehouses.sync()
    run_triggers()
    assert not VirtualWarehouse.objects.exists()
    assert not VirtualStock.objects.exists()
    assert not model("warehouse", "Stock").objects.filter(pk__gte=1_000_000_000).exists()
    assert not model("account", "Address").objects.filter(pk=address).exists()
