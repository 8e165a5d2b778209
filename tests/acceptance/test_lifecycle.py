"""Links, rows and rules keep themselves right while staff change the shop through its API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from saleor_backorders.settings import form
from saleor_backorders.settings.fields import Flag
from tests.acceptance import documents
from tests.acceptance.shop import CANADA, VIRTUAL_PREFIX, Answer, Shop, Thing
from tests.hosts.base import Json

FRESH = {"channels": "", "allow": "false", "limit": ""}


@pytest.fixture
def defaults(plain_shop: Shop) -> Iterator[Shop]:
    """Lend the plugin's settings to a test; others use the same host afterwards."""
    yield plain_shop
    switch(plain_shop, True)
    plain_shop.configure(**FRESH).must()


def switch(shop: Shop, active: bool) -> None:
    """Switch the plugin on or off as the Dashboard does."""
    shop.tell(
        documents.PLUGIN_UPDATE,
        {"id": "saleor.backorders", "input": {"active": active}},
        shop.staff,
    ).must()


def tell_channel(shop: Shop, allow: bool, **rule: Any) -> None:
    """Set the rule of the whole channel."""
    scope = {"channel": shop.channel.slug}
    values = {"scope": scope, "input": {"allow": allow, **rule}}
    shop.tell_plugin(documents.BACKORDER_POLICY_UPDATE, values, shop.staff).must()


def change_zone(shop: Shop, zone: Thing, **changes: list[str]) -> None:
    values = {"id": zone.id, "input": changes}
    shop.tell(documents.SHIPPING_ZONE_UPDATE, values, shop.staff).must()


def change_channel(shop: Shop, **changes: Any) -> None:
    values = {"id": shop.channel.id, "input": changes}
    shop.tell(documents.CHANNEL_UPDATE, values, shop.staff).must()


def virtual_slug(shop: Shop) -> str:
    return VIRTUAL_PREFIX + shop.channel.slug


def slugs(found: Json) -> list[str]:
    return [warehouse["slug"] for warehouse in found["warehouses"]]


def in_zone(shop: Shop, zone: Thing) -> set[str]:
    return set(slugs(shop.ask(documents.SHIPPING_ZONE, {"id": zone.id}, shop.staff)))


def in_channel(shop: Shop) -> list[str]:
    """Return the channel's warehouses in the order in which Saleor allocates from them."""
    found = shop.ask(documents.CHANNEL, {"id": shop.channel.id}, shop.staff)
    order = shop.host.sql(
        "SELECT w.slug FROM warehouse_channelwarehouse cw"
        " JOIN warehouse_warehouse w ON w.id = cw.warehouse_id"
        " WHERE cw.channel_id = %s ORDER BY cw.sort_order NULLS LAST, cw.id",
        shop.channel.pk,
    )
    assert {slug for (slug,) in order} == set(slugs(found))
    return [slug for (slug,) in order]


def available(shop: Shop, variant: Thing | None = None, country: str = "US") -> tuple[str, int]:
    """Ask whether one unit could be bought, and how many more may wait."""
    (found,) = shop.ask_plugin(
        documents.BACKORDER_AVAILABILITY,
        {
            "items": [{"variantId": (variant or shop.variant).id, "quantity": 1}],
            "channel": shop.channel.slug,
            "country": country,
        },
    )
    return found["status"], found["remainingBackorders"]


def product_of(shop: Shop) -> str:
    """Return the id of the product that the shop's variant belongs to."""
    values = {"id": shop.variant.id, "channel": None, "country": None}
    product: str = shop.ask(documents.PRODUCT_VARIANT, values, shop.staff)["product"]["id"]
    return product


def list_product(shop: Shop, **changes: Any) -> None:
    values = {
        "id": product_of(shop),
        "input": {"updateChannels": [{"channelId": shop.channel.id, **changes}]},
    }
    shop.tell(documents.PRODUCT_CHANNEL_LISTING_UPDATE, values, shop.staff).must()


