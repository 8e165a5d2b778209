from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from saleor_backorders.host.port import Shortage
from sandbox.apps.app.models import App
from sandbox.apps.permission.models import Permission
from sandbox.host import HOST
from tests.acceptance import documents
from tests.sandbox.conftest import Shop

PLUGIN = "saleor.backorders"
ENDPOINT = "/plugins/saleor.backorders/graphql/"

pytestmark = pytest.mark.skipif(
    not apps.is_installed("saleor_backorders"), reason="the plugin is not installed"
)


def switch_on(shop: Shop, **settings: Any) -> Any:
    return shop.run(
        documents.PLUGIN_UPDATE,
        id=PLUGIN,
        input={
            "active": True,
            "configuration": [{"name": name, "value": value} for name, value in settings.items()],
        },
    )


def post(query: Any) -> Any:
    return Client().post(ENDPOINT, json.dumps({"query": query}), content_type="application/json")


def test_plugin_update__saves_what_the_host_reads(shop: Shop) -> None:
    answer = switch_on(shop, limit="7", allow="true", channels="main")

    assert answer["errors"] == []
    values = {
        item["name"]: item["value"]
        for item in answer["plugin"]["globalConfiguration"]["configuration"]
    }
    assert (values["limit"], values["allow"]) == ("7", "true")
    settings = HOST.shop.settings()
    assert (settings.active, settings.limit, settings.allow) == (True, 7, True)


def test_plugin_update__knows_no_other_plugin(shop: Shop) -> None:
    answer = shop.run(documents.PLUGIN_UPDATE, id="another", input={"active": True})

    assert [each["code"] for each in answer["errors"]] == ["NOT_FOUND"]


def test_endpoint__answers_only_while_the_plugin_is_on(shop: Shop) -> None:
    assert post("{ __typename }").status_code == 404
    switch_on(shop)
    assert post("{ __typename }").json() == {"data": {"__typename": "Query"}}


def test_path__that_the_plugin_does_not_know_is_not_found(shop: Shop) -> None:
    switch_on(shop)

    answer = Client().get("/plugins/saleor.backorders/elsewhere/")

    assert (answer.status_code, answer.content) == (404, b"")


def test_requester__of_an_app_is_the_app(shop: Shop) -> None:
    app = App.objects.create(name="Payments")
    app.permissions.set(Permission.objects.filter(codename="manage_orders"))
    context = SimpleNamespace(app=app, user=None)

    asks = HOST.shop.requester(context)

    assert (asks.app_id, asks.user_id, asks.is_staff) == (app.pk, None, True)
    assert asks.permissions == {"order.manage_orders"}


def test_shortage__of_the_plugin_is_the_shops_own(shop: Shop) -> None:
    error: Any = HOST.orders.insufficient_stock([Shortage(variant_id=shop.variant.pk, available=3)])

    assert type(error).__name__ == "InsufficientStock"
    assert [(item.variant, item.available_quantity) for item in error.items] == [(shop.variant, 3)]
