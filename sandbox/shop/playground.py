"""A page to run GraphQL documents on either API.

It is a plain form, answered by the server: the known editors load themselves from the network,
and the sandbox has to work without one.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from graphql.utils.schema_printer import print_schema

from sandbox.graphql.engine import schema as shop_schema
from sandbox.shop import documents, fixtures
from sandbox.shop.api import MAIN, PLUGIN, Api, in_process
from sandbox.shop.visitor import show

APIS = {"plugin": PLUGIN, "shop": MAIN}
PEOPLE = ("nobody", *fixtures.SHOPPERS, fixtures.STAFF)
EXAMPLES = {
    "availability": ("plugin", "nobody", documents.AVAILABILITY),
    "policy": ("plugin", fixtures.STAFF, documents.POLICY_UPDATE),
    "queue": ("plugin", fixtures.STAFF, documents.BACKORDERS),
    "my-backorders": ("plugin", fixtures.SHOPPERS[0], documents.MY_BACKORDERS),
    "stock": ("shop", fixtures.STAFF, documents.STOCKS_UPDATE),
    "products": ("shop", "nobody", documents.PRODUCTS),
}


@require_http_methods(["GET", "POST"])
def playground(request: HttpRequest) -> HttpResponse:
    """Show the form, with an example in it, or with what was asked and the answer."""
    if request.method == "POST":
        asked = {name: request.POST.get(name, "") for name in ("api", "who", "query", "variables")}
        answer = _run(**asked)
    else:
        asked, answer = _example(request.GET.get("example", "availability")), ""
    return show(
        request,
        "playground",
        asked=asked,
        answer=answer,
        apis=APIS,
        people=PEOPLE,
        examples=list(EXAMPLES),
        schemas=_schemas(),
    )


def _run(*, api: str, who: str, query: str, variables: str) -> str:
    try:
        parsed = json.loads(variables or "{}")
    except json.JSONDecodeError as error:
        return f"The variables are not JSON: {error}"
    if not isinstance(parsed, dict):
        return "The variables have to be a JSON object."
    token = None
    if who in PEOPLE[1:]:
        signed = Api(in_process).main(documents.TOKEN_CREATE, email=who, password=fixtures.PASSWORD)
        token = signed["token"]
    body = {"query": query, "variables": parsed}
    return _pretty(in_process(APIS.get(api, PLUGIN), body, token))


def _example(name: str) -> dict[str, str]:
    api, who, query = EXAMPLES.get(name, EXAMPLES["availability"])
    variables = _variables().get(name, {})
    return {"api": api, "who": who, "query": query.strip(), "variables": _pretty(variables)}


def _variables() -> dict[str, dict[str, Any]]:
    boots = Api(in_process).main(
        documents.VARIANT_BY_SKU, sku=fixtures.BOOTS.sku, channel=fixtures.CHANNEL
    )["id"]
    staff = fixtures.sign_in(Api(in_process), fixtures.STAFF)
    stocks = staff.main(documents.STOCKS, id=boots)["stocks"]
    shelf = next(each for each in stocks if each["warehouse"]["slug"] == fixtures.WAREHOUSE)
    channel = fixtures.CHANNEL
    return {
        "availability": {"items": [{"variantId": boots, "quantity": 5}], "channel": channel},
        "policy": {
            "scope": {"channel": channel, "variantIds": [boots]},
            "input": {"allow": True, "limit": 10, "leadTimeDays": 11},
        },
        "queue": {"filter": {"statuses": ["WAITING", "PARTIALLY_ALLOCATED"]}},
        "stock": {
            "variant": boots,
            "stocks": [{"warehouse": shelf["warehouse"]["id"], "quantity": shelf["quantity"] + 3}],
        },
        "products": {"channel": channel},
    }


def _schemas() -> dict[str, str]:
    # Imported late: the sandbox runs without the plugin as well.
    from saleor_backorders.graphql.schema import schema as plugin_schema

    return {"plugin": str(plugin_schema), "shop": print_schema(shop_schema())}


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
