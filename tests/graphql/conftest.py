from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from saleor_backorders import engine
from saleor_backorders.graphql.schema import schema
from saleor_backorders.host import get_host
from saleor_backorders.host.port import MANAGE_ORDERS, MANAGE_PRODUCTS
from sandbox.graphql.auth import make_token
from tests.services.front import Front, run_triggers

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def front(db: None) -> Iterator[Front]:
    """Return a shop; afterwards no invariant may be broken."""
    yield Front()
    run_triggers()
    assert engine.broken_invariants() == []


@pytest.fixture
def ask() -> Ask:
    """Send a document to the plugin's endpoint, as a user or as nobody."""
    view = get_host().shop.graphql_view(schema)

    def send(document: str, user: Any = None, language: str = "en", **variables: Any) -> Any:
        headers = {"Accept-Language": language}
        if user is not None:
            headers["Authorization"] = f"Bearer {make_token(user)}"
        request = RequestFactory().post(
            "/plugins/saleor.backorders/graphql/",
            json.dumps({"query": document, "variables": variables}),
            content_type="application/json",
            headers=headers,
        )
        return json.loads(view(request).content)

    return send


@pytest.fixture
def orders_staff(front: Front) -> Any:
    return front.user(MANAGE_ORDERS)


@pytest.fixture
def products_staff(front: Front) -> Any:
    return front.user(MANAGE_PRODUCTS)


def gid(kind: str, key: object) -> str:
    """Return a global ID, spelled here apart from the code under test."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def codes(answer: dict[str, Any]) -> list[str]:
    """Return the class names that an answer's errors show, as Saleor names them."""
    return [error["extensions"]["exception"]["code"] for error in answer.get("errors", [])]
