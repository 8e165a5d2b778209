from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from sandbox import hooks
from sandbox.graphql.engine import schema
from sandbox.graphql.view import graphql_view


@cache
def _plugin_graphql() -> Callable[..., HttpResponse]:
    shop = hooks.plugin_module("host").get_host().shop
    return shop.graphql_view(hooks.plugin_module("graphql.schema").schema)


@csrf_exempt
def plugin_view(request: HttpRequest, rest: str) -> HttpResponse:
    """Hand a request to the plugin, which answers while it is switched on."""
    if not hooks.plugin_is_active():
        return HttpResponseNotFound()
    if rest == "graphql/":
        hooks.plugin_module("graphql.body_limit").admit_files(request)
        return _plugin_graphql()(request)
    return hooks.customer_page(request, "/" + rest) or HttpResponseNotFound()


urlpatterns = [
    path("graphql/", graphql_view(schema), name="api"),
    path(f"plugins/{hooks.PLUGIN_ID}/<path:rest>", plugin_view),
    path("", include("sandbox.shop.urls")),
]
