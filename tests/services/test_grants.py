"""What of a payment may still be promised back, at each step of writing an answer down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor, Grant, RefundPart
from saleor_backorders.models import Backorder
from tests.services.front import Front
from tests.sql.world import model


@pytest.fixture
def waits(front: Front) -> Backorder:
    return front.wait(front.sold(0, limit=10), 5)


def pay(row: Backorder, **amounts: str) -> Any:
    """Return a payment of 55.00 by an app, so far as it is still charged."""
    items = model("payment", "TransactionItem").objects
    return items.create(order_id=row.order_id, currency="USD", app_identifier="app", **amounts)


def promise(item: Any, amount: str, status: str, *events: str) -> None:
    """Promise some of a payment back, of which such events tell."""
    granted = model("order", "OrderGrantedRefund").objects.create(
        order_id=item.order_id, transaction_item=item, amount_value=amount, currency="USD",
        status=status,
    )  # fmt: skip
    for kind in events:
        item.events.create(
            type=kind, amount_value=amount, currency="USD", related_granted_refund=granted,
            include_in_calculations=True, psp_reference=f"psp-{granted.pk}",
        )  # fmt: skip


def grant(row: Backorder, amount: str) -> list[RefundPart]:
    wanted = Grant(
        order_id=row.order_id, amount=Decimal(amount), lines=[], with_shipping=False, reason=""
    )
    with transaction.atomic():
        return get_host().refunds.grant(grant=wanted, actor=Actor())


ASKED, PAID, FAILED, TAKEN_BACK = (
    "refund_request",
    "refund_success",
    "refund_failure",
    "refund_reverse",
)


@pytest.mark.parametrize(
    ("amounts", "status", "events"),
    [
        pytest.param({"charged_value": "55"}, "pending", [ASKED], id="asked"),
        pytest.param({"charged_value": "55"}, "none", [], id="not asked yet"),
        pytest.param(
            {"charged_value": "45", "refund_pending_value": "10"}, "pending", [ASKED],
            id="on its way",
        ),
        pytest.param({"charged_value": "55"}, "pending", [ASKED, PAID], id="answered"),
        pytest.param(
            {"charged_value": "45", "refunded_value": "10"}, "pending", [ASKED, PAID],
            id="answered and counted",
        ),
        pytest.param(
            {"charged_value": "45", "refunded_value": "10"}, "success", [ASKED, PAID], id="done"
        ),
        pytest.param({"charged_value": "55"}, "failure", [ASKED, FAILED], id="refused"),
        pytest.param(
            {"charged_value": "55"}, "failure", [ASKED, PAID, TAKEN_BACK], id="taken back"
        ),
    ],
)  # fmt: skip
def test_ten_of_fifty_five_promised__forty_five_are_left(
    waits: Backorder, amounts: dict[str, str], status: str, events: list[str]
) -> None:
    item = pay(waits, **amounts)
    promise(item, "10", status, *events)
    (part,) = grant(waits, "45")
    assert (part.transaction_id, part.amount) == (item.pk, Decimal(45))


def test_more_than_is_left__staff_pay_the_rest_by_hand(waits: Backorder) -> None:
    item = pay(waits, charged_value="45", refunded_value="10")
    promise(item, "10", "pending", ASKED, PAID)
    parts = grant(waits, "46")
    assert [(each.transaction_id, each.amount) for each in parts] == [
        (item.pk, Decimal(45)),
        (None, Decimal(1)),
    ]
