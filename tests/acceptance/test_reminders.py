"""What only time makes worth a message: written once, to whom it concerns, while it is so."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.acceptance import payment_app
from tests.acceptance.desk import Desk
from tests.acceptance.dock import Dock, day
from tests.acceptance.mailbox import DELIVER, REMIND, Mailbox
from tests.acceptance.money import key_of
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Placed, Shop
from tests.hosts.smtp import ACCEPT, NO_SUCH_USER, Email

TIMES = {
    "message": ("created_at", "settled_at", "due_at"),
    "backorder": ("placed_at", "allocated_at", "fulfilled_at"),
}


class Calendar:
    """A shop whose staff read mail, and whose past can be moved."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.staff = (somebody(), somebody())
        self.box = Mailbox(shop)
        self.rule(staffEmails=list(self.staff), statusDays=14, rateDays=7)

    def rule(self, **values: object) -> None:
        """Change how the channel speaks."""
        Dock(self.shop).rule(**values).must()

    def buy(self, units: int) -> tuple[Placed, str]:
        """Sell to somebody, and let them hear of it."""
        email = somebody()
        order = self.shop.buy(units, email=email)
        self.box.deliver()
        return order, email

    def pass_days(self, days: int) -> None:
        """Let all that happened in the channel have happened so many days earlier."""
        for table, columns in TIMES.items():
            moved = ", ".join(
                f"{name} = {name} - make_interval(days => {days})" for name in columns
            )
            self.shop.host.sql(
                f"UPDATE saleor_backorders_{table} SET {moved} WHERE channel_id = %s",
                self.shop.channel.pk,
            )

    def promise(self, order: Placed, days: int) -> None:
        """Let what waits of an order have been promised for another day, as if time passed."""
        for table, column in (("backorder", "id"), ("promise", "backorder_id")):
            self.shop.host.sql(
                f"UPDATE saleor_backorders_{table} SET promised_on = %s WHERE {column} IN"
                " (SELECT id FROM saleor_backorders_backorder WHERE order_id = %s)",
                day(days), key_of(order.id),
            )  # fmt: skip

    def look(self) -> None:
        """Let the reminder look."""
        self.shop.host.door("task", name=REMIND)

    def remind(self, *to: str) -> list[Email]:
        """Let the reminder look and the outbox be emptied; return what these people got by it."""
        mails = self.box.deliver(remind=True)
        return [each for each in mails if set(each.to) & set(to)]

    def rows(self, kind: str) -> list[tuple[str, str, str, str]]:
        """Return key, state, recipient and last error of the channel's messages of a kind."""
        return self.shop.host.sql(
            "SELECT key, state, recipient, last_error FROM saleor_backorders_message"
            " WHERE channel_id = %s AND kind = %s ORDER BY id",
            self.shop.channel.pk, kind,
        )  # fmt: skip

    def states(self, kind: str) -> list[str]:
        """Return the states of the channel's messages of a kind."""
        return [state for _, state, _, _ in self.rows(kind)]

    def channel_name(self) -> str:
        """Return what the staff's emails call the channel."""
        ((name,),) = self.shop.host.sql(
            "SELECT name FROM channel_channel WHERE id = %s", self.shop.channel.pk
        )
        return str(name)


def somebody() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.com"


@pytest.fixture
def calendar(plain_shop: Shop) -> Calendar:
    """Open a shop with an empty shelf, in which units may wait for ever."""
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(0)
    shop.allow(limit=100, leadTimeDays=300).must()
    return Calendar(shop)


# Still waiting


def test_who_waits_hears_once_a_period_and_no_more_once_all_arrived(calendar: Calendar) -> None:
    order, email = calendar.buy(3)
    calendar.pass_days(13)
    assert calendar.remind(email) == []

    calendar.pass_days(1)
    (mail,) = calendar.remind(email)

    number = calendar.shop.backorder(order)["orderNumber"]
    assert mail.subject == f"Order {number}: still on its way"
    key = f"status:{key_of(order.id)}:{datetime.now(UTC):%Y%m%d}"
    assert calendar.rows("status") == [(key, "sent", email, "")]
    assert calendar.remind(email) == []
    calendar.pass_days(13)
    assert calendar.remind(email) == []
    # A new key is a new day: the day moved with all the rest.
    calendar.shop.host.sql(
        "UPDATE saleor_backorders_message SET key = key || '-before' WHERE key = %s", key
    )
    calendar.pass_days(1)
    assert len(calendar.remind(email)) == 1
    assert calendar.states("status") == ["sent", "sent"]

    calendar.shop.set_stock(3).must()
    calendar.box.deliver()
    calendar.pass_days(300)
    assert calendar.remind(email) == []
    assert len(calendar.rows("status")) == 2


