"""Staff read what was sent and what could not be, send it again, and say how a channel speaks."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.mailbox import Mailbox
from tests.acceptance.shop import Answer, Placed, Shop
from tests.hosts.base import Json
from tests.hosts.smtp import ACCEPT, AT_RECIPIENT, BUSY, NO_SUCH_USER

LIST = """query Messages($filter: BackorderMessageFilter, $first: Int, $after: String) {
  backorderMessages(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node {
      id kind state channel orderId recipient language attempts trouble dueAt createdAt settledAt
    } } } }"""
SEND = """mutation Send($ids: [ID!]!) { backorderMessagesSend(ids: $ids) {
  messages { id state attempts } errors { field message code } } }"""
FIELDS = "transport senderName replyTo mutedMessages staffEmails language statusDays creditPerWeek"
CHANNEL = f"query Rule($channel: String!) {{ backorderChannel(channel: $channel) {{ {FIELDS} }} }}"
UPDATE = f"""mutation Change($channel: String!, $input: ChannelRuleInput!) {{
  backorderChannelUpdate(channel: $channel, input: $input) {{
    rule {{ {FIELDS} }} errors {{ field message code }} }} }}"""
MESSAGES = "SELECT to_jsonb(t)::text FROM saleor_backorders_message t ORDER BY 1"
RULES = "SELECT to_jsonb(t)::text FROM saleor_backorders_channelrule t ORDER BY 1"
NO_MESSAGE = base64.b64encode(b"BackorderMessage:2147483647").decode()


@dataclass(frozen=True)
class Counter:
    """The office of one shop, and its mailbox."""

    shop: Shop
    mailbox: Mailbox

    def read(self, **wanted: Any) -> list[Json]:
        found = self.page(first=100, **wanted)
        return [edge["node"] for edge in found["edges"]]

    def page(self, first: int, after: str | None = None, **wanted: Any) -> Json:
        only = {"channels": [self.shop.channel.slug], **wanted}
        found: Json = self.shop.ask_plugin(
            LIST, {"filter": only, "first": first, "after": after}, self.shop.staff
        )
        return found

    def send(self, *ids: str, by: str | None = None) -> Answer:
        return self.shop.tell_plugin(SEND, {"ids": list(ids)}, by or self.shop.staff)

    def rule(self, by: str | None = None, **values: Any) -> Answer:
        variables = {"channel": self.shop.channel.slug, "input": values}
        return self.shop.tell_plugin(UPDATE, variables, by or self.shop.staff)

    def buy(self, units: int = 3, **how: Any) -> tuple[Placed, str]:
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        return self.shop.buy(units, email=email, **how), email

    def kept(self) -> list[tuple[Any, ...]]:
        return [*self.shop.host.sql(MESSAGES), *self.shop.host.sql(RULES)]


@pytest.fixture
def counter(sure_shop: Shop) -> Iterator[Counter]:
    """Open a shop with two on the shelf; its mail server takes everything afterwards."""
    yield Counter(sure_shop, Mailbox(sure_shop))
    sure_shop.host.post.mood = lambda recipient, moment: ACCEPT


def refuse(counter: Counter, email: str, mood: str = NO_SUCH_USER) -> None:
    """Let the mail server turn an address away."""
    counter.shop.host.post.mood = lambda recipient, moment: (
        mood if recipient == email and moment == AT_RECIPIENT else ACCEPT
    )


def test_a_message_is_listed_from_the_moment_of_the_order(counter: Counter) -> None:
    order, email = counter.buy()

    (message,) = counter.read()
    assert message["orderId"] == order.id
    assert (message["kind"], message["state"]) == ("PLACED", "PENDING")
    assert message["channel"] == counter.shop.channel.slug
    assert (message["recipient"], message["attempts"], message["settledAt"]) == ("", 0, None)

    mail = counter.mailbox.only()
    assert mail.to == (email,)
    (message,) = counter.read()
    assert (message["state"], message["recipient"], message["language"]) == ("SENT", email, "en")
    assert (message["attempts"], message["trouble"]) == (1, "")
    assert message["settledAt"] >= message["createdAt"]


def test_a_refused_message_is_given_up_and_sent_again_by_staff_once(counter: Counter) -> None:
    _order, email = counter.buy()
    refuse(counter, email)
    assert counter.mailbox.deliver() == []

    (message,) = counter.read(states=["GIVEN_UP", "UNKNOWN"])
    assert (message["state"], message["trouble"]) == ("GIVEN_UP", "no such user")
    refuse(counter, "")
    assert counter.mailbox.deliver() == []

    done = counter.send(message["id"]).must()
    assert done["messages"] == [{"id": message["id"], "state": "PENDING", "attempts": 0}]
    assert counter.mailbox.only().to == (email,)
    (message,) = counter.read()
    assert (message["state"], message["trouble"]) == ("SENT", "")
    before = counter.kept()
    assert counter.send(message["id"]).codes == ["INVALID"]
    assert counter.mailbox.deliver() == []
    assert counter.kept() == before


def test_what_became_untrue_is_not_sent_again(counter: Counter) -> None:
    _order, email = counter.buy()
    refuse(counter, email)
    counter.mailbox.deliver()
    (message,) = counter.read()
    refuse(counter, "")
    counter.shop.set_stock(3).must()
    counter.send(message["id"]).must()

    mail = counter.mailbox.only()

    assert "all of it is here" in mail.subject
    found = {each["kind"]: (each["state"], each["trouble"]) for each in counter.read()}
    assert found == {
        "PLACED": ("SKIPPED", "nothing waits any more"),
        "ALLOCATED": ("SENT", ""),
    }


def test_who_may_read_and_send_and_who_may_not(counter: Counter) -> None:
    _order, email = counter.buy()
    refuse(counter, email)
    counter.mailbox.deliver()
    (message,) = counter.read()
    stranger, clerk = counter.shop.add_customer()["token"], counter.shop.host.clerk_token()
    before = counter.kept()

    for somebody in ("", stranger, clerk):
        read = counter.shop.tell_plugin(LIST, {"first": 1}, somebody or None)
        assert read.codes == ["PERMISSION_DENIED"]
        assert read.payload == {}
        sent = counter.shop.tell_plugin(SEND, {"ids": [message["id"]]}, somebody or None)
        assert sent.codes == ["PERMISSION_DENIED"]
        assert sent.payload["messages"] == []
        slug = {"channel": counter.shop.channel.slug}
        rule = counter.shop.tell_plugin(CHANNEL, slug, somebody or None)
        assert rule.codes == ["PERMISSION_DENIED"]
        change = {**slug, "input": {"senderName": "Mine"}}
        changed = counter.shop.tell_plugin(UPDATE, change, somebody or None)
        assert changed.codes == ["PERMISSION_DENIED"]
        assert changed.payload["rule"] is None
    assert counter.kept() == before


def test_sending_again_is_all_or_nothing(counter: Counter) -> None:
    for _ in range(2):
        _order, email = counter.buy()
    refuse(counter, email)
    counter.mailbox.deliver()
    given_up, sent = counter.read()
    assert (given_up["state"], sent["state"]) == ("GIVEN_UP", "SENT")
    before = counter.kept()

    for ids, code in (
        ((given_up["id"], sent["id"]), "INVALID"),
        ((given_up["id"], NO_MESSAGE), "NOT_FOUND"),
        ((given_up["id"], "nonsense"), "GRAPHQL_ERROR"),
        ((), "REQUIRED"),
        ((given_up["id"],) * 101, "INVALID"),
    ):
        assert counter.send(*ids).codes == [code]
    assert counter.kept() == before


def test_a_busy_mail_server_leaves_the_message_due_later(counter: Counter) -> None:
    _order, email = counter.buy()
    refuse(counter, email, BUSY)
    counter.mailbox.deliver()

    (message,) = counter.read(states=["PENDING"])
    assert (message["attempts"], message["trouble"]) == (1, "try again later")
    assert message["dueAt"] > message["createdAt"]
    before = counter.kept()
    assert counter.send(message["id"]).codes == ["INVALID"]
    assert counter.kept() == before


def test_filters_and_pages(counter: Counter) -> None:
    orders = [counter.buy()[0] for _ in range(3)]
    counter.mailbox.deliver()
    counter.shop.set_stock(5).must()

    newest = counter.read(kinds=["PLACED"])
    assert [message["orderId"] for message in newest] == [order.id for order in reversed(orders)]
    (allocated,) = counter.read(kinds=["ALLOCATED"], orderIds=[orders[0].id])
    assert allocated["state"] == "PENDING"
    assert counter.read(states=["SENT"], kinds=["ALLOCATED"]) == []
    first = counter.page(2, kinds=["PLACED"])
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = counter.page(2, after=first["pageInfo"]["endCursor"], kinds=["PLACED"])
    assert [edge["node"] for edge in first["edges"] + rest["edges"]] == newest
    assert rest["pageInfo"]["hasNextPage"] is False


def test_a_channel_speaks_in_its_own_name(counter: Counter) -> None:
    done = counter.rule(
        senderName="Schuhhaus Müller",
        senderAddress="post@mueller.example",
        replyTo="hilfe@mueller.example",
    ).must()
    assert (done["rule"]["senderName"], done["rule"]["replyTo"]) == (
        "Schuhhaus Müller", "hilfe@mueller.example",
    )  # fmt: skip
    counter.buy()

    mail = counter.mailbox.only()

    assert mail.sender == "post@mueller.example"
    assert str(mail.mail["From"]) == "Schuhhaus Müller <post@mueller.example>"
    assert str(mail.mail["Reply-To"]) == "hilfe@mueller.example"
    counter.rule(senderName=None, senderAddress=None, replyTo=None).must()
    counter.buy()
    assert counter.mailbox.only().mail["Reply-To"] is None


def test_a_channel_keeps_silent(counter: Counter) -> None:
    counter.rule(mutedMessages=["PLACED"]).must()
    counter.buy()
    assert counter.mailbox.deliver() == []
    counter.rule(mutedMessages=None, transport="OFF").must()
    counter.buy()
    assert counter.mailbox.deliver() == []
    assert {(each["state"], each["trouble"]) for each in counter.read()} == {
        ("SKIPPED", "the channel does not send it")
    }

    counter.rule(transport="MAIL").must()
    _order, email = counter.buy()
    assert counter.mailbox.only().to == (email,)


def test_the_settings_of_the_dashboard_hold_where_a_channel_says_nothing(counter: Counter) -> None:
    shop = counter.shop
    own: dict[str, Any] = {
        "statusDays": 3,
        "creditPerWeek": 2.5,
        "staffEmails": ["lager@example.com"],
    }
    assert counter.rule(**own).must()["rule"].items() >= own.items()
    found = shop.ask_plugin(CHANNEL, {"channel": shop.channel.slug}, shop.staff)
    assert found.items() >= own.items()

    done = counter.rule(**dict.fromkeys(own)).must()["rule"]

    assert (done["statusDays"], done["creditPerWeek"], done["staffEmails"]) == (14, 0.0, [])


def test_what_could_break_a_header_is_refused(counter: Counter) -> None:
    counter.rule(senderName="Sound").must()
    before = counter.kept()

    for name, value in (
        ("senderName", "Shop\r\nBcc: all@example.com"),
        ("senderAddress", "a@example.com\nBcc: b@example.com"),
        ("replyTo", "a@example.com, b@example.com"),
        ("staffEmails", ["a@example.com\nb@example.com"]),
        ("language", "tlh"),
        ("statusDays", 366),
        ("creditPerWeek", -1),
    ):
        wrong: dict[str, Any] = {name: value}
        refused = counter.rule(safetyDays=1, **wrong)
        assert refused.codes == ["INVALID"]
        assert [error["field"] for error in refused.errors] == [name]
    assert counter.kept() == before
