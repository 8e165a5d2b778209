from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.test import Client

from saleor_backorders.host.port import Shortage
from sandbox.apps.app.models import App
from sandbox.apps.order.models import Order
from sandbox.apps.permission.models import Permission
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.host import HOST
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
    settings = HOST.shop.settings()
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


@pytest.mark.parametrize("method", ["get", "post"])
def test_customers_link__leads_to_the_plugin_only_while_it_is_on(shop, method):
    follow = getattr(Client(), method)
    link = "/plugins/saleor.backorders/w/no-such-link/"

    before = follow(link)
    switch_on(shop)
    after = follow(link)

    assert before.content == b""
    assert after.status_code == 404
    assert b"<html" in after.content


def test_path__that_the_plugin_does_not_know_is_not_found(shop):
    switch_on(shop)

    answer = Client().get("/plugins/saleor.backorders/elsewhere/")

    assert (answer.status_code, answer.content) == (404, b"")


def test_requester__of_an_app_is_the_app(shop):
    app = App.objects.create(name="Till")
    app.permissions.set(Permission.objects.filter(codename="manage_orders"))
    context = SimpleNamespace(app=app, user=None)

    asks = HOST.shop.requester(context)

    assert (asks.app_id, asks.user_id, asks.is_staff) == (app.pk, None, True)
    assert asks.permissions == {"order.manage_orders"}


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
    error = HOST.orders.insufficient_stock([Shortage(variant_id=shop.variant.pk, available=3)])

    assert type(error).__name__ == "InsufficientStock"
    assert [(item.variant, item.available_quantity) for item in error.items] == [(shop.variant, 3)]