def test_who_heard_otherwise_lately_is_left_in_peace(calendar: Calendar) -> None:
    order, email = calendar.buy(3)
    calendar.pass_days(14)
    calendar.shop.set_stock(1).must()
    assert [mail.subject for mail in calendar.box.deliver()] == [
        f"Order {calendar.shop.backorder(order)['orderNumber']}: some of it is here"
    ]
    calendar.pass_days(13)
    assert calendar.remind(email) == []
    calendar.pass_days(1)
    assert len(calendar.remind(email)) == 1


def test_what_arrived_before_the_word_left_is_not_waited_for(calendar: Calendar) -> None:
    _, email = calendar.buy(3)
    calendar.pass_days(14)
    calendar.look()
    calendar.shop.set_stock(3).must()
    (mail,) = calendar.box.deliver()
    assert mail.subject.endswith("all of it is here")
    ((_, state, recipient, last_error),) = calendar.rows("status")
    assert (state, recipient, last_error) == ("skipped", "", "nothing waits any more")
    assert email in mail.to


def test_customers_of_closed_orders_hear_nothing(calendar: Calendar) -> None:
    order, email = calendar.buy(3)
    calendar.shop.cancel(order).must()
    calendar.box.deliver()
    calendar.pass_days(14)
    assert calendar.remind(email) == []
    calendar.pass_days(14)
    assert calendar.remind(email) == []
    assert (calendar.rows("status"), calendar.rows("rate")) == ([], [])


# How was it


def shipped(calendar: Calendar) -> tuple[Placed, str]:
    """Sell three that wait, let them arrive and leave."""
    order, email = calendar.buy(3)
    calendar.shop.set_stock(3).must()
    calendar.box.deliver()
    calendar.shop.fulfil(order, 3).must()
    calendar.box.deliver()
    return order, email


def test_who_got_everything_is_asked_once_how_it_was(calendar: Calendar) -> None:
    order, email = shipped(calendar)
    calendar.pass_days(6)
    assert calendar.remind(email) == []

    calendar.pass_days(1)
    (mail,) = calendar.remind(email)

    number = calendar.shop.backorder(order)["orderNumber"]
    assert mail.subject == f"How was the wait for order {number}?"
    assert "/r/" in mail.text
    assert mail.mail["List-Unsubscribe"]
    assert calendar.rows("rate") == [(f"rate:{key_of(order.id)}", "sent", email, "")]
    calendar.pass_days(5)
    assert calendar.remind(email) == []


def test_who_got_only_a_part_is_not_asked(calendar: Calendar) -> None:
    order, email = calendar.buy(3)
    calendar.shop.set_stock(2).must()
    calendar.shop.fulfil(order, 2).must()
    calendar.box.deliver()
    calendar.pass_days(8)
    assert calendar.remind(email) == []


def test_an_update_writes_to_nobody_whose_order_was_done_long_ago(calendar: Calendar) -> None:
    _, email = shipped(calendar)
    calendar.pass_days(38)
    assert calendar.remind(email) == []
    assert calendar.rows("rate") == []


# Staff


def test_low_stock_is_told_once_a_crossing(calendar: Calendar) -> None:
    shop, staff = calendar.shop, calendar.staff
    shop.set_stock(5).must()
    shop.allow(limit=100, lowStock=3).must()
    assert calendar.remind(*staff) == []

    shop.buy(2)
    (mail,) = calendar.remind(*staff)

    assert mail.to == staff
    assert mail.subject == f"{calendar.channel_name()}: 1 variant is low"
    assert ": 3 are free" in mail.text
    ((key, state, recipient, _),) = calendar.rows("low_stock")
    assert key.startswith(f"low_stock:{shop.channel.pk}:")
    assert (state, recipient) == ("sent", ", ".join(staff))
    shop.buy(1)
    assert calendar.remind(*staff) == []

    shop.set_stock(20).must()
    assert calendar.remind(*staff) == []
    shop.set_stock(4).must()
    (again,) = calendar.remind(*staff)
    assert ": 1 is free" in again.text
    assert calendar.states("low_stock") == ["sent", "sent"]