def add_variant(shop: Shop) -> Thing:
    """Make one more variant of the shop's product the way the Dashboard does, and price it."""
    made = shop.tell(
        documents.PRODUCT_VARIANT_CREATE,
        {
            "input": {
                "product": product_of(shop),
                "attributes": [],
                "sku": f"{shop.name}-late",
                "name": "Late",
                "trackInventory": True,
            }
        },
        shop.staff,
    ).must()
    variant = Thing(None, made["productVariant"]["id"])
    listed = {"id": variant.id, "input": [{"channelId": shop.channel.id, "price": "10"}]}
    shop.tell(documents.PRODUCT_VARIANT_CHANNEL_LISTING_UPDATE, listed, shop.staff).must()
    return variant


def sell_to_canada(shop: Shop, zone_method: Thing) -> Answer:
    return shop.try_to_buy(1, address=CANADA, method=zone_method)


# Zones, warehouses and channels


def test_a_zone_that_gains_a_shelf_gains_backorders_and_loses_them_with_it(
    plain_shop: Shop,
) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    method, north = plain_shop.add_zone("CA")
    assert available(plain_shop, country="CA") == ("UNAVAILABLE", 0)
    assert sell_to_canada(plain_shop, method).codes == ["INSUFFICIENT_STOCK"]

    change_zone(plain_shop, north, addWarehouses=[plain_shop.shelf.id])

    assert in_zone(plain_shop, north) == {plain_shop.shelf.slug, virtual_slug(plain_shop)}
    assert available(plain_shop, country="CA") == ("BACKORDERED", 5)
    bought = sell_to_canada(plain_shop, method).must()
    assert plain_shop.order(bought["order"]["id"]).split == (0, 1)

    change_zone(plain_shop, north, removeWarehouses=[plain_shop.shelf.id])

    assert in_zone(plain_shop, north) == set()
    assert sell_to_canada(plain_shop, method).codes == ["INSUFFICIENT_STOCK"]
    assert plain_shop.order(bought["order"]["id"]).split == (0, 1)


def test_a_zone_that_gains_the_channel_gains_its_virtual_warehouse(plain_shop: Shop) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    other = plain_shop.branch()
    _method, north = plain_shop.add_zone("CA", other.channel)
    change_zone(plain_shop, north, addWarehouses=[plain_shop.add_warehouse(
        "shared", zones=[], channels=[plain_shop.channel, other.channel]).id])  # fmt: skip
    assert virtual_slug(plain_shop) not in in_zone(plain_shop, north)

    change_zone(plain_shop, north, addChannels=[plain_shop.channel.id])
    assert virtual_slug(plain_shop) in in_zone(plain_shop, north)

    change_zone(plain_shop, north, removeChannels=[plain_shop.channel.id])
    assert virtual_slug(plain_shop) not in in_zone(plain_shop, north)


def test_the_virtual_warehouse_stays_last_when_a_new_one_joins_the_channel(
    plain_shop: Shop,
) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    made = plain_shop.tell(
        documents.CREATE_WAREHOUSE,
        {"input": {"name": f"New {plain_shop.name}", "address": plain_shop.address}},
        plain_shop.staff,
    ).must()["warehouse"]

    change_channel(plain_shop, addWarehouses=[made["id"]])

    new = Thing(None, made["id"], made["slug"])
    assert in_channel(plain_shop) == [plain_shop.shelf.slug, new.slug, virtual_slug(plain_shop)]
    plain_shop.set_stock(2, shelf=new).must()
    assert plain_shop.buy(3).held == {}
    change_zone(plain_shop, plain_shop.zone, addWarehouses=[new.id])
    assert plain_shop.buy(1).split == (0, 1)


