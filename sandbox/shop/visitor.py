from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sandbox.shop import fixtures
from sandbox.shop.api import Api, Json, Refused, in_process

CART = "cart"
SHOPPER = "shopper"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Statuses of backorders of which something is still to come or to ship.
OPEN = ("WAITING", "PARTIALLY_ALLOCATED", "ALLOCATED")


class Visitor:
    """Whoever looks at a page: one of the shoppers, who can be chosen, with a cart."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def email(self) -> str:
        """Return who is shopping."""
        chosen = self._request.COOKIES.get(SHOPPER)
        return chosen if chosen in fixtures.SHOPPERS else fixtures.SHOPPERS[0]

    @property
    def cart(self) -> str | None:
        """Return the id of the checkout, if one was begun."""
        return self._request.COOKIES.get(CART)

    @cached_property
    def api(self) -> Api:
        """Return the APIs with the rights of the shopper."""
        return fixtures.sign_in(Api(in_process), self.email)


def show(request: HttpRequest, template: str, *, problem: str = "", **shown: Any) -> HttpResponse:
    """Render a page; a refusal is shown above it."""
    visitor = Visitor(request)
    context = {"shopper": visitor.email, "shoppers": fixtures.SHOPPERS, "problem": problem}
    status = 409 if problem else 200
    return render(request, f"shop/{template}.html", {**context, **shown}, status=status)


def act(
    request: HttpRequest, work: Callable[[], object], *, page: Callable[..., HttpResponse], to: str
) -> HttpResponse:
    """Do what a button asks for and go on, or show the page again with the refusal."""
    try:
        work()
    except Refused as refused:
        return page(request, problem=str(refused))
    return HttpResponseRedirect(reverse(to))


def whole_number(text: str | None, *, default: int) -> int:
    """Read a number that a shopper typed; anything else counts as the default."""
    digits = (text or "").strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        return int(digits)
    return default


def dated(told: Json) -> Json:
    """Return what the API told with its days as dates, for a template to write."""
    return {name: _as_date(value) for name, value in told.items()}


def _as_date(value: Any) -> Any:
    if isinstance(value, dict):
        return dated(value)
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def in_words(status: str) -> str:
    """Turn a status of the API into words."""
    return status.replace("_", " ").lower()
