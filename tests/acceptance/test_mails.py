"""Customers hear what concerns their order, once, in their language, while it is true."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.desk import Desk, buy_lines
from tests.acceptance.dock import Dock
from tests.acceptance.mailbox import Mailbox, follow, links_of
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Placed, Shop
from tests.hosts.smtp import Email

OUT = re.compile(r"/plugins/saleor\.backorders/u/[^/]+/$")


@pytest.fixture
def mailbox(plain_shop: Shop) -> Mailbox:
    """Open a shop with five on the shelf, where ten days pass until more come."""
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(5)
    shop.allow(limit=100, leadTimeDays=10).must()
    return Mailbox(shop)


def somebody() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.com"


def buy(mailbox: Mailbox, units: int, language: str = "EN") -> tuple[Placed, str]:
    email = somebody()
    return mailbox.shop.buy(units, email=email, language=language), email


def number(shop: Shop, order: Placed) -> str:
    return str(shop.backorder(order)["orderNumber"])


def in_days(days: int) -> str:
    on = datetime.now(UTC).date() + timedelta(days=days)
    return f"{on.day} {on:%B} {on.year}"


def the_only_link(mail: Email) -> str:
    (link,) = links_of(mail)
    return link


def assert_about_the_order(mail: Email, email: str) -> None:
    """What every message strictly about an order has, and has not."""
    assert mail.to == (email,)
    assert str(mail.mail["From"]) == "Boot Shop <shop@example.com>"
    assert mail.mail["Auto-Submitted"] == "auto-generated"
    assert mail.mail["List-Unsubscribe"] is None
    assert "Boot Shop" in mail.text
    assert "Boot Shop" in mail.html


def test_ten_with_five_on_the_shelf__mail_page_and_api_say_the_same(mailbox: Mailbox) -> None:
    shop = mailbox.shop
    order, email = buy(mailbox, 10)
    mail = mailbox.only()
    page = follow(the_only_link(mail))

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(shop, order)}: 5 ship now, 5 wait"
    assert "5 ship now, 5 wait" in mail.text
    assert "5 ship now, 5 wait" in mail.html
    assert f"Expected by {in_days(10)}" in mail.text
    assert page.status == 200
    assert "5 ship now, 5 wait" in page.text
    assert shop.backorder(order)["message"] == "5 ship now, 5 wait"


def test_ten_with_five_on_the_shelf__once_the_rest_is_here_none_says_so(mailbox: Mailbox) -> None:
    shop = mailbox.shop
    order, email = buy(mailbox, 10)
    link = the_only_link(mailbox.only())
    shop.set_stock(10).must()
    mail = mailbox.only()

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(shop, order)}: all of it is here"
    for said in (mail.text, mail.html, follow(link).text, shop.backorder(order)["message"]):
        assert "5 wait" not in said
    assert shop.backorder(order)["message"] == "10 ship now"
    assert mailbox.states() == [("placed", "sent"), ("allocated", "sent")]
    assert mailbox.deliver() == []


def test_what_became_untrue_before_it_was_sent__is_not_sent(mailbox: Mailbox) -> None:
    buy(mailbox, 10)
    mailbox.shop.set_stock(10).must()
    mail = mailbox.only()

    assert mail.subject.endswith("all of it is here")
    assert mailbox.rows() == [
        ("placed", "skipped", "nothing waits any more"),
        ("allocated", "sent", ""),
    ]


def test_what_was_shipped_before_it_was_told__is_not_told(mailbox: Mailbox) -> None:
    order, _ = buy(mailbox, 7)
    mailbox.deliver()
    mailbox.shop.set_stock(7).must()
    mailbox.shop.fulfil(order, 7).must()

    assert mailbox.deliver() == []
    assert mailbox.rows("allocated") == [("allocated", "skipped", "it has left, or was taken back")]


def test_an_order_of_which_nothing_waits__hears_nothing_from_us(mailbox: Mailbox) -> None:
    buy(mailbox, 5)
    assert mailbox.deliver() == []
    assert mailbox.rows() == []


def test_several_lines_of_one_order__are_told_in_one_email(mailbox: Mailbox) -> None:
    shop = mailbox.shop
    other = shop.add_product()
    shop.put(0, variant=other)
    shop.allow(variant=other, leadTimeDays=3).must()
    order = buy_lines(shop, [(shop.variant, 6), (other, 2)])
    mail = mailbox.only()

    assert mail.subject == f"Order {shop.backorders(order)[0]['orderNumber']}: 5 ship now, 3 wait"
    assert "5 ship now, 1 waits" in mail.text
    assert "2 wait\n" in mail.text
    assert len(links_of(mail)) == 2
    assert mailbox.states() == [("placed", "sent")]


def test_a_slip__apologises_and_offers_choices_behind_the_link(mailbox: Mailbox) -> None:
    shop, dock = mailbox.shop, Dock(mailbox.shop)
    pallet = dock.pallet(20, 4)
    order, email = buy(mailbox, 8)
    mailbox.deliver()
    dock.slip(pallet, 9)
    mail = mailbox.only()
    page = follow(the_only_link(mail))

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(shop, order)} is late: now expected by {in_days(9)}"
    assert "We apologise for that." in mail.text
    assert f"You were told {in_days(4)}." in mail.text
    assert f"Expected by {in_days(9)}" in mail.html
    assert "If you do nothing, your place in the queue is kept." in mail.text
    assert "Keep waiting" in page.text
    assert "Cancel what waits" in page.text


def test_a_slip_of_the_first_part__names_that_part(mailbox: Mailbox) -> None:
    shop, dock = mailbox.shop, Dock(mailbox.shop)
    pallet = dock.pallet(2, 4)
    dock.pallet(20, 18)
    order, _ = buy(mailbox, 10)
    mailbox.deliver()
    dock.slip(pallet, 9)
    mail = mailbox.only()

    expected = f"Part of order {number(shop, order)} is late: now expected by {in_days(9)}"
    assert mail.subject == expected
    assert f"You were told {in_days(4)}." in mail.text
    assert f"The first by {in_days(9)}" in mail.text


def test_a_slip_that_the_customer_answered_or_that_was_made_good__is_not_told(
    mailbox: Mailbox,
) -> None:
    dock = Dock(mailbox.shop)
    pallet = dock.pallet(20, 4)
    order, _ = buy(mailbox, 8)
    mailbox.deliver()
    dock.slip(pallet, 9)
    Desk(mailbox.shop, order).accept().must()
    assert mailbox.deliver() == []
    assert mailbox.rows("delayed") == [("delayed", "skipped", "nobody is asked any more")]

    dock.slip(pallet, 14)
    dock.slip(pallet, 9)
    assert [each.subject for each in mailbox.deliver() if "late" in each.subject] == []


def test_two_slips_before_anybody_was_told__are_told_once(mailbox: Mailbox) -> None:
    dock = Dock(mailbox.shop)
    pallet = dock.pallet(20, 4)
    buy(mailbox, 8)
    mailbox.deliver()
    dock.slip(pallet, 9)
    dock.slip(pallet, 12)
    mail = mailbox.only()

    assert mail.subject.endswith(f"now expected by {in_days(12)}")
    assert [state for _, state, _ in mailbox.rows("delayed")] == ["sent", "skipped"]


def test_silence_that_cancels__is_announced_with_its_day(mailbox: Mailbox) -> None:
    dock = Dock(mailbox.shop)
    dock.rule(silenceDays=5).must()
    pallet = dock.pallet(20, 4)
    buy(mailbox, 8)
    mailbox.deliver()
    dock.slip(pallet, 9)
    mail = mailbox.only()
    assert f"If we hear nothing from you by {in_days(5)}, we cancel what waits" in mail.text


def test_an_earlier_date__is_good_news(mailbox: Mailbox) -> None:
    shop, dock = mailbox.shop, Dock(mailbox.shop)
    order, email = buy(mailbox, 8)
    mailbox.deliver()
    dock.pallet(20, 4)
    mail = mailbox.only()

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(shop, order)} comes sooner: by {in_days(4)}"
    assert f"Expected by {in_days(4)}" in mail.text
    assert follow(the_only_link(mail)).status == 200


def test_part_of_it_is_here__can_be_had_at_once(mailbox: Mailbox) -> None:
    shop = mailbox.shop
    order, email = buy(mailbox, 10)
    mailbox.deliver()
    shop.set_stock(7).must()
    mail = mailbox.only()

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(shop, order)}: some of it is here"
    assert "7 ship now, 3 wait" in mail.text
    assert "Have what is here now" in follow(the_only_link(mail)).text


def test_cancelled_and_refunded__with_the_sum_that_goes_back(
    mailbox: Mailbox, till: PaymentApp
) -> None:
    order, email = buy(mailbox, 8)
    desk = Desk(mailbox.shop, order)
    desk.charge("85.00", till.install(mailbox.shop.host))
    mailbox.deliver()
    desk.cancel(2).must()
    mail = mailbox.only()

    assert_about_the_order(mail, email)
    its = number(mailbox.shop, order)
    assert mail.subject == f"Order {its}: cancelled, and $20.00 goes back to you"
    assert "We have sent $20.00 back to you, the way you paid." in mail.text
    assert "2 cancelled" in mail.text
    assert "1 of this order still waits for you." in mail.text
    assert [state for _, state in mailbox.states()] == ["sent", "sent", "skipped"]


def test_money_that_leaves_later__is_told_when_it_has(mailbox: Mailbox, till: PaymentApp) -> None:
    order, email = buy(mailbox, 8)
    desk = Desk(mailbox.shop, order)
    desk.charge("85.00", till.install(mailbox.shop.host))
    mailbox.deliver()
    till.mode = "pending"
    desk.cancel(2).must()
    assert "$20.00 is on its way back to you" in mailbox.only().text
    till.settle()
    desk.settle()
    mail = mailbox.only()

    assert_about_the_order(mail, email)
    assert mail.subject == f"Order {number(mailbox.shop, order)}: $20.00 was sent back to you"
    assert mailbox.deliver() == []


def test_the_orders_language_decides__then_the_channels(mailbox: Mailbox) -> None:
    shop = mailbox.shop
    buy(mailbox, 10, "DE")
    german = mailbox.only()
    assert german.subject.startswith("Bestellung ")
    assert german.subject.endswith(": 5 sofort lieferbar, 5 noch ausstehend")
    assert german.mail["Content-Language"] == "de"
    assert 'lang="de"' in german.html

    buy(mailbox, 1, "JA")
    assert mailbox.only().mail["Content-Language"] == "en"
    Dock(shop).rule(language="pl").must()
    buy(mailbox, 1, "JA")
    polish = mailbox.only()
    assert polish.mail["Content-Language"] == "pl"


def test_the_channel_says_who_writes(mailbox: Mailbox) -> None:
    Dock(mailbox.shop).rule(
        senderName="Boots & Co", senderAddress="hello@boots.example", replyTo="care@boots.example"
    ).must()
    buy(mailbox, 10)
    mail = mailbox.only()
    assert str(mail.mail["From"]) == "Boots & Co <hello@boots.example>"
    assert str(mail.mail["Reply-To"]) == "care@boots.example"
    assert mail.number.endswith("@boots.example>")


def test_a_muted_kind_and_a_silent_channel__send_nothing(mailbox: Mailbox) -> None:
    dock = Dock(mailbox.shop)
    dock.rule(mutedMessages=["PLACED"]).must()
    buy(mailbox, 10)
    assert mailbox.deliver() == []
    dock.rule(mutedMessages=[], transport="OFF").must()
    buy(mailbox, 1)
    assert mailbox.deliver() == []
    assert mailbox.rows() == [("placed", "skipped", "the channel does not send it")] * 2


def test_a_cancelled_order__is_not_written_to(mailbox: Mailbox) -> None:
    order, _ = buy(mailbox, 10)
    mailbox.shop.cancel(order).must()
    assert mailbox.deliver() == []
    assert mailbox.rows() == [("placed", "skipped", "the order is closed")]