def test_a_limit_is_told_when_it_is_nearly_reached(calendar: Calendar) -> None:
    shop, staff = calendar.shop, calendar.staff
    calendar.rule(limitWarningPercent=80)
    shop.allow(limit=10).must()
    shop.buy(7)
    assert calendar.remind(*staff) == []

    shop.buy(1)
    (mail,) = calendar.remind(*staff)

    assert mail.to == staff
    assert mail.subject == f"{calendar.channel_name()}: 1 limit is nearly reached"
    assert "8 of at most 10 wait" in mail.text
    ((key, state, _, _),) = calendar.rows("limit")
    assert (key.startswith(f"limit:{shop.channel.pk}:"), state) == (True, "sent")
    shop.buy(2)
    assert calendar.remind(*staff) == []


def test_promises_are_told_once_a_day_with_how_many_are_late_and_about_to_be(
    calendar: Calendar,
) -> None:
    calendar.rule(lateWarningDays=2)
    late, soon, fine = (calendar.buy(units)[0] for units in (1, 2, 3))
    calendar.promise(late, -1)
    calendar.promise(soon, 2)
    calendar.promise(fine, 3)

    (mail,) = calendar.remind(*calendar.staff)

    assert mail.subject == f"{calendar.channel_name()}: 1 late, 1 about to be"
    number = calendar.shop.backorder(late)["orderNumber"]
    assert f"Order {number}: Winter boots" in mail.text
    key = f"late:{calendar.shop.channel.pk}:{day(0)}"
    assert calendar.rows("late") == [(key, "sent", ", ".join(calendar.staff), "")]
    assert calendar.remind(*calendar.staff) == []
    assert len(calendar.rows("late")) == 1


def test_a_promise_that_a_shipment_covers_is_not_about_to_be_late(calendar: Calendar) -> None:
    order, _ = calendar.buy(3)
    Dock(calendar.shop).pallet(3, 1)
    calendar.promise(order, 2)
    assert calendar.remind(*calendar.staff) == []
    assert calendar.rows("late") == []


def test_a_refund_that_an_app_refuses_until_it_is_given_up_is_told(
    sure_shop: Shop, till: PaymentApp
) -> None:
    calendar = Calendar(sure_shop)
    desk = Desk(sure_shop, sure_shop.buy(5))
    desk.charge("55.00", till.install(sure_shop.host))
    till.mode = payment_app.REFUSE
    desk.cancel().must()
    for _ in range(7):
        desk.settle()
    assert calendar.rows("refund_failed") == []

    desk.settle()
    mails = [each for each in calendar.box.deliver() if each.to == calendar.staff]

    number = sure_shop.backorder(desk.order)["orderNumber"]
    (mail,) = mails
    assert mail.subject.startswith(f"Order {number}: a refund of $30.00 needs ")
    assert payment_app.REFUSAL in mail.text
    (row,) = calendar.rows("refund_failed")
    assert row[0].startswith("refund_failed:")
    assert row[1:] == ("sent", ", ".join(calendar.staff), "")
    desk.settle()
    assert calendar.box.deliver() == []


def test_a_refund_that_was_paid_meanwhile_needs_nobody(sure_shop: Shop, till: PaymentApp) -> None:
    calendar = Calendar(sure_shop)
    desk = Desk(sure_shop, sure_shop.buy(5))
    desk.charge("55.00", till.install(sure_shop.host))
    till.mode = payment_app.REFUSE
    desk.cancel().must()
    for _ in range(8):
        desk.settle()
    till.mode = payment_app.ACCEPT
    (seen,) = desk.open_refunds()
    desk.retry(seen["id"]).must()

    calendar.box.deliver()

    ((_, state, _, last_error),) = calendar.rows("refund_failed")
    assert (state, last_error) == ("skipped", "it was paid back")
    assert desk.refunds() == [("REFUNDED", desk.refunds()[0][1])]


