"""What is not strictly about an order carries a way out, and every link leads where it says."""

from __future__ import annotations

from tests.acceptance.mailbox import follow, links_of
from tests.acceptance.patience import Patience
from tests.acceptance.shop import Shop
from tests.acceptance.test_reminders import Calendar, calendar, shipped, somebody
from tests.hosts.smtp import Email

__all__ = ["calendar"]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
RATING = "query R($id: ID!) { backorder(id: $id) { rating } }"


def by_kind(mail: Email) -> dict[str, str]:
    """Return the email's links by what they are for."""
    found = {url.split("/plugins/saleor.backorders/")[1][0]: url for url in links_of(mail)}
    assert len(found) == len(links_of(mail))
    return found


def assert_leads_out(mail: Email) -> str:
    out = by_kind(mail)["u"]
    assert str(mail.mail["List-Unsubscribe"]).strip() == f"<{out}>"
    assert str(mail.mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    page = follow(out)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    return out


def another_period(calendar: Calendar) -> None:
    """Let fifteen days pass, and the word that was sent be of another day."""
    calendar.pass_days(15)
    calendar.shop.host.sql(
        "UPDATE saleor_backorders_message SET key = 'status:before:' || id"
        " WHERE channel_id = %s AND kind = 'status'",
        calendar.shop.channel.pk,
    )


def test_a_status_update__leads_to_the_order_and_out(calendar: Calendar) -> None:
    _, email = calendar.buy(3)
    calendar.pass_days(14)
    (mail,) = calendar.remind(email)
    page = follow(by_kind(mail)["w"])
    assert "3 wait" in page.text
    assert "3 wait" in mail.text

    # Looking takes nobody off; the button of the mail program does, without opening the page.
    out = assert_leads_out(mail)
    another_period(calendar)
    (again,) = calendar.remind(email)
    assert again.subject == mail.subject
    assert follow(out, ONE_CLICK).status == 200
    assert follow(out, ONE_CLICK).status == 200
    another_period(calendar)
    assert calendar.remind(email) == []

    # What is about the order goes on.
    calendar.shop.set_stock(3).must()
    (here,) = calendar.box.deliver()
    assert here.to == (email,)
    assert here.mail["List-Unsubscribe"] is None


def test_the_question_how_it_was__is_answered_from_its_link(calendar: Calendar) -> None:
    order, email = shipped(calendar)
    calendar.pass_days(7)
    (mail,) = calendar.remind(email)
    assert_leads_out(mail)
    rate = by_kind(mail)["r"]

    assert follow(rate).status == 200
    key = {"id": calendar.shop.backorder(order)["id"]}
    assert calendar.shop.ask_plugin(RATING, key, calendar.shop.staff) == {"rating": None}
    assert follow(rate, {"score": "4", "comment": "Quick enough."}).status in (200, 303)
    assert calendar.shop.ask_plugin(RATING, key, calendar.shop.staff) == {"rating": 4}


def test_an_offer__is_told_by_an_email_of_its_own_where_none_else_brought_it(
    plain_shop: Shop,
) -> None:
    patient = Patience(plain_shop, percent=10)
    box = Calendar(plain_shop)
    email = somebody()
    order = plain_shop.buy(3, email=email)
    box.rule(mutedMessages=["PLACED"])
    box.box.deliver()
    plain_shop.host.sql(
        "UPDATE saleor_backorders_message SET due_at = now() WHERE channel_id = %s",
        plain_shop.channel.pk,
    )
    (mail,) = [each for each in box.box.deliver() if email in each.to]

    code = patient.code(order)
    assert mail.subject.endswith(": something for your patience")
    for body in (mail.text, mail.html):
        assert f"Your code: {code}" in body
        assert "10% off" in body or "10 % off" in body
    assert_leads_out(mail)
    assert set(by_kind(mail)) == {"u"}
    assert box.box.deliver() == []


def test_an_offer__comes_with_the_email_that_says_what_waits(plain_shop: Shop) -> None:
    patient = Patience(plain_shop, percent=10)
    box = Calendar(plain_shop)
    email = somebody()
    order = plain_shop.buy(3, email=email)
    (mail,) = [each for each in box.box.deliver() if email in each.to]
    assert f"Your code: {patient.code(order)}" in mail.text
    plain_shop.host.sql(
        "UPDATE saleor_backorders_message SET due_at = now() WHERE channel_id = %s",
        plain_shop.channel.pk,
    )
    assert box.box.deliver() == []
    assert box.box.states() == [("placed", "sent"), ("offer", "skipped")]
