"""The shopper's pages.  Each asks the API with the shopper's own rights."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sandbox.shop import documents, fixtures, payment_app
from sandbox.shop.api import Json
from sandbox.shop.visitor import (
    CART,
    OPEN,
    SHOPPER,
    Visitor,
    act,
    dated,
    in_words,
    show,
    whole_number,
)


@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """Show what the shop sells, and how the chosen quantity of it could be bought."""
    return _products(request)


def _products(request: HttpRequest, problem: str = "") -> HttpResponse:
    api = Visitor(request).api
    found = api.main(documents.PRODUCTS, channel=fixtures.CHANNEL)
    variants = [
        {"product": edge["node"]["name"], **variant}
        for edge in found["edges"]
        for variant in edge["node"]["variants"]
    ]
    chosen = request.GET.get("sku")
    for variant in variants:
        is_chosen = variant["sku"] == chosen
        asked = whole_number(request.GET.get("quantity"), default=1) if is_chosen else 1
        variant["quantity"] = max(asked, 1)
    answers = api.plugin(
        documents.AVAILABILITY,
        items=[{"variantId": each["id"], "quantity": each["quantity"]} for each in variants],
        channel=fixtures.CHANNEL,
    )
    cards = [
        {**variant, "availability": answer, "parts": [dated(part) for part in answer["etaParts"]]}
        for variant, answer in zip(variants, answers, strict=True)
    ]
    return show(request, "products", problem=problem, cards=cards)


@require_POST
def choose_shopper(request: HttpRequest) -> HttpResponse:
    """Go on as somebody else, with an empty cart."""
    response = HttpResponseRedirect(reverse("products"))
    response.set_cookie(SHOPPER, request.POST.get("email", ""), httponly=True, samesite="Lax")
    response.delete_cookie(CART)
    return response


@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart, what of it would wait, and the agreement."""
    return _cart(request)


def _cart(request: HttpRequest, problem: str = "") -> HttpResponse:
    visitor = Visitor(request)
    checkout = visitor.cart and visitor.api.main(documents.CHECKOUT, id=visitor.cart)
    if not checkout or not checkout["lines"]:
        return show(request, "cart", problem=problem)
    waits = visitor.api.plugin(documents.CHECKOUT_BACKORDERS, id=visitor.cart)
    answers = {line["lineId"]: line["availability"] for line in waits["lines"]}
    lines = [{**line, "availability": answers.get(line["id"])} for line in checkout["lines"]]
    return show(request, "cart", problem=problem, checkout=checkout, lines=lines, waits=waits)


@require_POST
def add_to_cart(request: HttpRequest) -> HttpResponse:
    """Put units into the cart; the first ones begin a checkout."""
    visitor = Visitor(request)
    quantity = whole_number(request.POST.get("quantity"), default=1)
    line = {"variantId": request.POST.get("variant", ""), "quantity": quantity}
    made: dict[str, str] = {}

    def add() -> None:
        if visitor.cart and visitor.api.main(documents.CHECKOUT, id=visitor.cart):
            visitor.api.main(documents.CHECKOUT_LINES_ADD, id=visitor.cart, lines=[line])
        else:
            made[CART] = _begin_checkout(visitor, line)

    response = act(request, add, page=_products, to="cart")
    for name, value in made.items():
        response.set_cookie(name, value, httponly=True, samesite="Lax")
    return response


def _begin_checkout(visitor: Visitor, line: Json) -> str:
    address = fixtures.address_of(visitor.email)
    made = visitor.api.main(
        documents.CHECKOUT_CREATE,
        input={
            "channel": fixtures.CHANNEL,
            "email": visitor.email,
            "lines": [line],
            "shippingAddress": address,
            "billingAddress": address,
        },
    )["checkout"]
    method = made["shippingMethods"][0]["id"]
    visitor.api.main(documents.CHECKOUT_DELIVERY, id=made["id"], method=method)
    cart_id: str = made["id"]
    return cart_id


@require_POST
def change_cart(request: HttpRequest) -> HttpResponse:
    """Change how many of something are in the cart; none takes it out."""
    visitor = Visitor(request)
    quantity = whole_number(request.POST.get("quantity"), default=1)
    line = {"lineId": request.POST.get("line", ""), "quantity": quantity}
    work = partial(visitor.api.main, documents.CHECKOUT_LINES_UPDATE, id=visitor.cart, lines=[line])
    return act(request, work, page=_cart, to="cart")


@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree to wait for what the cart page says would wait."""
    visitor = Visitor(request)
    work = partial(visitor.api.plugin, documents.ACKNOWLEDGE, id=visitor.cart)
    return act(request, work, page=_cart, to="cart")


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order what is in the cart, and pay it."""
    visitor = Visitor(request)
    response = act(request, partial(_order_and_pay, visitor), page=_cart, to="orders")
    if response.status_code == 302:
        response.delete_cookie(CART)
    return response


def _order_and_pay(visitor: Visitor) -> None:
    placed = visitor.api.main(documents.CHECKOUT_COMPLETE, id=visitor.cart)["order"]
    payment_app.take_payment(visitor.api, placed)


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Show the shopper's orders, and of each what waits."""
    api = Visitor(request).api
    mine = api.main(documents.MY_ORDERS)["orders"]["edges"]
    waiting = api.plugin(documents.MY_BACKORDERS)["edges"]
    backorders = {edge["node"]["orderLineId"]: edge["node"] for edge in waiting}
    shown = [_order(edge["node"], backorders) for edge in mine]
    return show(request, "orders", orders=shown)


def _order(order: Json, backorders: dict[str, Json]) -> Json:
    lines = [_line(line, backorders) for line in order["lines"]]
    return {**order, "lines": lines, "words": in_words(order["status"])}


def _line(line: Json, backorders: dict[str, Json]) -> Json:
    backorder = backorders.get(line["id"])
    if backorder is None:
        return line
    open_units = line["quantity"] - line["quantityFulfilled"] - backorder["quantityWaiting"]
    return {
        **line,
        "backorder": dated(backorder),
        "ready": open_units - backorder["quantityCancelled"] if backorder["status"] in OPEN else 0,
        "parts": [dated(part) for part in backorder["etaParts"]],
    }