def test_the_virtual_warehouse_follows_its_channels_name(plain_shop: Shop) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    virtual = plain_shop.virtual_warehouse()

    change_channel(plain_shop, name="Outlet")
    found = plain_shop.ask(documents.WAREHOUSE, {"id": virtual.id}, plain_shop.staff)

    assert (found["name"], found["isPrivate"]) == ("Backorders · Outlet", True)


def test_a_virtual_warehouse_that_staff_opened_to_the_public_is_closed_again(
    plain_shop: Shop,
) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    virtual = plain_shop.virtual_warehouse()

    values = {
        "id": virtual.id,
        "input": {"name": "Ours", "isPrivate": False, "clickAndCollectOption": "ALL"},
    }
    plain_shop.tell(documents.UPDATE_WAREHOUSE, values, plain_shop.staff).must()
    found = plain_shop.ask(documents.WAREHOUSE, {"id": virtual.id}, plain_shop.staff)

    assert (found["slug"], found["isPrivate"]) == (virtual_slug(plain_shop), True)
    assert found["name"] != "Ours"


# Variants that come later, and those that may not be sold


def test_a_new_variant_of_a_channel_that_allows_may_be_ordered(plain_shop: Shop) -> None:
    tell_channel(plain_shop, True, limit=4)

    late = add_variant(plain_shop)

    assert available(plain_shop, late) == ("BACKORDERED", 4)
    assert plain_shop.buy(3, variant=late).split == (0, 3)
    assert plain_shop.try_to_buy(2, variant=late).codes == ["INSUFFICIENT_STOCK"]


def test_a_new_variant_follows_the_plugins_settings_where_no_rule_speaks(
    defaults: Shop,
) -> None:
    defaults.put(0)
    defaults.configure(channels=defaults.channel.slug, allow="true", limit="4").must()

    assert available(defaults) == ("BACKORDERED", 4)
    assert available(defaults, add_variant(defaults)) == ("BACKORDERED", 4)
    other = defaults.branch()
    assert available(other) == ("UNAVAILABLE", 0)


@pytest.mark.parametrize(
    "withdrawn",
    [
        {"isPublished": False},
        {"isAvailableForPurchase": False},
        {"isAvailableForPurchase": True, "availableForPurchaseAt": "2100-01-01T00:00:00Z"},
    ],
    ids=["unpublished", "not-for-purchase", "not-yet-for-purchase"],
)
def test_a_rule_does_not_make_a_withdrawn_product_sellable(
    plain_shop: Shop, withdrawn: Json
) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    assert available(plain_shop) == ("BACKORDERED", 5)

    list_product(plain_shop, **withdrawn)

    assert available(plain_shop) == ("UNAVAILABLE", 0)
    refused = plain_shop.try_to_buy(1)
    assert not refused.ok
    assert "INSUFFICIENT_STOCK" not in refused.codes


def test_a_rule_does_not_make_a_variant_without_a_price_sellable(plain_shop: Shop) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    order = plain_shop.buy(2)

    list_product(plain_shop, removeVariants=[plain_shop.variant.id])

    assert available(plain_shop) == ("UNAVAILABLE", 0)
    assert not plain_shop.try_to_buy(1).ok
    plain_shop.set_stock(2).must()
    assert plain_shop.order(order).split == (2, 0)


# Switched off, out of date


def test_a_channel_switched_off_serves_those_who_wait_and_admits_nobody(
    plain_shop: Shop,
) -> None:
    plain_shop.put(0)
    tell_channel(plain_shop, True, limit=5)
    order = plain_shop.buy(3)

    tell_channel(plain_shop, False)

    assert plain_shop.order(order).split == (0, 3)
    assert available(plain_shop) == ("UNAVAILABLE", 0)
    assert plain_shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]
    plain_shop.set_stock(4).must()
    assert plain_shop.order(order).split == (3, 0)
    assert plain_shop.buy(1).split == (1, 0)


