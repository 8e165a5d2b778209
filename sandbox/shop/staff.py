"""The page for staff: stock, policies, the queue and what can ship, all through the API."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from sandbox.shop import documents, furniture
from sandbox.shop.api import Api, Json, in_process
from sandbox.shop.visitor import OPEN, act, in_words, show, whole_number

DONE = ("FULFILLED", "CANCELED")


@require_GET
@csrf_protect
def desk(request: HttpRequest) -> HttpResponse:
    """Show the stock, the policies, the queue and the open orders."""
    return _desk(request)


def _desk(request: HttpRequest, problem: str = "") -> HttpResponse:
    api = _staff()
    queue = api.plugin(documents.BACKORDERS, filter={"statuses": list(OPEN)})
    orders = api.main(documents.ORDERS, channel=furniture.CHANNEL)
    return show(
        request,
        "staff",
        problem=problem,
        goods=[_goods(api, goods) for goods in furniture.GOODS],
        queue=sorted((edge["node"] for edge in queue["edges"]), key=_place),
        orders=[
            _open_order(edge["node"])
            for edge in orders["edges"]
            if edge["node"]["status"] not in DONE
        ],
    )


def _staff() -> Api:
    return furniture.sign_in(Api(in_process), furniture.STAFF)


def _goods(api: Api, goods: furniture.Goods) -> Json:
    variant = api.main(documents.VARIANT_BY_SKU, sku=goods.sku, channel=furniture.CHANNEL)
    stocks = api.main(documents.STOCKS, id=variant["id"])["stocks"]
    rule = api.plugin(documents.POLICY, variant=variant["id"], channel=furniture.CHANNEL)
    return {
        **variant,
        "shelves": [_shelf(stock) for stock in stocks if not _is_virtual(stock)],
        "rule": rule,
    }


def _shelf(stock: Json) -> Json:
    return {**stock, "free": max(stock["quantity"] - stock["quantityAllocated"], 0)}


def _is_virtual(held: Json) -> bool:
    slug: str = held["warehouse"]["slug"]
    return slug.startswith(furniture.VIRTUAL_PREFIX)


def _place(backorder: Json) -> tuple[str, bool, int]:
    place = backorder["queuePosition"]
    return backorder["productName"], place is not None, place or 0


def _open_order(order: Json) -> Json:
    held = [each for line in order["lines"] for each in line["allocations"]]
    waiting = sum(each["quantity"] for each in held if _is_virtual(each))
    ready = sum(each["quantity"] for each in held) - waiting
    return {**order, "waiting": waiting, "ready": ready, "words": in_words(order["status"])}


@require_POST
@csrf_protect
def book_stock(request: HttpRequest) -> HttpResponse:
    """Set how many units a shelf has."""
    stock = {
        "warehouse": request.POST.get("warehouse", ""),
        "quantity": whole_number(request.POST.get("quantity"), default=0),
    }
    variant = request.POST.get("variant", "")
    work = partial(_staff().main, documents.STOCKS_UPDATE, variant=variant, stocks=[stock])
    return act(request, work, page=_desk, to="staff")


@require_POST
@csrf_protect
def set_policy(request: HttpRequest) -> HttpResponse:
    """Allow, limit or forbid backorders of a variant."""
    limit = request.POST.get("limit", "").strip()
    work = partial(
        _staff().plugin,
        documents.POLICY_UPDATE,
        scope={"channel": furniture.CHANNEL, "variantIds": [request.POST.get("variant", "")]},
        input={
            "allow": "allow" in request.POST,
            "limit": whole_number(limit, default=0) if limit else None,
            "leadTimeDays": whole_number(request.POST.get("lead_time_days"), default=0),
        },
    )
    return act(request, work, page=_desk, to="staff")


@require_POST
@csrf_protect
def prioritise(request: HttpRequest) -> HttpResponse:
    """Say how urgent a backorder is."""
    work = partial(
        _staff().plugin,
        documents.PRIORITY_UPDATE,
        ids=[request.POST.get("backorder", "")],
        priority=whole_number(request.POST.get("priority"), default=0),
    )
    return act(request, work, page=_desk, to="staff")


@require_POST
@csrf_protect
def ship(request: HttpRequest) -> HttpResponse:
    """Ship what lies on a shelf for an order."""
    work = partial(_ship, request.POST.get("order", ""))
    return act(request, work, page=_desk, to="staff")


def _ship(order_id: str) -> None:
    api = _staff()
    order = api.main(documents.ORDER, id=order_id)
    if order["status"] == "UNCONFIRMED":
        api.main(documents.ORDER_CONFIRM, id=order_id)
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
    api.main(documents.ORDER_FULFILL, order=order_id, lines=lines)


@require_POST
@csrf_protect
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel an order."""
    work = partial(_staff().main, documents.ORDER_CANCEL, id=request.POST.get("order", ""))
    return act(request, work, page=_desk, to="staff")
