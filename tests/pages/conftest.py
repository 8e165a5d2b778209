from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from saleor_backorders import engine
from saleor_backorders.common import links
from saleor_backorders.models import Backorder, Decision
from saleor_backorders.pages.customer import customer_page
from tests.services.front import Front, run_triggers
from tests.sql.world import model


class _Reader(HTMLParser):
    """Keeps the words, the forms and the links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.links: list[str] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._hidden = tag in ("style", "title")
        if tag == "form":
            assert values == {"method": "post", "action": "?"}
            self.forms.append({})
        elif tag == "input":
            self.forms[-1][values["name"]] = values["value"]
        elif tag == "a":
            self.links.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()


class Shown:
    """An answer as its reader sees it."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.body = response.content
        page = _Reader(response.content.decode())
        self.text = " ".join(page.words)
        self.links = page.links
        self.forms = {form["do"]: form for form in page.forms}


class Visitor:
    """Somebody with a link, and a browser that takes what the page says."""

    def __init__(self, backorder: Backorder, token: str = "") -> None:
        self.backorder = backorder
        self.token = token or links.issue(backorder.id)

    def look(self, query: str = "", **headers: str) -> Shown:
        return self.send("GET", query, {}, **headers)

    def press(self, form: dict[str, str], **headers: str) -> Shown:
        return self.send("POST", "", form, **headers)

    def send(self, method: str, query: str, form: dict[str, str], **headers: str) -> Shown:
        path = f"{links.PATH}{self.token}/{query}"
        requests: Any = RequestFactory()
        if method == "POST":
            request = requests.post(path, form, headers=headers)
        else:
            request = requests.generic(method, path, headers=headers)
        shown = Shown(customer_page(request, self.token))
        run_triggers()
        return shown


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def front(db: None) -> Iterator[Front]:
    """Return a shop; afterwards no invariant may be broken."""
    yield Front()
    run_triggers()
    assert engine.broken_invariants() == []


@pytest.fixture
def visitor(front: Front) -> Visitor:
    """Return somebody who paid for three and waits for them."""
    backorder = front.wait(front.sold(0, limit=10), 3)
    pay(backorder)
    return Visitor(backorder)


def pay(backorder: Backorder, each: int = 10) -> None:
    """Let the order of one line be paid in full."""
    total = each * backorder.quantity
    lines = model("order", "OrderLine").objects.filter(order_id=backorder.order_id)
    lines.update(total_price_gross_amount=total, unit_price_gross_amount=each)
    model("order", "Order").objects.filter(pk=backorder.order_id).update(
        total_gross_amount=total, total_charged_amount=total
    )


def let_slip(backorder: Backorder, **fields: Any) -> Decision:
    """Ask the customer to decide about a slip of five days."""
    assert backorder.expected_on
    return Decision.objects.create(
        backorder_id=backorder.id,
        variant_id=backorder.variant_id,
        previous_on=backorder.expected_on - timedelta(days=5),
        previous_first_on=backorder.expected_on - timedelta(days=5),
        new_on=backorder.expected_on,
        slip_days=5,
        opened_at=timezone.now(),
        **fields,
    )