def test_the_plugin_switched_off_serves_those_who_wait_and_admits_nobody(
    defaults: Shop,
) -> None:
    defaults.put(0)
    defaults.allow(limit=5).must()
    order = defaults.buy(3)

    switch(defaults, False)

    assert defaults.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]
    defaults.set_stock(2).must()
    assert defaults.order(order).split == (2, 1)
    assert defaults.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]

    switch(defaults, True)
    assert available(defaults) == ("BACKORDERED", 4)
    assert defaults.buy(4).split == (0, 4)


def test_until_in_the_past_admits_nobody_and_serves_those_who_wait(plain_shop: Shop) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=5).must()
    order = plain_shop.buy(3)

    plain_shop.allow(limit=5, until="2020-01-01").must()

    assert available(plain_shop) == ("UNAVAILABLE", 0)
    assert plain_shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]
    plain_shop.set_stock(2).must()
    assert plain_shop.order(order).split == (2, 1)
    plain_shop.allow(limit=5, until="2100-01-01").must()
    assert available(plain_shop) == ("BACKORDERED", 4)


def test_a_channels_limit_lowered_below_what_waits_drops_nobody(plain_shop: Shop) -> None:
    plain_shop.put(0)
    tell_channel(plain_shop, True, limit=5)
    order = plain_shop.buy(4)

    tell_channel(plain_shop, True, limit=1)

    assert plain_shop.order(order).split == (0, 4)
    assert available(plain_shop) == ("UNAVAILABLE", 0)
    plain_shop.set_stock(4).must()
    assert plain_shop.order(order).split == (4, 0)
    assert available(plain_shop) == ("BACKORDERED", 1)


# The settings in the Dashboard

# As where newer versions of the plugin brought one setting after the other.
SAVED_LATEST_FIRST = """
UPDATE plugins_pluginconfiguration
   SET configuration = coalesce(
       (SELECT jsonb_agg(each ORDER BY number DESC)
          FROM jsonb_array_elements(configuration) WITH ORDINALITY AS t (each, number)),
       configuration)
 WHERE identifier = 'saleor.backorders'
"""
WRONG = {
    "channels": "nowhere",
    "limit": "many",
    "lead_time_days": "-1",
    "priority": "1.5",
    "sweep_seconds": "5",
}


def test_the_dashboard_shows_each_setting_as_it_is_declared(defaults: Shop) -> None:
    defaults.host.sql(SAVED_LATEST_FIRST)

    found = defaults.ask(documents.PLUGIN, {"id": "saleor.backorders"}, defaults.staff)

    shown = [
        (each["name"], each["type"], each["label"], each["helpText"])
        for each in found["globalConfiguration"]["configuration"]
    ]
    assert shown == [
        (name, "BOOLEAN" if isinstance(field, Flag) else "STRING", field.label, field.help_text)
        for name, field in form.FIELDS.items()
    ]


def test_each_wrong_setting_has_its_error_and_none_is_saved(defaults: Shop) -> None:
    refused = defaults.configure(**WRONG, allow="true")

    assert refused.codes == ["INVALID"] * len(WRONG)
    messages = {error["field"]: error["message"] for error in refused.errors}
    assert {snake(field) for field in messages} == set(WRONG)
    assert messages["channels"] == "There is no channel with the slug nowhere."
    found = defaults.ask(documents.PLUGIN, {"id": "saleor.backorders"}, defaults.staff)
    saved = {item["name"]: item["value"] for item in found["globalConfiguration"]["configuration"]}
    assert {name: saved[name] for name in WRONG} == {
        "channels": "", "limit": "", "lead_time_days": "30", "priority": "0",
        "sweep_seconds": "60",
    }  # fmt: skip
    assert saved["allow"] == "false"


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_one_wrong_setting_is_refused_by_its_name(defaults: Shop, name: str, value: str) -> None:
    refused = defaults.configure(**{name: value})

    assert [(snake(error["field"]), error["code"]) for error in refused.errors] == [
        (name, "INVALID")
    ]


def snake(field: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in field)
