"""What staff read is what is so when it leaves; what is not so any more does not leave."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders import outbox
from saleor_backorders.common import clock, i18n
from saleor_backorders.host import get_host
from saleor_backorders.models import (
    Backorder,
    Cancellation,
    Message,
    MessageState,
    Refund,
    VirtualStock,
)
from saleor_backorders.notifications import delivery
from saleor_backorders.notifications.emails import staff
from tests.services.front import Front, run_triggers
from tests.services.mailing import STAFF, all_sent, look, placed, promise, rule
from tests.sql.world import model


def delivered() -> Any:
    """Send what is due, and return the one email that left."""
    delivery.deliver(host=get_host(), now=timezone.now())
    (mail,) = django_mail.outbox
    django_mail.outbox.clear()
    return mail


def skipped() -> str:
    """Send what is due, which is nothing, and return why."""
    delivery.deliver(host=get_host(), now=timezone.now())
    assert django_mail.outbox == []
    return Message.objects.get(state=MessageState.SKIPPED).last_error


def things_of(mail: Any) -> list[str]:
    """Return the lines of an email; both bodies have the same ones."""
    body, _, _ = mail.body.replace("\n  ", ": ").partition("\n--")
    lines = [line[2:] for line in body.splitlines() if line.startswith("* ")]
    (html, _) = mail.alternatives[0]
    assert html.count('class="line"') == len(lines)
    return lines


@pytest.fixture
def shelf(front: Front) -> Any:
    """Return a variant that is low, and that staff hear of."""
    rule(front.main)
    variant = front.sold(2, limit=10, low_stock=3)
    assert look().low_stock == 1
    return variant


# Low stock


def test_low_stock__names_what_is_low_now(front: Front, shelf: Any) -> None:
    other = front.sold(0, limit=10, low_stock=3)
    look()
    Message.objects.filter(kind="low_stock").latest("pk").delete()
    front.set_stock(shelf, front.shelves, 1)

    mail = delivered()

    assert mail.to == list(STAFF)
    assert mail.subject == f"{front.main.name}: 1 variant is low"
    assert things_of(mail) == [f"Lamp (Red) · {shelf.sku}: 1 is free"]
    assert other.sku not in mail.body
    message = Message.objects.get()
    assert (message.state, message.recipient) == ("sent", ", ".join(STAFF))


def test_low_stock__the_emptiest_first_and_those_that_recovered_not_at_all(front: Front) -> None:
    rule(front.main)
    some, none, back = (front.sold(n, limit=10, low_stock=3) for n in (2, 0, 1))
    assert look().low_stock == 1
    front.set_stock(back, front.shelves, 50)

    mail = delivered()

    assert mail.subject == f"{front.main.name}: 2 variants are low"
    assert things_of(mail) == [
        f"Lamp (Red) · {none.sku}: 0 are free",
        f"Lamp (Red) · {some.sku}: 2 are free",
    ]
    assert "more" not in mail.body


def test_low_stock__not_once_it_recovered(front: Front, shelf: Any) -> None:
    front.set_stock(shelf, front.shelves, 4)
    assert skipped() == "none of it is low any more"


def test_low_stock__not_once_nobody_of_the_staff_is_named(front: Front, shelf: Any) -> None:
    rule(front.main, staff_emails="")
    assert skipped() == "no address of staff is named"


def test_low_stock__not_where_the_channel_fell_silent(front: Front, shelf: Any) -> None:
    rule(front.main, muted="low_stock")
    assert skipped() == "the channel does not send it"


def test_low_stock__in_the_language_of_the_channel(front: Front, shelf: Any) -> None:
    rule(front.main, language="de")
    mail = delivered()
    assert mail.subject.startswith(f"{front.main.name}: 1 Variante ")
    assert mail.extra_headers["Content-Language"] == "de"


def test_low_stock__many_cost_as_many_statements_as_few(front: Front) -> None:
    rule(front.main)
    counts = []
    # The first time, the shop's name and address are asked for.
    for units in (1, 2, 60):
        for _ in range(units):
            front.sold(0, limit=10, low_stock=3)
        look()
        with CaptureQueriesContext(connection) as seen:
            mail = delivered()
        counts.append(len(seen))
    assert counts[1] == counts[2]
    assert len(things_of(mail)) == staff.MAX_LINES == 50
    assert mail.subject == f"{front.main.name}: 60 variants are low"
    assert "And 10 more." in mail.body


# Limits


@pytest.fixture
def full(front: Front) -> Any:
    """Return a variant of which 9 of 10 wait, and that staff hear of."""
    rule(front.main, limit_warning_percent=90)
    variant = front.sold(0, limit=10)
    placed(front, 9, variant)
    assert look().limit == 1
    return variant


def test_limit__names_how_much_waits_of_how_much(front: Front, full: Any) -> None:
    mail = delivered()
    assert mail.to == list(STAFF)
    assert mail.subject == f"{front.main.name}: 1 limit is nearly reached"
    assert things_of(mail) == [f"Lamp (Red) · {full.sku}: 9 of at most 10 wait"]


@pytest.mark.parametrize(
    "values", [{"limit_units": 11}, {"limit_units": 0}, {"allow": False}], ids=str
)
def test_limit__not_once_there_is_room_again(full: Any, values: dict[str, Any]) -> None:
    VirtualStock.objects.update(**values)
    assert skipped() == "no limit is nearly reached any more"
    VirtualStock.objects.update(limit_units=10, allow=True)


def test_limit__not_once_the_channel_wants_to_hear_of_none(front: Front, full: Any) -> None:
    rule(front.main, limit_warning_percent=0)
    assert skipped() == "no limit is nearly reached any more"


# Late


def test_late__the_latest_first_with_both_counts(front: Front) -> None:
    rule(front.main, late_warning_days=2)
    late, later, soon, fine = (placed(front, units) for units in (1, 2, 3, 4))
    promise(late, -1)
    promise(later, -8, expected=5)
    promise(soon, 2)
    promise(fine, 3)
    assert look().late == 1

    mail = delivered()

    today = clock.today()
    days = {days: i18n.day(today + timedelta(days=days)) for days in (-8, -1, 2)}
    assert mail.to == list(STAFF)
    assert mail.subject == f"{front.main.name}: 2 late, 1 about to be"
    assert things_of(mail) == [
        f"Order {later.order_number}: Lamp (Red): 2 wait: promised for {days[-8]}",
        f"Order {late.order_number}: Lamp (Red): 1 waits: promised for {days[-1]}",
        f"Order {soon.order_number}: Lamp (Red): 3 wait: promised for {days[2]}",
    ]


def test_late__an_order_counts_once(front: Front) -> None:
    rule(front.main, late_warning_days=2)
    order = front.order(front.main)
    for units in (1, 2):
        front.allocate(front.line(order, front.sold(0, limit=9), units), units)
    run_triggers()
    all_sent()
    first, second = Backorder.objects.order_by("pk")
    promise(first, 1)
    promise(second, -1)
    assert look().late == 1

    mail = delivered()

    yesterday = i18n.day(clock.today() - timedelta(days=1))
    assert mail.subject == f"{front.main.name}: 1 late, 0 about to be"
    assert things_of(mail) == [
        f"Order {order.number}: Lamp (Red), Lamp (Red): 3 wait: promised for {yesterday}"
    ]


def test_late__says_how_many_it_does_not_name(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "MAX_LINES", 2)
    rule(front.main, late_warning_days=2)
    for days in (-2, -1, 1):
        promise(placed(front, 1), days)
    look()
    mail = delivered()
    assert mail.subject == f"{front.main.name}: 2 late, 1 about to be"
    assert len(things_of(mail)) == 2
    assert "And 1 more." in mail.body


def test_late__not_once_all_arrived(front: Front) -> None:
    rule(front.main)
    row = placed(front, 1)
    promise(row, -1)
    look()
    front.restock(model("product", "ProductVariant").objects.get(pk=row.variant_id), 1)
    Message.objects.filter(kind="allocated").delete()
    assert skipped() == "nobody waits too long any more"


# A refund that failed


@pytest.fixture
def stuck(front: Front) -> Refund:
    """Return a refund that was asked for as often as it may be, and refused."""
    rule(front.main)
    row = placed(front, 3)
    cancellation = Cancellation.objects.create(
        backorder_id=row.pk, order_id=row.order_id, order_line_id=row.order_line_id, quantity=3,
        value=30, currency="USD", by="staff", created_at=timezone.now(),
    )  # fmt: skip
    all_sent()
    refund = Refund.objects.create(
        cancellation=cancellation, order_id=row.order_id, amount=Decimal("30.00"), currency="USD",
        key="00000000-0000-0000-0000-000000000001", state="failed", attempts=9,
        next_attempt_at=timezone.now(), message="The card has expired.", created_at=timezone.now(),
    )  # fmt: skip
    refund.next_attempt_at = None
    refund.save()
    return refund


def test_refund_failed__names_order_amount_and_trouble(front: Front, stuck: Refund) -> None:
    message = Message.objects.get(state=MessageState.PENDING)
    assert (message.kind, message.key) == ("refund_failed", f"refund_failed:{stuck.pk}:9")
    number = Backorder.objects.get().order_number

    mail = delivered()

    assert mail.to == list(STAFF)
    assert mail.subject == f"Order {number}: a refund of $30.00 needs your attention"
    assert f"The customer of order {number} is owed $30.00" in mail.body
    assert "The card has expired." in mail.body
    assert "backorderRefundPaidByHand" in mail.body


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "refunded"}, "it was paid back"),
        ({"next_attempt_at": "2030-01-01T00:00Z"}, "it is being asked for again"),
    ],
)
def test_refund_failed__not_once_somebody_took_care_of_it(
    stuck: Refund, values: dict[str, Any], why: str
) -> None:
    Refund.objects.filter(pk=stuck.pk).update(**values)
    Message.objects.filter(kind="refunded").delete()
    assert skipped() == why


# Messages given up


@pytest.fixture
def lost(front: Front) -> list[Message]:
    """Return two messages that did not get through."""
    rule(front.main)
    row = placed(front, 1)
    now = timezone.now()
    made = [
        Message.objects.create(
            kind="delayed", key=key, channel_id=front.main.pk, order_id=row.order_id, state=state,
            settled_at=now, due_at=now, created_at=now, transaction_id=1, last_error=last_error,
        )
        for key, state, last_error in (
            ("one", "given_up", "550 no such user"),
            ("two", "unknown", "the worker died while handing it over"),
        )
    ]  # fmt: skip
    assert look().given_up == 1
    return made


def test_given_up__names_each_and_its_trouble(front: Front, lost: list[Message]) -> None:
    number = Backorder.objects.get().order_number
    mail = delivered()
    assert mail.to == list(STAFF)
    assert mail.subject == f"{front.main.name}: 2 messages did not get through"
    assert things_of(mail) == [
        f"Order {number}: A date moved back: the worker died while handing it over",
        f"Order {number}: A date moved back: 550 no such user",
    ]
    assert "List-Unsubscribe" not in mail.extra_headers


def test_given_up__not_of_what_was_sent_again(front: Front, lost: list[Message]) -> None:
    outbox.send_again(ids=[lost[0].pk])
    Message.objects.filter(pk=lost[0].pk).update(state=MessageState.SENT)
    mail = delivered()
    assert mail.subject == f"{front.main.name}: 1 message did not get through"
    assert len(things_of(mail)) == 1


def test_given_up__not_once_all_were_sent_again(lost: list[Message]) -> None:
    Message.objects.filter(pk__in=[each.pk for each in lost]).update(state=MessageState.SENT)
    assert skipped() == "they were sent again"


# Whatever it is


@pytest.mark.parametrize("kind", ["low_stock", "limit", "late", "refund_failed", "given_up"])
def test_any__nobody_of_a_channel_that_is_gone(front: Front, kind: str) -> None:
    outbox.write([outbox.new(kind, "key", 2**31 - 1)])
    assert skipped() == "the channel is gone"
