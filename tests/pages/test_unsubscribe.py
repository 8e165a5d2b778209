"""The pages behind the links of sign-ups: confirming one, and the way out of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from saleor_backorders import outbox
from saleor_backorders.back_in_stock import subscriptions, unsubscribe
from saleor_backorders.common import links
from saleor_backorders.models import BackInStockSubscription as SignUp
from saleor_backorders.models import Message, MessageState, Unsubscribed
from saleor_backorders.pages import router
from tests.pages.conftest import Shown
from tests.services.front import Front
from tests.services.post import deliver, token_in
from tests.sql.world import model

ADA = "ada@example.com"


def open_link(kind: str, token: str, method: str = "GET", **request: Any) -> Shown:
    path = f"/{kind}/{token}/"
    answer = router.answer(RequestFactory().generic(method, path, **request), path)
    assert isinstance(answer, HttpResponse)
    return Shown(answer)


def ask(front: Front, language: str = "en", email: str = ADA) -> SignUp:
    now = timezone.now()
    subscriptions.subscribe(
        variant_id=front.sold(0).pk, channel=front.main.slug, email=email, language=language,
        address="203.0.113.9", now=now, today=now.date(),
    )  # fmt: skip
    return SignUp.objects.order_by("-pk")[0]


def confirm_link(row: SignUp) -> str:
    return links.issue_for(links.CONFIRM, row.pk)


def way_out_of(message: Message) -> str:
    return links.issue_for(links.OUT, message.pk)


@pytest.fixture
def status(front: Front) -> Message:
    """Return a message about waiting that somebody got."""
    message = outbox.new("status", "status:1", front.main.pk, recipient=ADA, language="en")
    message.state = MessageState.SENT
    outbox.write([message])
    return Message.objects.get(key="status:1")


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_confirm__looking_changes_nothing_and_the_button_does(front: Front) -> None:
    row = ask(front)
    shown = open_link("n", confirm_link(row))
    assert shown.status == 200
    assert shown.text == (
        "Tell me when it is back Lamp (Red) Shall we write to you once, as soon as it is back?"
        " It is not reserved for you. Yes, tell me once If it was not you who asked, do nothing:"
        " we erase the address after a week."
    )
    assert ADA not in shown.body.decode()
    assert SignUp.objects.get().confirmed_at is None
    for _ in range(2):
        done = open_link("n", confirm_link(row), "POST")
        assert (done.status, done.forms) == (200, {})
        assert "Thank you. We write to you once, as soon as it is back." in done.text
    assert SignUp.objects.get().confirmed_at is not None
    assert "Thank you." in open_link("n", confirm_link(row)).text


def test_confirm__in_the_language_of_the_sign_up(front: Front) -> None:
    shown = open_link("n", confirm_link(ask(front, "de")), HTTP_ACCEPT_LANGUAGE="fr")
    assert '<html lang="de"' in shown.body.decode()


def test_confirm__after_it_was_told_says_so(front: Front) -> None:
    row = ask(front)
    SignUp.objects.update(confirmed_at=timezone.now(), told_at=timezone.now())
    assert "We have written to you that it is back." in open_link("n", confirm_link(row)).text


def test_confirm__keeps_the_link_to_its_holder(front: Front) -> None:
    headers = open_link("n", confirm_link(ask(front))).response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "Set-Cookie" not in headers


def test_confirm__old_wrong_and_erased_links_answer_the_same(front: Front) -> None:
    row = ask(front)
    with patch("time.time", return_value=timezone.now().timestamp() - 7 * 86400 - 5):
        old = confirm_link(row)
    erased = ask(front)
    gone = confirm_link(erased)
    subscriptions.erase(subscription_id=erased.pk)
    message = Message.objects.order_by("pk")[0]
    tokens = (old, gone, "nonsense", way_out_of(message), links.issue(row.pk))
    answers = [open_link("n", token, "POST") for token in tokens]
    assert {(shown.status, shown.body) for shown in answers} == {(404, answers[0].body)}
    assert SignUp.objects.get().confirmed_at is None


def test_confirm__a_variant_that_is_gone_can_be_confirmed_all_the_same(front: Front) -> None:
    row = ask(front)
    model("product", "ProductVariant").objects.all().delete()
    assert open_link("n", confirm_link(row)).status == 200
    assert open_link("n", confirm_link(row), "POST").status == 200


def test_wrong_links_are_slowed_down_on_both_pages(front: Front, settings: Any) -> None:
    settings.SALEOR_BACKORDERS_WRONG_LINKS_A_MINUTE = 1
    with patch("time.time", return_value=1_800_000_000.0):
        assert [open_link(kind, "x").status for kind in "nun"] == [404, 429, 429]
    assert open_link("n", confirm_link(ask(front))).status == 200


@pytest.mark.parametrize("kind", ["n", "u"])
def test_other_methods_are_refused(front: Front, kind: str) -> None:
    assert open_link(kind, confirm_link(ask(front)), "DELETE").status == 405
    assert SignUp.objects.count() == 1


def test_unsubscribe__of_a_sign_up_is_asked_and_then_erases_it(front: Front) -> None:
    ask(front)
    (mail,) = deliver()
    token = token_in(mail, links.OUT)
    shown = open_link("u", token)
    assert shown.text == (
        "Hear no more of this Lamp (Red) Somebody signed your address up to hear when this is"
        " back in stock. Shall we erase it from this list? Yes, erase it"
    )
    assert SignUp.objects.count() == 1
    done = [open_link("u", token, method) for method in ("POST", "POST", "GET")]
    assert {(each.status, each.text) for each in done} == {
        (
            200,
            "Hear no more of this Lamp (Red) Your address is erased from this list. We do not"
            " write to you about it. You can close this page.",
        )
    }
    assert not SignUp.objects.exists()
    assert not Unsubscribed.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {
            "data": '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            "One-Click\r\n--b--\r\n",
            "content_type": "multipart/form-data; boundary=b",
        },
        {},
    ],
    ids=["form", "multipart", "empty"],
)
def test_unsubscribe__one_click_of_a_mail_program_is_enough(
    front: Front, status: Message, body: dict[str, str]
) -> None:
    row = ask(front)
    message = Message.objects.get(kind="confirm")
    assert open_link("u", way_out_of(message), "POST", **body).status == 200
    assert not SignUp.objects.filter(pk=row.pk).exists()
    assert open_link("u", way_out_of(status), "POST", **body).status == 200
    assert unsubscribe.is_unsubscribed(ADA)


def test_unsubscribe__of_other_messages_is_asked_and_then_silences_them(
    front: Front, status: Message
) -> None:
    shown = open_link("u", way_out_of(status))
    assert "Shall we write to you only about your orders from now on" in shown.text
    assert ADA not in shown.body.decode()
    assert not Unsubscribed.objects.exists()
    for method in ("POST", "POST", "GET"):
        done = open_link("u", way_out_of(status), method)
        assert "Done. From now on we write to you only about your orders." in done.text
        assert done.forms == {}
    assert Unsubscribed.objects.count() == 1


def test_unsubscribe__is_in_the_language_of_its_message(front: Front, status: Message) -> None:
    Message.objects.update(language="de")
    assert '<html lang="de"' in open_link("u", way_out_of(status)).body.decode()


def test_unsubscribe__a_link_to_confirm_leads_nowhere_and_changes_nothing(
    front: Front, status: Message
) -> None:
    row = ask(front)
    for token in (confirm_link(row), links.issue(row.pk), links.issue_for(links.RATE, status.pk)):
        assert open_link("u", token, "POST").status == 404
    assert SignUp.objects.count() == 1
    assert not Unsubscribed.objects.exists()


def test_unsubscribe__of_a_message_about_an_order_leads_nowhere(
    front: Front, status: Message
) -> None:
    Message.objects.update(kind="cancelled")
    assert open_link("u", way_out_of(status), "POST").status == 404
    assert not Unsubscribed.objects.exists()
