"""What the page behind a customer's link shows and does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from saleor_backorders.common import i18n, links
from saleor_backorders.common.i18n import Money
from saleor_backorders.models import Backorder, Cancellation, ChannelRule, Decision
from tests.pages.conftest import Visitor, let_slip
from tests.services.front import Front, run_triggers
from tests.sql.world import model


def said(on: date | None) -> str:
    assert on
    return f"{on.day} {on:%B %Y}"


def order_of(backorder: Backorder) -> Any:
    return model("order", "Order").objects.filter(pk=backorder.order_id)


def now(backorder: Backorder) -> tuple[int, int, int]:
    """Return what waits, what is allocated and what was cancelled."""
    row = Backorder.objects.get(pk=backorder.pk)
    return row.waiting, row.allocated, row.cancelled


def snapshot() -> list[tuple[Any, ...]]:
    """Return every row that a choice could change."""
    rows: list[tuple[Any, ...]] = [*Backorder.objects.order_by("pk").values_list()]
    rows += Decision.objects.order_by("pk").values_list()
    for label, name in (("order", "Order"), ("order", "OrderLine"), ("order", "Fulfillment")):
        rows += model(label, name).objects.order_by("pk").values_list()
    return rows


# looking


def test_look__what_waits_and_until_when(visitor: Visitor) -> None:
    shown = visitor.look()
    number = visitor.backorder.order_number
    assert shown.status == 200
    assert shown.text == (
        f"Your order {number} Lamp (Red) 3 wait Still on the way to us 3 "
        f"Expected by {said(visitor.backorder.expected_on)} "
        "Stop waiting About $30.00 comes back to you. Cancel what waits"
    )
    assert shown.links == ["?ask=cancel"]
    assert shown.forms == {}


def test_look__a_slip_is_told_with_what_silence_means(visitor: Visitor) -> None:
    decision = let_slip(visitor.backorder)
    text = visitor.look().text
    assert (
        "We are sorry: this takes longer than we told you. "
        f"You were told {said(decision.previous_on)}." in text
    )
    assert "If you do nothing, your place in the queue is kept all the same." in text
    until = timezone.now().date() + timedelta(days=14)
    Decision.objects.update(silence_on=until)
    assert (
        f"If we hear nothing from you by {said(until)}, we cancel what waits and pay it back."
        in visitor.look().text
    )


def test_look__the_first_of_several_days(visitor: Visitor) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)
    Backorder.objects.update(expected_first_on=tomorrow)
    assert f"The first by {said(tomorrow)}" in visitor.look().text


def test_look__no_day_that_has_passed(visitor: Visitor) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    Backorder.objects.update(expected_on=yesterday, expected_first_on=yesterday)
    text = visitor.look().text
    assert "We have no date for you yet." in text
    assert "Expected by" not in text


def test_look__what_is_here_can_be_had_now(front: Front, visitor: Visitor) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, 1)
    shown = visitor.look()
    assert "Lamp (Red) 1 ships now, 2 wait Still on the way to us 2" in shown.text
    assert "Here and reserved for you 1" in shown.text
    assert shown.forms == {"send": {"do": "send", "seen": "2-1"}}


def test_look__all_of_it_here_leaves_nothing_to_choose(front: Front, visitor: Visitor) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, 3)
    shown = visitor.look()
    assert shown.text.endswith(
        "Here and reserved for you 3 All of it is here. We send it as soon as we can."
    )
    assert (shown.forms, shown.links) == ({}, [])
    assert visitor.look("?ask=cancel").body == shown.body


def test_look__what_is_on_the_shelf_for_all_that_waits(front: Front, visitor: Visitor) -> None:
    enough, few, dear = front.sold(3), front.sold(2), front.sold(3)
    enough.channel_listings.update(price_amount=8)
    dear.channel_listings.update(price_amount=11)
    shown = visitor.look()
    assert shown.links == [f"?ask=switch&variant={enough.pk}", "?ask=cancel"]
    assert "Lamp (Red) About $6.00 comes back to you. Choose" in shown.text
    assert few.pk != enough.pk


def test_look__what_is_dearer_where_the_shop_gives_it_at_the_same_price(
    front: Front, visitor: Visitor
) -> None:
    dear = front.sold(3)
    dear.channel_listings.update(price_amount=11)
    choose = f"?ask=switch&variant={dear.pk}"
    ChannelRule.objects.update_or_create(channel_id=0, defaults={"dearer_at_same_price": True})
    shown = visitor.look()
    assert choose in shown.links
    assert "It costs you nothing more." in shown.text
    ChannelRule.objects.create(channel_id=front.main.pk, dearer_at_same_price=False)
    assert choose not in visitor.look().links


def test_look__changes_nothing_however_often_and_whatever_is_asked(
    front: Front, visitor: Visitor
) -> None:
    other = front.sold(3)
    let_slip(visitor.backorder)
    before = snapshot()
    for query in (
        "", "?ask=cancel", f"?ask=switch&variant={other.pk}", "?ask=nonsense", "?done=keep",
        "?do=cancel&seen=3-0", "?ask=switch&variant=x",
    ):  # fmt: skip
        visitor.look(query)
        visitor.send("HEAD", query, {})
    assert snapshot() == before


def test_look__says_no_name_address_or_link_of_another_place(
    front: Front, visitor: Visitor
) -> None:
    order_of(visitor.backorder).update(user_email="ada@example.com", language_code="en")
    front.sold(3)
    body = visitor.look().body.decode()
    assert "ada@example.com" not in body
    assert "http" not in body
    assert "<script" not in body


def test_look__a_product_without_variants_is_named_once(visitor: Visitor) -> None:
    Backorder.objects.update(variant_name="Lamp")
    assert "Lamp 3 wait Still on the way to us 3" in visitor.look().text


def test_look__escapes_what_staff_typed(visitor: Visitor) -> None:
    Backorder.objects.update(product_name="<b>Lamp</b> & co")
    assert "&lt;b&gt;Lamp&lt;/b&gt; &amp; co (Red)" in visitor.look().body.decode()


def test_look__costs_the_same_few_statements_whatever_is_offered(
    front: Front, visitor: Visitor
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            visitor.look()
        return len(seen)

    front.sold(3)
    before = statements()
    for _ in range(9):
        front.sold(3)
    # Most of them are sums of one order's money.
    assert statements() == before < 25


def test_headers__keep_the_link_to_its_holder(visitor: Visitor) -> None:
    answers = [
        visitor.look().response,
        visitor.look("?ask=cancel").response,
        Visitor(visitor.backorder, "wrong").look().response,
    ]
    for response in answers:
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith(
            "default-src 'none'; style-src 'sha256-"
        )
        assert not response.cookies


def test_methods__no_others(visitor: Visitor) -> None:
    for token in (visitor.token, "wrong"):
        shown = Visitor(visitor.backorder, token).send("DELETE", "", {})
        assert (shown.status, shown.response["Allow"]) == (405, "GET, HEAD, POST")


# the language


def test_language__that_of_the_order_not_of_the_browser(visitor: Visitor) -> None:
    order_of(visitor.backorder).update(language_code="de")
    shown = visitor.look(**{"Accept-Language": "fr"})
    assert '<html lang="de" dir="ltr">' in shown.body.decode()


def test_language__english_where_the_sentences_are_not_known(visitor: Visitor) -> None:
    order_of(visitor.backorder).update(language_code="ar")
    shown = visitor.look()
    assert '<html lang="en" dir="ltr">' in shown.body.decode()
    assert f"Expected by {said(visitor.backorder.expected_on)}" in shown.text
    assert "About $30.00" in shown.text


def test_language__one_that_the_shop_translated_itself(
    visitor: Visitor, settings: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # A process asks once which languages are spoken; this one's answer is not the others'.
    i18n.is_spoken.cache_clear()
    request.addfinalizer(i18n.is_spoken.cache_clear)
    catalogue = Catalog(locale="ar")
    catalogue.add("This link leads nowhere", "هذا الرابط لا يؤدي إلى أي مكان")
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as written:
        write_mo(written, catalogue)
    settings.LOCALE_PATHS = [str(tmp_path)]
    order_of(visitor.backorder).update(language_code="ar")
    assert '<html lang="ar" dir="rtl">' in visitor.look().body.decode()


def test_language__a_link_that_leads_nowhere_speaks_the_browsers(visitor: Visitor) -> None:
    shown = Visitor(visitor.backorder, "wrong").look(**{"Accept-Language": "de"})
    assert shown.text.startswith("Dieser Link führt nirgendwohin Vielleicht ist er zu alt")


def test_money__in_a_language_that_nobody_writes_amounts_in() -> None:
    with translation.override("en-zz"):
        assert str(Money(Decimal("1234.5"), "USD")) == "$1,234.50"
        assert str(Money(Decimal(1200), "JPY")) == "¥1,200"


# choosing


def test_keep__closes_the_question_and_thanks(visitor: Visitor) -> None:
    let_slip(visitor.backorder)
    form = visitor.look().forms["keep"]
    for _ in range(2):
        shown = visitor.press(form)
        assert (shown.status, shown.response["Location"]) == (303, "?done=keep")
    decision = Decision.objects.get()
    assert (decision.state, decision.decided_by) == ("kept_waiting", "customer")
    text = visitor.look("?done=keep").text
    assert "Thank you. Your place in the queue is kept." in text
    assert "We are sorry" not in text
    assert now(visitor.backorder) == (3, 0, 0)


def test_send__tells_staff_and_thanks(front: Front, visitor: Visitor) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, 1)
    shown = visitor.press(visitor.look().forms["send"])
    assert (shown.status, shown.response["Location"]) == (303, "?done=send")
    text = visitor.look("?done=send").text
    assert "Thank you. We were told to send what is here." in text
    assert "Here and reserved for you 1 You asked us to send it." in text
    assert visitor.look().forms == {}
    assert now(visitor.backorder) == (2, 1, 0)


def test_send__refuses_where_nothing_is_here(visitor: Visitor) -> None:
    before = snapshot()
    shown = visitor.press({"do": "send", "seen": "3-0"})
    assert shown.status == 409
    assert "There are not enough units for this. 3 wait Still on the way to us 3" in shown.text
    assert snapshot() == before


def test_cancel__asks_first_then_cancels_what_waits(visitor: Visitor) -> None:
    asked = visitor.look("?ask=cancel")
    assert "Cancel the 3 that you wait for?" in asked.text
    assert asked.links == ["?"]
    assert now(visitor.backorder) == (3, 0, 0)
    shown = visitor.press(asked.forms["cancel"])
    assert shown.status == 200
    assert "3 are cancelled. $30.00 is on its way back to you." in shown.text
    assert now(visitor.backorder) == (0, 0, 3)
    assert visitor.look().status == 404


@pytest.mark.parametrize("arrived", [0, 1])
def test_cancel__a_second_click_is_answered_like_the_first_and_cancels_once(
    front: Front, visitor: Visitor, arrived: int
) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, arrived)
    form = visitor.look("?ask=cancel").forms["cancel"]
    first, second = visitor.press(form), visitor.press(form)
    assert first.status == second.status == 200
    assert first.text == second.text
    assert now(visitor.backorder) == (0, arrived, 3 - arrived)
    assert Cancellation.objects.get().quantity == 3 - arrived


def test_cancel__another_page_opened_before_cancels_nothing_more(
    front: Front, visitor: Visitor
) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, 1)
    one, other = (visitor.look("?ask=cancel").forms["cancel"] for _ in range(2))
    assert visitor.press(one).status == 200
    again = visitor.press(other)
    assert (again.status, now(visitor.backorder)) == (409, (0, 1, 2))
    assert "This has changed in the meantime. Please look again." in again.text


def test_cancel__an_unpaid_order_is_promised_nothing(front: Front) -> None:
    unpaid = Visitor(front.wait(front.sold(0, limit=10), 3))
    assert "comes back" not in unpaid.look().text
    shown = unpaid.press(unpaid.look("?ask=cancel").forms["cancel"])
    assert "3 are cancelled. You can close this page." in shown.text


def test_switch__asks_first_then_takes_it(front: Front, visitor: Visitor) -> None:
    other = front.sold(3)
    other.channel_listings.update(price_amount=9)
    asked = visitor.look(f"?ask=switch&variant={other.pk}")
    assert "Take 3 × Lamp (Red) instead of the 3 that you wait for?" in asked.text
    assert "About $3.00 comes back to you." in asked.text
    shown = visitor.press(asked.forms["switch"])
    assert shown.status == 200
    assert "Lamp (Red) is yours instead, under the order number" in shown.text
    assert "$3.00 is on its way back to you." in shown.text
    assert now(visitor.backorder) == (0, 0, 3)


def test_switch__refuses_what_is_not_offered(front: Front, visitor: Visitor) -> None:
    other, few = front.sold(3), front.sold(2)
    form = visitor.look(f"?ask=switch&variant={other.pk}").forms["switch"]
    front.set_stock(other, front.shelves, 2)
    for variant in (str(other.pk), str(few.pk), str(visitor.backorder.variant_id), "", "x"):
        shown = visitor.press({**form, "variant": variant})
        assert (shown.status, now(visitor.backorder)) == (409, (3, 0, 0))
        assert "This is no longer there. Please choose again." in shown.text
    assert visitor.look(f"?ask=switch&variant={few.pk}").status == 409


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "cancel"},
        {"do": "cancel", "seen": "2-0"},
        {"do": "cancel", "seen": "3-1"},
        {"do": "nonsense", "seen": "3-0"},
    ],
)
def test_choose__a_page_out_of_date_is_shown_anew(visitor: Visitor, form: dict[str, str]) -> None:
    shown = visitor.press(form)
    assert (shown.status, now(visitor.backorder)) == (409, (3, 0, 0))
    assert "Please look again." in shown.text
    assert "Still on the way to us 3" in shown.text


# links that lead nowhere


def test_link__of_one_line_neither_reads_nor_changes_another(
    front: Front, visitor: Visitor
) -> None:
    order = model("order", "Order").objects.get(pk=visitor.backorder.order_id)
    line = front.line(order, front.sold(0, limit=10), 5)
    front.allocate(line, 5)
    run_triggers()
    other = Visitor(Backorder.objects.get(order_line_id=line.pk))
    number, rest = visitor.token.split(".", 1)
    assert number == str(visitor.backorder.id)
    swapped = Visitor(other.backorder, f"{other.backorder.id}.{rest}")
    assert swapped.look().status == 404
    form = {"do": "cancel", "seen": "5-0"}
    assert swapped.press(form).status == 404
    assert visitor.press(form).status == 409
    assert (now(visitor.backorder), now(other.backorder)) == ((3, 0, 0), (5, 0, 0))
    assert "Still on the way to us 5" in other.look().text


def test_link__whatever_is_wrong_the_answer_is_the_same(
    front: Front, visitor: Visitor, settings: Any
) -> None:
    settings.SALEOR_BACKORDERS_WRONG_LINKS_A_MINUTE = 100
    cancelled = Visitor(front.wait(front.sold(0, limit=10), 2))
    line = model("order", "OrderLine").objects.get(pk=cancelled.backorder.order_line_id)
    front.cancel(line)
    run_triggers()
    settings.SALEOR_BACKORDERS_LINK_DAYS = -1
    old = visitor.look()
    settings.SALEOR_BACKORDERS_LINK_DAYS = 60
    answers = [old]
    for token in ("", "nonsense", visitor.token[:-1], visitor.token + "A", links.issue(10**15)):
        answers.append(Visitor(visitor.backorder, token or "-").look())
    answers += [cancelled.look(), cancelled.press({"do": "cancel", "seen": "2-0"})]
    assert {shown.status for shown in answers} == {404}
    assert len({shown.body for shown in answers}) == 1
    assert len({str(sorted(shown.response.items())) for shown in answers}) == 1
    assert "This link leads nowhere" in old.text


def test_link__guessing_is_slowed_down_and_a_good_link_is_served(
    front: Front, visitor: Visitor
) -> None:
    gone = Visitor(front.wait(front.sold(0, limit=10), 2))
    order_of(gone.backorder).update(status="canceled")
    wrong = [Visitor(visitor.backorder, f"{n}.{visitor.token}") for n in range(199)] + [gone]
    answers = [each.look() for each in wrong]
    assert [shown.status for shown in answers[:20]] == [404] * 20
    # A minute may have ended in between, which lets twenty more pass.
    slowed = [shown for shown in answers if shown.status == 429]
    assert len(slowed) in (160, 180)
    assert len({shown.body for shown in slowed}) == 1
    assert all(1 <= int(shown.response["Retry-After"]) <= 60 for shown in slowed)
    assert visitor.look().status == 200
    order_of(gone.backorder).update(status="unfulfilled")