def told_in_this_hour(calendar: Calendar) -> None:
    """Let what staff were told have been told in the hour that it is, and for some seconds yet."""
    left = 3600 - time.time() % 3600
    if left < 5:
        time.sleep(left)
    calendar.shop.host.sql(
        "UPDATE saleor_backorders_message SET key = %s WHERE channel_id = %s AND kind = 'given_up'",
        f"given_up:{calendar.shop.channel.pk}:{datetime.now(UTC):%Y%m%d%H}",
        calendar.shop.channel.pk,
    )


def test_messages_that_do_not_get_through_are_told_at_most_once_an_hour(
    calendar: Calendar,
) -> None:
    staff, post = calendar.staff, calendar.shop.host.post
    post.mood = lambda recipient, moment: ACCEPT if recipient in staff else NO_SUCH_USER
    try:
        order, _ = calendar.buy(3)
        calendar.buy(1)
        (mail,) = calendar.remind(*staff)
        calendar.buy(1)
        told_in_this_hour(calendar)
        assert calendar.remind(*staff) == []
    finally:
        post.mood = lambda recipient, moment: ACCEPT

    assert mail.subject == f"{calendar.channel_name()}: 2 messages did not get through"
    number = calendar.shop.backorder(order)["orderNumber"]
    assert f"Order {number}: What ships now and what waits" in mail.text
    assert "no such user" in mail.text
    ((key, state, recipient, _),) = calendar.rows("given_up")
    assert key.startswith(f"given_up:{calendar.shop.channel.pk}:{datetime.now(UTC):%Y%m%d}")
    assert (state, recipient) == ("sent", ", ".join(staff))
    calendar.shop.host.sql(
        "UPDATE saleor_backorders_message SET key = key || '-before' WHERE key = %s", key
    )
    (later,) = calendar.remind(*staff)
    assert later.subject == f"{calendar.channel_name()}: 1 message did not get through"
    assert calendar.remind(*staff) == []


# Whoever does not want to hear, and whoever looks


def test_kinds_that_the_channel_muted_are_not_even_written(calendar: Calendar) -> None:
    shop = calendar.shop
    calendar.rule(
        mutedMessages=["STATUS", "RATE", "LOW_STOCK", "LIMIT", "LATE"], limitWarningPercent=1
    )
    _, email = shipped(calendar)
    order, other = calendar.buy(5)
    shop.allow(limit=10, lowStock=3).must()
    calendar.promise(order, -1)
    calendar.pass_days(20)
    assert calendar.remind(email, other, *calendar.staff) == []
    for kind in ("status", "rate", "low_stock", "limit", "late"):
        assert calendar.rows(kind) == []


def test_without_staff_addresses_nothing_is_written_to_staff(calendar: Calendar) -> None:
    calendar.rule(staffEmails=[], limitWarningPercent=1)
    order, _ = calendar.buy(5)
    calendar.shop.allow(limit=10, lowStock=3).must()
    calendar.promise(order, -1)
    calendar.look()
    assert [calendar.rows(kind) for kind in ("low_stock", "limit", "late")] == [[], [], []]

    calendar.rule(staffEmails=list(calendar.staff))
    assert len(calendar.remind(*calendar.staff)) == 3


def test_workers_that_look_at_once_write_once(calendar: Calendar) -> None:
    shop = calendar.shop
    calendar.rule(limitWarningPercent=1)
    _, done = shipped(calendar)
    order, waits = calendar.buy(5)
    shop.allow(limit=10, lowStock=3).must()
    calendar.pass_days(14)
    calendar.promise(order, -1)
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(lambda _: calendar.look(), range(6)))
    kinds = ("status", "rate", "low_stock", "limit", "late")
    assert [calendar.states(kind) for kind in kinds] == [["pending"]] * 5

    with ThreadPoolExecutor(4) as workers:
        tasks = [REMIND, DELIVER, REMIND, DELIVER]
        list(workers.map(lambda name: shop.host.door("task", name=name), tasks))
    calendar.box.deliver()
    assert [calendar.states(kind) for kind in kinds] == [["sent"]] * 5
    assert len(calendar.box.mails(waits)) == 2
    assert len(calendar.box.mails(done)) == 3
    assert len(calendar.box.mails(calendar.staff[0])) == 3
