"""What staff do about supply: announce it, move it, book what came, call it off."""

from __future__ import annotations

from django.http import QueryDict

from sandbox.shop import documents
from sandbox.shop.api import Api
from sandbox.shop.staff import button, main_warehouse
from sandbox.shop.visitor import whole_number

CAME = "came "


@button
def announce(api: Api, form: QueryDict) -> None:
    """Announce a shipment of one product to the shop's warehouse."""
    variant, quantity = form.get("variant", ""), whole_number(form.get("quantity"), default=0)
    api.plugin(
        documents.SHIPMENT_CREATE,
        input={
            "reference": form.get("reference", ""),
            "warehouseId": main_warehouse(api, variant),
            "expectedOn": form.get("expected_on", ""),
            "lines": [{"variantId": variant, "quantity": quantity}],
        },
    )


@button
def move(api: Api, form: QueryDict) -> None:
    """Give a shipment another day."""
    changes = {"expectedOn": form.get("expected_on", "")}
    api.plugin(documents.SHIPMENT_UPDATE, id=form.get("shipment", ""), input=changes)


@button
def receive(api: Api, form: QueryDict) -> None:
    """Book what came of each product; the page's key books it once."""
    lines = [
        {"variantId": name.removeprefix(CAME), "quantity": whole_number(str(value), default=0)}
        for name, value in form.items()
        if name.startswith(CAME)
    ]
    key = form.get("key", "")
    api.plugin(documents.SHIPMENT_RECEIVE, id=form.get("shipment", ""), lines=lines, key=key)


@button
def call_off(api: Api, form: QueryDict) -> None:
    """Call off what has not come."""
    api.plugin(documents.SHIPMENT_CANCEL, id=form.get("shipment", ""))
