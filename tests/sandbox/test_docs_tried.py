from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from saleor_backorders.common import links
from saleor_backorders.models import Backorder, Message
from sandbox.money import requests
from sandbox.shop import documents, fixtures, payment_app
from sandbox.shop.api import Api, Json, Refused, in_process
from tests.sandbox.test_docs import BLOCK, PROJECT


def document(page: str, name: str) -> str:
    """Return a named document of a page."""
    text = (PROJECT / "docs" / f"{page}.md").read_text()
    (found,) = [block for block in BLOCK.findall(text) if f" {name}" in block.split("{")[0]]
    return str(found)


class Reader:
    """Somebody who copies documents out of the docs and sends them."""

    def __init__(self) -> None:
        self.anybody = Api(in_process)
        self.staff = fixtures.sign_in(self.anybody, fixtures.STAFF)
        self.ada = fixtures.sign_in(self.anybody, fixtures.SHOPPERS[0])
        self.boots, self.parka, self.jacket = map(self._variant, ("BOOTS", "PARKA", "JACKET"))

    def _variant(self, sku: str) -> str:
        found = self.staff.main(documents.VARIANT_BY_SKU, sku=sku, channel=fixtures.CHANNEL)
        return str(found["id"])

    def shelf(self, variant: str) -> Json:
        stocks = self.staff.main(documents.STOCKS, id=variant)["stocks"]
        shelf: Json = next(
            each
            for each in stocks
            if not each["warehouse"]["slug"].startswith(fixtures.VIRTUAL_PREFIX)
        )
        return shelf

    def announce(self, units: int, days: int, reference: str = "PO-1") -> str:
        made = self.staff.plugin(
            document("supply", "Announce"),
            input={
                "reference": reference,
                "warehouseId": self.shelf(self.boots)["warehouse"]["id"],
                "expectedOn": in_days(days).isoformat(),
                "lines": [{"variantId": self.boots, "quantity": units}],
            },
        )
        return str(made["incomingShipment"]["id"])

    def receive(self, shipment: str, units: int, key: str = "delivery-note-4711") -> Json:
        lines = [{"variantId": self.boots, "quantity": units}]
        done = self.staff.plugin(document("supply", "Receive"), id=shipment, lines=lines, key=key)
        booked: Json = done["incomingShipment"]
        return booked

    def order(self, units: int, *, paid: bool = True) -> Json:
        """Let Ada order boots; two of them are on the shelf."""
        address = fixtures.address_of(fixtures.SHOPPERS[0])
        made = self.ada.main(
            documents.CHECKOUT_CREATE,
            input={
                "channel": fixtures.CHANNEL,
                "email": fixtures.SHOPPERS[0],
                "lines": [{"variantId": self.boots, "quantity": units}],
                "shippingAddress": address,
                "billingAddress": address,
            },
        )["checkout"]
        method = made["shippingMethods"][0]["id"]
        self.ada.main(documents.CHECKOUT_DELIVERY, id=made["id"], method=method)
        assert self.ada.plugin(document("storefront", "WhatWaits"), id=made["id"])["lines"]
        self.ada.plugin(document("storefront", "Agree"), id=made["id"])
        order: Json = self.ada.main(documents.CHECKOUT_COMPLETE, id=made["id"])["order"]
        if paid:
            payment_app.take_payment(self.anybody, order)
        return order

    def ship(self, order: Json, units: int) -> None:
        """Ship boots of an order as staff do."""
        asked = "query ($id: ID!) { order(id: $id) { lines { id } } }"
        (line,) = self.staff.main(asked, id=order["id"])["lines"]
        stocks = [{"quantity": units, "warehouse": self.shelf(self.boots)["warehouse"]["id"]}]
        self.staff.main(
            documents.ORDER_FULFILL,
            order=order["id"],
            lines=[{"orderLineId": line["id"], "stocks": stocks}],
        )

    def mine(self) -> Json:
        """Return Ada's newest backorder, as the account page reads it."""
        found = self.ada.plugin(document("storefront", "MyBackorders"))
        node: Json = found["edges"][0]["node"]
        return node

    def token(self) -> str:
        return str(self.mine()["link"]).rstrip("/").rpartition("/")[2]


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


