"""The API of sign-ups: public, and alike for every address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from saleor_backorders import outbox
from saleor_backorders.back_in_stock import subscriptions, unsubscribe
from saleor_backorders.common import links
from saleor_backorders.models import BackInStockSubscription as SignUp
from saleor_backorders.models import Message, Unsubscribed
from tests.graphql.conftest import Ask, gid
from tests.services.front import Front

SUBSCRIBE = """mutation ($id: ID!, $channel: String!, $email: String!) {
  backInStockSubscribe(variantId: $id, channel: $channel, email: $email) {
    subscribed errors { field message code } } }"""
CONFIRM = """mutation ($token: String!) {
  backInStockConfirm(token: $token) { subscribed errors { field code } } }"""
UNSUBSCRIBE = """mutation ($token: String!) {
  backInStockUnsubscribe(token: $token) { subscribed errors { field code } } }"""
ADA = "ada@example.com"
YES: dict[str, Any] = {"subscribed": True, "errors": []}
NO: dict[str, Any] = {"subscribed": False, "errors": []}
NOWHERE = {"subscribed": False, "errors": [{"field": "token", "code": "NOT_FOUND"}]}


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class Visitor:
    def __init__(self, front: Front, ask: Ask) -> None:
        self.front, self.ask = front, ask
        self.variant = front.sold(0)

    def sign_up(
        self, email: str = ADA, user: Any = None, language: str = "en", **other: Any
    ) -> Any:
        variables = {
            "id": gid("ProductVariant", self.variant.pk),
            "channel": self.front.main.slug,
            "email": email,
            **other,
        }
        answer = self.ask(SUBSCRIBE, user, language, **variables)
        return answer["data"]["backInStockSubscribe"]

    def confirm(self, token: str) -> Any:
        return self.ask(CONFIRM, token=token)["data"]["backInStockConfirm"]

    def leave(self, token: str) -> Any:
        return self.ask(UNSUBSCRIBE, token=token)["data"]["backInStockUnsubscribe"]


@pytest.fixture
def visitor(front: Front, ask: Ask) -> Visitor:
    return Visitor(front, ask)


def test_subscribe__the_language_of_the_request_is_the_mails(visitor: Visitor) -> None:
    assert visitor.sign_up(language="de") == YES
    assert SignUp.objects.values_list("email", "language").get() == (ADA, "de")


def test_subscribe__answers_the_same_whatever_is_known_of_the_address(visitor: Visitor) -> None:
    answers = [visitor.sign_up()]
    answers.append(visitor.sign_up(ADA.upper()))
    row = SignUp.objects.get()
    subscriptions.confirm(subscription_id=row.pk, now=timezone.now())
    answers.append(visitor.sign_up())
    SignUp.objects.update(told_at=timezone.now())
    answers.append(visitor.sign_up())
    subscriptions.erase(subscription_id=row.pk)
    unsubscribe.unsubscribe(ADA, now=timezone.now())
    answers.append(visitor.sign_up())
    answers.append(visitor.sign_up("somebody.else@example.com"))
    assert answers == [YES] * 6


def test_subscribe__who_is_signed_in_confirms_as_well(visitor: Visitor) -> None:
    user = visitor.front.user()
    assert visitor.sign_up(user.email, user) == YES
    assert SignUp.objects.get().confirmed_at is None


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"email": "ada"}, "email", "INVALID"),
        ({"channel": "nowhere"}, "channel", "NOT_FOUND"),
        ({"id": gid("ProductVariant", 2**31 - 1)}, "variantId", "NOT_FOUND"),
        ({"id": gid("Product", 1)}, "variantId", "GRAPHQL_ERROR"),
    ],
)
def test_subscribe__refuses_in_words(
    visitor: Visitor, wrong: dict[str, str], field: str, code: str
) -> None:
    refused = visitor.sign_up(**wrong)
    assert refused["subscribed"] is False
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [(field, code)]
    assert not SignUp.objects.exists()
    assert not Message.objects.exists()


def test_subscribe__too_many_from_one_place_are_refused(visitor: Visitor, settings: Any) -> None:
    settings.SALEOR_BACKORDERS_SIGN_UPS_AN_HOUR = 1
    assert visitor.sign_up() == YES
    (error,) = visitor.sign_up("bob@example.com")["errors"]
    assert (error["field"], error["code"]) == ("email", "INVALID")
    assert error["message"].startswith("Too many sign-ups came from here. Try again in ")
    assert SignUp.objects.count() == 1


def test_confirm_and_unsubscribe__each_with_its_own_token_any_number_of_times(
    visitor: Visitor,
) -> None:
    visitor.sign_up()
    row, message = SignUp.objects.get(), Message.objects.get()
    confirm = links.issue_for(links.CONFIRM, row.pk)
    leave = links.issue_for(links.OUT, message.pk)
    assert (visitor.confirm(leave), visitor.leave(confirm)) == (NOWHERE, NOWHERE)
    assert SignUp.objects.get().confirmed_at is None
    assert [visitor.confirm(confirm), visitor.confirm(confirm)] == [YES, YES]
    assert SignUp.objects.get().confirmed_at is not None
    assert [visitor.leave(leave), visitor.leave(leave)] == [NO, NO]
    assert not SignUp.objects.exists()
    assert visitor.confirm(confirm) == NOWHERE


def test_unsubscribe__is_not_the_way_out_of_other_messages(visitor: Visitor) -> None:
    outbox.write([outbox.new("status", "status:1", visitor.front.main.pk, recipient=ADA)])
    token = links.issue_for(links.OUT, Message.objects.get().pk)
    assert visitor.leave(token) == NOWHERE
    assert not Unsubscribed.objects.exists()


def test_wrong_tokens_are_slowed_down(visitor: Visitor, settings: Any) -> None:
    settings.SALEOR_BACKORDERS_WRONG_LINKS_A_MINUTE = 0
    for answer in (visitor.confirm("x"), visitor.leave("x")):
        assert [(each["field"], each["code"]) for each in answer["errors"]] == [
            ("token", "INVALID")
        ]
