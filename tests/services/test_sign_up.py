"""Signing up to hear of a variant: asked, confirmed, left, forgotten; and nobody learns who."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.utils import timezone

from saleor_backorders import errors, outbox, tasks
from saleor_backorders.back_in_stock import subscriptions, unsubscribe
from saleor_backorders.common import links, rate_limit
from saleor_backorders.models import BackInStockSubscription as SignUp
from saleor_backorders.models import Message, MessageState, Unsubscribed
from saleor_backorders.notifications import reminders
from tests.services.front import Front
from tests.services.post import deliver, token_in
from tests.sql.world import model

ADA = "ada@example.com"


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ask(front: Front, variant: Any, email: str = ADA, **other: Any) -> None:
    now = other.pop("now", timezone.now())
    subscriptions.subscribe(
        **{
            "variant_id": variant.pk,
            "channel": front.main.slug,
            "email": email,
            "language": "en",
            "address": "203.0.113.9",
            "now": now,
            "today": now.date(),
            **other,
        }
    )


def confirmed(front: Front, variant: Any, email: str = ADA, at: datetime | None = None) -> SignUp:
    ask(front, variant, email)
    row = SignUp.objects.get(email=email, variant_id=variant.pk, told_at=None)
    return subscriptions.confirm(subscription_id=row.pk, now=at or timezone.now())


def asked(front: Front, variant: Any, email: str, at: datetime) -> None:
    ask(front, variant, email)
    SignUp.objects.filter(email=email).update(created_at=at)


def test_subscribe__asks_the_address_to_confirm(front: Front) -> None:
    variant = front.sold(0)
    ask(front, variant, " Ada@Example.com ", language="de")
    row = SignUp.objects.get()
    assert (row.variant_id, row.channel_id, row.email, row.language) == (
        variant.pk, front.main.pk, "Ada@Example.com", "de",
    )  # fmt: skip
    assert (row.confirmed_at, row.told_at) == (None, None)
    message = Message.objects.get()
    today = timezone.now().date()
    assert (message.kind, message.key) == ("confirm", f"confirm:{row.pk}:{today}")
    assert (message.about_ids, message.variant_id, message.language) == ([row.pk], variant.pk, "de")


def test_subscribe__the_mail_names_the_thing_and_carries_both_links(front: Front) -> None:
    ask(front, front.sold(0))
    (mail,) = deliver()
    row = SignUp.objects.get()
    assert mail.to == [ADA]
    assert mail.subject == "Shall we tell you when Lamp (Red) is back?"
    assert links.read_for(links.CONFIRM, token_in(mail, links.CONFIRM)) == row.pk
    assert links.read_for(links.OUT, token_in(mail, links.OUT)) == Message.objects.get().pk
    assert "Erase my address from this list:" in mail.body
    assert "only about your orders" not in mail.body
    (html,) = [body for body, kind in mail.alternatives if kind == "text/html"]
    assert ">Erase my address from this list</a>" in html
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.com", "a b@example.com", "ada@example.com\nBcc: x@example.com",
     "ada@example.com, bob@example.com", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}"],
)  # fmt: skip
def test_subscribe__refuses_what_is_no_address(front: Front, email: str) -> None:
    variant = front.sold(0)
    with pytest.raises(errors.InvalidValue) as refused:
        ask(front, variant, email)
    assert refused.value.field == "email"
    assert not SignUp.objects.exists()
    assert not Message.objects.exists()


def test_subscribe__refuses_a_channel_or_variant_that_is_not_there(front: Front) -> None:
    variant = front.sold(0)
    unknown: list[tuple[dict[str, Any], str]] = [
        ({"channel": "nowhere"}, "channel"),
        ({"variant_id": 1}, "variantId"),
    ]
    for wrong, field in unknown:
        with pytest.raises(errors.NotFound) as refused:
            ask(front, variant, **wrong)
        assert refused.value.field == field
    assert not SignUp.objects.exists()


def test_subscribe__tells_nothing_of_what_the_channel_does_not_sell(front: Front) -> None:
    variant = front.sold(0)
    model("product", "ProductChannelListing").objects.update(is_published=False)
    with pytest.raises(errors.NotFound):
        ask(front, variant)
    assert not Message.objects.exists()


def test_subscribe__twice_is_once_and_one_mail_a_day(front: Front) -> None:
    variant = front.sold(0)
    for email in (ADA, ADA, ADA.upper()):
        ask(front, variant, email)
    assert [row.email for row in SignUp.objects.all()] == [ADA]
    assert Message.objects.count() == 1
    tomorrow = timezone.now() + timedelta(days=1)
    ask(front, variant, language="de", now=tomorrow)
    row = SignUp.objects.get()
    assert (row.created_at, row.language) == (tomorrow, "de")
    assert Message.objects.count() == 2


def test_subscribe__somebody_on_the_list_is_not_mailed_again(front: Front) -> None:
    variant = front.sold(0)
    row = confirmed(front, variant)
    ask(front, variant, language="de", now=timezone.now() + timedelta(days=1))
    again = SignUp.objects.get()
    assert (again.confirmed_at, again.created_at, again.language) == (
        row.confirmed_at, row.created_at, "en",
    )  # fmt: skip
    assert Message.objects.count() == 1


def test_subscribe__after_it_was_told_makes_a_new_row(front: Front) -> None:
    variant = front.sold(0)
    told = confirmed(front, variant)
    SignUp.objects.update(told_at=timezone.now())
    ask(front, variant)
    assert [row.told_at is None for row in SignUp.objects.order_by("pk")] == [False, True]
    assert Message.objects.filter(kind="confirm").count() == 2
    assert SignUp.objects.exclude(pk=told.pk).get().confirmed_at is None


@pytest.fixture
def one_moment() -> Iterator[None]:
    """Let no hour and no day end, with which the count would begin anew."""
    with patch("time.time", return_value=time.time()):
        yield


@pytest.mark.usefixtures("one_moment")
def test_subscribe__twenty_an_hour_from_one_place(front: Front, settings: Any) -> None:
    variant = front.sold(0)
    settings.SALEOR_BACKORDERS_SIGN_UPS_AN_HOUR = 3
    for number in range(3):
        ask(front, variant, f"{number}@example.com")
    with pytest.raises(errors.TooManySignUps) as refused:
        ask(front, variant)
    assert 0 < refused.value.retry_after <= 3600
    assert refused.value.field == "email"
    assert SignUp.objects.count() == Message.objects.count() == 3
    ask(front, variant, address="203.0.113.10")
    assert SignUp.objects.count() == 4


@pytest.mark.usefixtures("one_moment")
def test_subscribe__a_few_mails_a_day_to_one_address_and_then_silence(
    front: Front, settings: Any
) -> None:
    settings.SALEOR_BACKORDERS_CONFIRM_MAILS_A_DAY = 2
    for email in (ADA, ADA.upper(), ADA):
        ask(front, front.sold(0), email)
    assert SignUp.objects.count() == 3
    assert Message.objects.count() == 2
    ask(front, front.sold(0), "bob@example.com")
    assert Message.objects.count() == 3


def test_confirm__twice_is_once(front: Front) -> None:
    row = confirmed(front, front.sold(0))
    again = subscriptions.confirm(subscription_id=row.pk, now=timezone.now() + timedelta(days=1))
    assert again.confirmed_at == row.confirmed_at is not None
    with pytest.raises(errors.LinkInvalid):
        subscriptions.confirm(subscription_id=row.pk + 1, now=timezone.now())


def test_confirm__makes_a_mail_that_is_still_to_go_untrue(front: Front) -> None:
    confirmed(front, front.sold(0))
    assert deliver() == []
    message = Message.objects.get()
    assert (message.state, message.last_error) == ("skipped", "it was confirmed before")


def test_the_address_is_in_the_sign_ups_row_alone(front: Front) -> None:
    ask(front, front.sold(0))
    deliver()
    assert Message.objects.values_list("state", "recipient").get() == ("sent", "")


def test_the_mail_servers_words_are_kept_without_the_address(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(front, front.sold(0))

    def refuse(*_: Any) -> None:
        raise outbox_refusal(ADA.upper())

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert deliver() == []
    message = Message.objects.get()
    assert (message.state, message.last_error) == ("given_up", "no mailbox … here")
    assert ADA.casefold() not in message.last_error.casefold()


def outbox_refusal(email: str) -> Exception:
    return smtplib.SMTPDataError(550, f"no mailbox {email} here".encode())


def test_erase__leaves_nothing_of_the_address(front: Front) -> None:
    variant, other = front.sold(0), front.sold(0)
    row = confirmed(front, variant)
    deliver()
    SignUp.objects.update(told_at=timezone.now())
    ask(front, variant, ADA.upper())
    ask(front, other)
    deliver()
    assert subscriptions.erase(subscription_id=row.pk) == 2
    assert [each.variant_id for each in SignUp.objects.all()] == [other.pk]
    assert not Message.objects.filter(recipient__icontains=ADA).exists()
    assert subscriptions.erase(subscription_id=row.pk) == 0


def test_forget__who_did_not_confirm_in_a_week_and_who_was_told_a_month_ago(front: Front) -> None:
    now = timezone.now()
    variant = front.sold(0)
    asked(front, variant, "new@example.com", now - timedelta(days=6, hours=23))
    asked(front, variant, "late@example.com", now - timedelta(days=7, seconds=1))
    confirmed(front, variant, "old@example.com", at=now - timedelta(days=400))
    for email, days in [("told@example.com", 29), ("long-told@example.com", 31)]:
        row = confirmed(front, variant, email)
        SignUp.objects.filter(pk=row.pk).update(told_at=now - timedelta(days=days))
    assert subscriptions.forget(now=now) == 2
    assert sorted(SignUp.objects.values_list("email", flat=True)) == [
        "new@example.com", "old@example.com", "told@example.com",
    ]  # fmt: skip


def test_unsubscribe__of_a_sign_up_erases_it_and_silences_nothing_else(front: Front) -> None:
    ask(front, front.sold(0))
    (mail,) = deliver()
    way = unsubscribe.read(token_in(mail, links.OUT))
    for _ in range(2):
        unsubscribe.take(way, now=timezone.now())
    assert not SignUp.objects.exists()
    assert not Unsubscribed.objects.exists()
    assert unsubscribe.read(token_in(mail, links.OUT)).is_taken


def status_message(front: Front, state: str = MessageState.SENT, to: str = ADA) -> Message:
    message = outbox.new("status", "status:1", front.main.pk)
    message.state, message.recipient = state, to
    outbox.write([message])
    return Message.objects.get(key="status:1")


def test_unsubscribe__of_other_messages_silences_them_and_erases_every_sign_up(
    front: Front,
) -> None:
    variant = front.sold(0)
    confirmed(front, variant)
    ask(front, front.sold(0), ADA.upper())
    ask(front, variant, "bob@example.com")
    token = links.issue_for(links.OUT, status_message(front).pk)
    assert not unsubscribe.read(token).is_taken
    for _ in range(2):
        unsubscribe.take(unsubscribe.read(token), now=timezone.now())
    assert unsubscribe.read(token).is_taken
    assert unsubscribe.is_unsubscribed(ADA)
    assert [row.email for row in SignUp.objects.all()] == ["bob@example.com"]


def test_unsubscribe__who_left_and_signs_up_later_is_asked_and_told(front: Front) -> None:
    unsubscribe.unsubscribe(ADA, now=timezone.now())
    ask(front, front.sold(0))
    assert [mail.to for mail in deliver()] == [[ADA]]


def test_unsubscribe__leads_nowhere_for_other_links_and_messages(front: Front) -> None:
    ask(front, front.sold(0))
    row, message = SignUp.objects.get(), Message.objects.get()
    for token in (
        links.issue_for(links.CONFIRM, row.pk),
        links.issue_for(links.OUT, message.pk + 1),
        links.issue(message.pk),
        "nonsense",
    ):
        with pytest.raises(errors.LinkInvalid):
            unsubscribe.read(token)
    order = status_message(front)
    Message.objects.filter(pk=order.pk).update(kind="cancelled")
    with pytest.raises(errors.LinkInvalid):
        unsubscribe.read(links.issue_for(links.OUT, order.pk))


def test_read_sign_up__refuses_the_way_out_of_another_kind(front: Front) -> None:
    with pytest.raises(errors.LinkInvalid):
        unsubscribe.read_sign_up(links.issue_for(links.OUT, status_message(front).pk))
    assert not Unsubscribed.objects.exists()


@pytest.mark.parametrize(
    ("proxies", "passed", "found"),
    [
        (0, "198.51.100.1", "10.0.0.2"),
        (1, "", "10.0.0.2"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "made up, 198.51.100.1", "198.51.100.1"),
        (2, "made up, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (5, "198.51.100.1, 10.0.0.1", "198.51.100.1"),
    ],
)
def test_address_of__is_the_shoppers_behind_the_shops_own_proxies(
    settings: Any, proxies: int, passed: str, found: str
) -> None:
    settings.SALEOR_BACKORDERS_PROXIES = proxies
    meta = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": passed}
    assert rate_limit.address_of(meta) == found


def test_reminding_forgets_too(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(front, front.sold(0), ADA, timezone.now() - timedelta(days=8))
    monkeypatch.setattr(reminders, "remind", lambda **_: None)
    assert SignUp.objects.count() == 1
    tasks.remind()
    assert SignUp.objects.count() == 0