@pytest.fixture
def reader(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    fixtures.load()
    payment_app.install("http://payment_app.invalid")
    monkeypatch.setattr(requests, "_deliver", _answer)
    fixtures.allow_all(fixtures.sign_in(Api(in_process), fixtures.STAFF))
    yield Reader()
    cache.clear()


def _answer(_webhook: Any, event: Any) -> Json:
    return {"result": "REFUND_SUCCESS", "pspReference": f"refund-{event.pk}"}


def test_supply_can_be_announced_moved_and_called_off_as_the_page_says(reader: Reader) -> None:
    shipment = reader.announce(4, days=5)
    items = [{"variantId": reader.boots, "quantity": 5}]
    asked = document("storefront", "Availability")

    (told,) = reader.anybody.plugin(asked, items=items, channel=fixtures.CHANNEL)
    assert told["eta"] == {"date": in_days(5).isoformat(), "source": "INCOMING_SHIPMENT"}

    move = document("supply", "Move").replace("2026-12-09", in_days(9).isoformat())
    reader.staff.plugin(move, id=shipment)
    (told,) = reader.anybody.plugin(asked, items=items, channel=fixtures.CHANNEL)
    assert told["eta"]["date"] == in_days(9).isoformat()

    reader.staff.plugin(document("supply", "CallOff"), id=shipment)
    (told,) = reader.anybody.plugin(asked, items=items, channel=fixtures.CHANNEL)
    assert told["eta"] == {"date": in_days(11).isoformat(), "source": "LEAD_TIME"}


def test_file_of_the_page_is_imported_once_and_its_faults_are_named(reader: Reader) -> None:
    text = (PROJECT / "docs" / "supply.md").read_text()
    (rows,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    import_ = document("supply", "Import")

    made = reader.staff.plugin(import_, csv=rows)["incomingShipments"]
    assert [each["reference"] for each in made] == ["PO-2026-117", "PO-2026-118"]

    body = {"query": import_, "variables": {"csv": rows.replace("BOOTS", "SHOES")}}
    token = fixtures.sign_in(reader.anybody, fixtures.STAFF)._token
    answer = in_process("/plugins/saleor.backorders/graphql/", body, token)
    faults = answer["data"]["incomingShipmentImport"]["errors"]
    assert [(fault["row"], fault["field"]) for fault in faults] == [
        (2, "reference"), (2, "sku"), (3, "reference"), (4, "reference"), (4, "sku"),
    ]  # fmt: skip


def test_short_delivery_is_not_expected_until_it_has_a_new_day(reader: Reader) -> None:
    shipment = reader.announce(4, days=5)
    reader.order(5)

    assert reader.receive(shipment, 1)["status"] == "PARTIALLY_RECEIVED"
    assert reader.receive(shipment, 1)["lines"][0]["quantityReceived"] == 1
    assert reader.mine()["eta"]["date"] == in_days(11).isoformat()

    move = document("supply", "Move").replace("2026-12-09", in_days(6).isoformat())
    reader.staff.plugin(move, id=shipment)
    assert reader.mine()["eta"]["date"] == in_days(6).isoformat()


def test_over_delivery_and_none_at_all_are_booked_as_the_page_says(reader: Reader) -> None:
    shipment = reader.announce(4, days=5)

    none = reader.receive(shipment, 0, key="none")
    assert (none["status"], none["lines"][0]["quantityReceived"]) == ("PARTIALLY_RECEIVED", 0)
    more = reader.receive(shipment, 7, key="more")

    assert (more["status"], more["lines"][0]["quantityReceived"]) == ("RECEIVED", 7)
    assert reader.shelf(reader.boots)["quantity"] == 9


def test_overdue_shipment_is_listed_and_believed_for_three_days(reader: Reader) -> None:
    reader.announce(4, days=-3)
    reader.order(5)
    assert reader.mine()["eta"]["date"] == in_days(0).isoformat()

    overdue = reader.staff.plugin(document("supply", "Overdue"), today=in_days(0).isoformat())
    assert [edge["node"]["reference"] for edge in overdue["edges"]] == ["PO-1"]
    shipment = overdue["edges"][0]["node"]["id"]
    earlier = document("supply", "Move").replace("2026-12-09", in_days(-4).isoformat())
    reader.staff.plugin(earlier, id=shipment)

    assert reader.mine()["eta"]["date"] == in_days(11).isoformat()


def test_customer_keeps_waiting_with_the_token_of_the_link(reader: Reader) -> None:
    shipment = reader.announce(4, days=5)
    reader.order(5)
    move = document("supply", "Move").replace("2026-12-09", in_days(9).isoformat())
    reader.staff.plugin(move, id=shipment)
    assert reader.mine()["decision"]["slipDays"] == 4
    assert reader.mine()["decision"]["silenceDate"] is None

    reader.anybody.plugin(document("storefront", "KeepWaiting"), token=reader.token())

    assert reader.mine()["decision"] is None
    assert reader.mine()["promisedEta"]["date"] == in_days(5).isoformat()


def test_customer_cancels_once_with_a_key(reader: Reader) -> None:
    reader.order(5)
    token, stop = reader.token(), document("storefront", "StopWaiting")

    for _click in range(2):
        done = reader.anybody.plugin(stop, token=token, quantity=1, reason="", key="one")

    assert done["backorder"]["quantityWaiting"] == 2
    money = {"amount": {"amount": 89.0, "currency": "USD"}, "state": "REFUNDED"}
    assert done["backorder"]["refunds"] == [money]


def test_unpaid_order_is_refunded_nothing(reader: Reader) -> None:
    reader.order(5, paid=False)

    stop = document("storefront", "StopWaiting")
    done = reader.anybody.plugin(stop, token=reader.token())

    assert done["backorder"]["quantityWaiting"] == 0
    assert done["backorder"]["refunds"] == []


def test_customer_takes_something_else_only_where_it_costs_no_more(reader: Reader) -> None:
    reader.order(5)
    token, instead = reader.token(), document("storefront", "TakeInstead")
    offered = reader.anybody.plugin(document("storefront", "Instead"), token=token)
    assert "Parka" in [each["name"] for each in offered["alternatives"]]

    with pytest.raises(Refused) as dearer:
        reader.anybody.plugin(instead, token=token, variant=reader.parka)
    with pytest.raises(Refused) as nowhere:
        reader.anybody.plugin(instead, token=token, variant=reader.jacket)
    reader.staff.plugin(
        document("settings", "OwnRule"),
        channel=fixtures.CHANNEL,
        input={"dearerAtSamePrice": True},
    )
    done = reader.anybody.plugin(instead, token=token, variant=reader.parka)

    assert (dearer.value.codes, nowhere.value.codes) == (["INVALID"], ["INSUFFICIENT_STOCK"])
    assert done["replacementOrderId"].startswith("T3JkZXI6")


def test_what_is_here_can_be_asked_for(reader: Reader) -> None:
    order = reader.order(5)

    reader.anybody.plugin(document("storefront", "SendWhatIsHere"), token=reader.token())

    (event,) = reader.staff.main(
        "query ($id: ID!) { order(id: $id) { events { type message } } }", id=order["id"]
    )["events"][-1:]
    assert event["type"] == "NOTE_ADDED"


def test_channel_has_its_own_rule_until_it_is_taken_back(reader: Reader) -> None:
    own = document("settings", "OwnRule")
    given = {"workingDays": True, "toleranceDays": 5, "silenceDays": 14}

    done = reader.staff.plugin(own, channel=fixtures.CHANNEL, input=given)["rule"]
    assert (done["workingDays"], done["toleranceDays"], done["silenceDays"]) == (True, 5, 14)

    done = reader.staff.plugin(own, channel=fixtures.CHANNEL, input=dict.fromkeys(given))["rule"]
    assert (done["workingDays"], done["toleranceDays"], done["silenceDays"]) == (False, 2, 0)


def test_refund_that_fails_is_listed_and_asked_for_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.order(5)
    with monkeypatch.context() as patch:
        refused = {"result": "REFUND_FAILURE", "message": "No.", "pspReference": "no"}
        patch.setattr(requests, "_deliver", lambda *_about: refused)
        reader.anybody.plugin(document("storefront", "StopWaiting"), token=reader.token())

    (owed,) = reader.staff.plugin(document("operations", "Owed"))
    assert (owed["state"], owed["message"], owed["attempts"]) == ("FAILED", "No.", 1)

    retry = document("operations", "AskAgain")
    (refund,) = reader.staff.plugin(retry, ids=[owed["id"]])["refunds"]
    assert refund["state"] == "REFUNDED"
    assert reader.staff.plugin(document("operations", "Owed")) == []


def test_customer_says_how_the_wait_was_with_and_without_the_link(reader: Reader) -> None:
    order = reader.order(3)
    mine, rate = reader.mine(), document("storefront", "Rate")
    assert mine["message"] == "2 ship now, 1 waits"
    with pytest.raises(Refused) as too_early:
        reader.ada.plugin(rate, id=mine["id"], score=5)
    assert too_early.value.codes == ["INVALID"]

    reader.receive(reader.announce(1, days=1), 1)
    assert reader.mine()["message"] == "3 ship now"
    reader.ship(order, 3)
    done = reader.ada.plugin(rate, id=mine["id"], score=5, comment="Thank you")
    assert done["backorder"] == {"rating": 5}

    token = links.issue_for(links.RATE, Backorder.objects.get().pk)
    done = reader.anybody.plugin(rate, token=token, score=3)
    assert done["backorder"] == {"rating": 3}


def test_messages_that_were_given_up_are_listed_and_sent_again(reader: Reader) -> None:
    order = reader.order(5)
    (placed,) = Message.objects.filter(kind="placed")
    not_sent, again = document("operations", "NotSent"), document("operations", "SendAgain")
    assert reader.staff.plugin(not_sent)["totalCount"] == 0

    Message.objects.filter(pk=placed.pk).update(
        state="given_up", last_error="550 no such user", settled_at=timezone.now()
    )
    (edge,) = reader.staff.plugin(not_sent)["edges"]
    assert (edge["node"]["state"], edge["node"]["trouble"]) == ("GIVEN_UP", "550 no such user")
    (sent,) = reader.staff.plugin(again, ids=[edge["node"]["id"]])["messages"]
    assert sent["state"] == "PENDING"
    with pytest.raises(Refused) as twice:
        reader.staff.plugin(again, ids=[edge["node"]["id"]])
    assert twice.value.codes == ["INVALID"]

    preview = printed("preview", "placed", "--order", order["number"])
    assert f"Subject: Order {order['number']}: 2 ship now, 3 wait" in preview.splitlines()
    assert printed("deliver").startswith("Sent 1, ")
    assert [mail.subject for mail in django_mail.outbox] == [
        f"Order {order['number']}: 2 ship now, 3 wait"
    ]


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("backorders", *arguments, stdout=out)
    return out.getvalue()


def test_wrong_token_is_not_found(reader: Reader) -> None:
    with pytest.raises(Refused) as wrong:
        reader.anybody.plugin(document("storefront", "KeepWaiting"), token="5.wrong.token")

    assert wrong.value.codes == ["NOT_FOUND"]
