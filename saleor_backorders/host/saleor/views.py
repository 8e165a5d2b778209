"""A GraphQL view like Saleor's, for a schema of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saleor_backorders.conf import PLUGIN_ID


def graphql_view(schema: Any) -> Callable[..., Any]:
    """Build a Django view that serves a graphene schema with Saleor's authentication."""
    view_class, new_backend = _view_parts()
    view: Callable[..., Any] = view_class.as_view(schema=schema, backend=new_backend(schema))
    return view


def saleor_settings() -> Any:
    """Return Django's settings, typed loosely: some names are Saleor's own."""
    return settings


@cache
def _view_parts() -> tuple[Any, Callable[[Any], Any]]:
    """Return a view like Saleor's for a schema of our own, and what makes its backend.

    Saleor keeps answers to introspection in its cache under the text of the query alone, so two
    schemas would answer for each other.  Our backend gives each document a text that also names
    the schema; parsing and the positions in error messages stay as they are.
    """
    # Imported late: Saleor's schema must not be built while Django is still loading apps.
    from graphql import GraphQLCachedBackend
    from saleor.core.utils.cache import CacheDict
    from saleor.graphql.api import SaleorGraphQLBackend
    from saleor.graphql.app.dataloaders import get_app_promise
    from saleor.graphql.views import GraphQLView

    class NamedDocumentBackend(SaleorGraphQLBackend):
        def __init__(self, schema: Any) -> None:
            super().__init__()
            digest = hashlib.sha256(str(schema).encode()).hexdigest()
            self.prefix = f"# {PLUGIN_ID} {digest}\n"

        def document_from_string(self, schema: Any, document_string: str) -> Any:
            document = super().document_from_string(schema, document_string)
            document.document_string = self.prefix + document_string
            return document

    class BackordersView(GraphQLView):
        def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not hasattr(request, "app"):
                # Saleor looks for the app's token on its own path only.
                request.app = get_app_promise(request).get()
            return super().dispatch(request, *args, **kwargs)

        def render_playground(self, request: HttpRequest) -> HttpResponse:
            base = saleor_settings().PUBLIC_URL or request.build_absolute_uri("/")
            context = {
                "api_url": urljoin(base, request.path),
                "plugins_url": urljoin(base, "/plugins/"),
            }
            return render(request, "graphql/playground.html", context)

    def new_backend(schema: Any) -> Any:
        return GraphQLCachedBackend(NamedDocumentBackend(schema), cache_map=CacheDict(1000))

    return BackordersView, new_backend
