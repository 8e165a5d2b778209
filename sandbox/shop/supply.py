"""What staff do about supply: announce it, move it, book what came, call it off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from sandbox.shop import documents
from sandbox.shop.staff import main_warehouse, show_desk, staff_api
from sandbox.shop.visitor import act, whole_number

CAME = "came "


@require_POST
@csrf_protect
def announce(request: HttpRequest) -> HttpResponse:
    """Announce a shipment of one product to the shop's warehouse."""
    variant = request.POST.get("variant", "")
    quantity = whole_number(request.POST.get("quantity"), default=0)

    def work() -> None:
        api = staff_api()
        api.plugin(
            documents.SHIPMENT_CREATE,
            input={
                "reference": request.POST.get("reference", ""),
                "warehouseId": main_warehouse(api, variant),
                "expectedOn": request.POST.get("expected_on", ""),
                "lines": [{"variantId": variant, "quantity": quantity}],
            },
        )

    return _act(request, work)


@require_POST
@csrf_protect
def move(request: HttpRequest) -> HttpResponse:
    """Give a shipment another day."""
    changes = {"expectedOn": request.POST.get("expected_on", "")}
    work = partial(
        staff_api().plugin, documents.SHIPMENT_UPDATE, id=_shipment(request), input=changes
    )
    return _act(request, work)


@require_POST
@csrf_protect
def receive(request: HttpRequest) -> HttpResponse:
    """Book what came of each product; the page's key books it once."""
    lines = [
        {"variantId": name.removeprefix(CAME), "quantity": whole_number(str(value), default=0)}
        for name, value in request.POST.items()
        if name.startswith(CAME)
    ]
    work = partial(
        staff_api().plugin,
        documents.SHIPMENT_RECEIVE,
        id=_shipment(request),
        lines=lines,
        key=request.POST.get("key", ""),
    )
    return _act(request, work)


@require_POST
@csrf_protect
def call_off(request: HttpRequest) -> HttpResponse:
    """Call off what has not come."""
    work = partial(staff_api().plugin, documents.SHIPMENT_CANCEL, id=_shipment(request))
    return _act(request, work)


def _shipment(request: HttpRequest) -> str:
    return request.POST.get("shipment", "")


def _act(request: HttpRequest, work: Callable[[], object]) -> HttpResponse:
    return act(request, work, page=show_desk, to="staff")
