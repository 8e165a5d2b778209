"""The page for staff: stock, what is on its way, the queue, money owed, all through the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET, require_POST

from sandbox.shop import documents, fixtures, payment_app
from sandbox.shop.api import Api, Json, in_process
from sandbox.shop.visitor import OPEN, act, dated, in_words, show, whole_number

DONE = ("FULFILLED", "CANCELED")
ON_ITS_WAY = ("EXPECTED", "PARTIALLY_RECEIVED")


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the stock, what is on its way, the policies, the queue, open orders and refunds."""
    return _desk(request)


def _desk(request: HttpRequest, problem: str = "") -> HttpResponse:
    api = _api()
    queue = api.plugin(documents.BACKORDERS, filter={"statuses": list(OPEN)})
    found = api.main(documents.ORDERS, channel=fixtures.CHANNEL)["edges"]
    orders = [edge["node"] for edge in found]
    goods = [_goods(api, goods) for goods in fixtures.GOODS]
    return show(
        request,
        "staff",
        problem=problem,
        goods=goods,
        shipments=_on_its_way(api, goods),
        queue=sorted((dated(edge["node"]) for edge in queue["edges"]), key=_place),
        orders=[_open_order(order) for order in orders if order["status"] not in DONE],
        refunds=_open_refunds(api, orders),
        refunds_are_refused=payment_app.refuses_refunds(),
    )


def button(work: Callable[[Api, QueryDict], None]) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of what a button of the page does, with the rights of staff."""

    @require_POST
    @wraps(work)
    def view(request: HttpRequest) -> HttpResponse:
        return act(request, partial(work, _api(), request.POST), page=_desk, to="staff")

    return view


def _api() -> Api:
    return fixtures.sign_in(Api(in_process), fixtures.STAFF)


def main_warehouse(api: Api, variant: str) -> str:
    """Return the id of the physical warehouse that has a variant."""
    stocks = api.main(documents.STOCKS, id=variant)["stocks"]
    key: str = next(each["warehouse"]["id"] for each in stocks if not _is_virtual(each))
    return key


def _goods(api: Api, goods: fixtures.Goods) -> Json:
    variant = api.main(documents.VARIANT_BY_SKU, sku=goods.sku, channel=fixtures.CHANNEL)
    stocks = api.main(documents.STOCKS, id=variant["id"])["stocks"]
    rule = api.plugin(documents.POLICY, variant=variant["id"], channel=fixtures.CHANNEL)
    return {
        **variant,
        "shelves": [_shelf(stock) for stock in stocks if not _is_virtual(stock)],
        "rule": rule,
    }


def _on_its_way(api: Api, goods: list[Json]) -> list[Json]:
    names = {each["id"]: each["product"]["name"] for each in goods}
    found = api.plugin(documents.SHIPMENTS, filter={"statuses": list(ON_ITS_WAY)})
    return [_shipment(edge["node"], names) for edge in found["edges"]]


def _shipment(told: Json, names: dict[str, str]) -> Json:
    lines = [
        {
            **line,
            "name": names.get(line["variantId"], line["variantId"]),
            "outstanding": max(line["quantity"] - line["quantityReceived"], 0),
        }
        for line in told["lines"]
    ]
    # One key for one showing of the page: a second click books nothing.
    return {**told, "lines": lines, "words": in_words(told["status"]), "key": uuid4().hex}


def _open_refunds(api: Api, orders: list[Json]) -> list[Json]:
    numbers = {order["id"]: order["number"] for order in orders}
    return [
        {**refund, "number": numbers.get(refund["orderId"], "")}
        for refund in api.plugin(documents.OPEN_REFUNDS)
    ]


def _shelf(stock: Json) -> Json:
    return {**stock, "free": max(stock["quantity"] - stock["quantityAllocated"], 0)}


def _is_virtual(held: Json) -> bool:
    slug: str = held["warehouse"]["slug"]
    return slug.startswith(fixtures.VIRTUAL_PREFIX)


def _place(backorder: Json) -> tuple[str, bool, int]:
    place = backorder["queuePosition"]
    return backorder["productName"], place is not None, place or 0


def _open_order(order: Json) -> Json:
    held = [each for line in order["lines"] for each in line["allocations"]]
    waiting = sum(each["quantity"] for each in held if _is_virtual(each))
    ready = sum(each["quantity"] for each in held) - waiting
    return {**order, "waiting": waiting, "ready": ready, "words": in_words(order["status"])}


@button
def book_stock(api: Api, form: QueryDict) -> None:
    """Set how many units a shelf has."""
    quantity = whole_number(form.get("quantity"), default=0)
    stock = {"warehouse": form.get("warehouse", ""), "quantity": quantity}
    api.main(documents.STOCKS_UPDATE, variant=form.get("variant", ""), stocks=[stock])


@button
def set_policy(api: Api, form: QueryDict) -> None:
    """Allow, limit or forbid backorders of a variant."""
    limit = form.get("limit", "").strip()
    api.plugin(
        documents.POLICY_UPDATE,
        scope={"channel": fixtures.CHANNEL, "variantIds": [form.get("variant", "")]},
        input={
            "allow": "allow" in form,
            "limit": whole_number(limit, default=0) if limit else None,
            "leadTimeDays": whole_number(form.get("lead_time_days"), default=0),
        },
    )


@button
def ship(api: Api, form: QueryDict) -> None:
    """Ship what lies on a shelf for an order."""
    order = api.main(documents.ORDER, id=form.get("order", ""))
    if order["status"] == "UNCONFIRMED":
        api.main(documents.ORDER_CONFIRM, id=order["id"])
    lines = [
        {
            "orderLineId": line["id"],
            "stocks": [
                {"quantity": held["quantity"], "warehouse": held["warehouse"]["id"]}
                for held in line["allocations"]
                if held["quantity"] and not _is_virtual(held)
            ],
        }
        for line in order["lines"]
    ]
    lines = [line for line in lines if line["stocks"]]
    api.main(documents.ORDER_FULFILL, order=order["id"], lines=lines)


@button
def ask_again(api: Api, form: QueryDict) -> None:
    """Ask for a refund that did not work."""
    api.plugin(documents.REFUND_RETRY, ids=[form.get("refund", "")])


@button
def toggle_refusals(_api: Api, _form: QueryDict) -> None:
    """Let the payment app refuse refunds, or pay them again."""
    payment_app.toggle_refusals()
