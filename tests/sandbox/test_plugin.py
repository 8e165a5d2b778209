from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.test import Client

from saleor_backorders.host.port import Shortage
from sandbox.apps.order.models import Order
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.host import SandboxHost
from tests.acceptance import documents

PLUGIN = "saleor.backorders"
ENDPOINT = "/plugins/saleor.backorders/graphql/"

pytestmark = pytest.mark.skipif(
    not apps.is_installed("saleor_backorders"), reason="the plugin is not installed"
)


def switch_on(shop, **settings):
    return shop.run(
        documents.PLUGIN_UPDATE,
        id=PLUGIN,
        input={
            "active": True,
            "configuration": [{"name": name, "value": value} for name, value in settings.items()],
        },
    )


def post(query):
    return Client().post(ENDPOINT, json.dumps({"query": query}), content_type="application/json")


def test_plugin_update__saves_what_the_host_reads(shop):
    answer = switch_on(shop, limit="7", allow="true", channels="main")

    assert answer["errors"] == []
    values = {
        item["name"]: item["value"]
        for item in answer["plugin"]["globalConfiguration"]["configuration"]
    }
    assert (values["limit"], values["allow"]) == ("7", "true")
    settings = SandboxHost().settings()
    assert (settings.active, settings.limit, settings.allow) == (True, 7, True)


def test_plugin_update__names_each_wrong_field_and_saves_nothing(shop):
    answer = switch_on(shop, limit="many", channels="nowhere")

    assert sorted((each["field"], each["code"]) for each in answer["errors"]) == [
        ("channels", "INVALID"),
        ("limit", "INVALID"),
    ]
    assert not PluginConfiguration.objects.filter(active=True).exists()


def test_plugin_update__knows_no_other_plugin(shop):
    answer = shop.run(documents.PLUGIN_UPDATE, id="another", input={"active": True})

    assert [each["code"] for each in answer["errors"]] == ["NOT_FOUND"]


def test_endpoint__answers_only_while_the_plugin_is_on(shop):
    assert post("{ __typename }").status_code == 404
    switch_on(shop)
    assert post("{ __typename }").json() == {"data": {"__typename": "Query"}}


def test_sale__goes_beyond_the_shelf_with_the_plugin_on(shop):
    shop.warehouse("shelf", 2)
    switch_on(shop, limit="10", allow="true")

    order = shop.buy(5)

    assert shop.held(order) == {"shelf": 2, "00-backorders-main": 3}


def test_checkout__that_the_plugin_refuses_makes_no_order(shop):
    shop.warehouse("shelf", 2)
    switch_on(shop, limit="10", allow="true", agreement_required="true")

    completed = shop.complete(shop.ready_cart(5))

    assert completed["order"] is None
    assert len(completed["errors"]) == 1
    assert Order.objects.count() == 0


def test_shortage__of_the_plugin_is_the_shops_own(shop):
    error = SandboxHost().insufficient_stock([Shortage(variant_id=shop.variant.pk, available=3)])

    assert type(error).__name__ == "InsufficientStock"
    assert [(item.variant, item.available_quantity) for item in error.items] == [(shop.variant, 3)]
