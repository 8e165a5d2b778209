"""How the wait was handled, as customers say it: by the link in their mail, or signed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.guest import RATING, Guest
from tests.acceptance.money import key_of
from tests.acceptance.shop import Answer, Placed, Shop

RATE = """mutation Rate($id: ID, $token: String, $score: Int!, $comment: String) {
  backorderRate(id: $id, token: $token, score: $score, comment: $comment) {
    backorder { id rating link } errors { field message code } } }"""
CANCEL = """mutation Cancel($token: String) {
  backorderCancel(token: $token) { backorder { id } errors { field message code } } }"""
READ = "query Read($id: ID) { backorder(id: $id) { rating message } }"
EVERYTHING = (
    "SELECT to_jsonb(t)::text FROM saleor_backorders_rating t"
    " UNION ALL SELECT to_jsonb(t)::text FROM saleor_backorders_backorder t"
    " UNION ALL SELECT to_jsonb(t)::text FROM saleor_backorders_movement t ORDER BY 1"
)


@dataclass(frozen=True)
class Wait:
    """An order that waited and was sent, and whoever was in it."""

    shop: Shop
    order: Placed
    owner: str
    id: str

    def say(self, score: int = 4, by: str | None = None, **values: Any) -> Answer:
        who = {} if "token" in values else {"id": self.id}
        return self.shop.tell_plugin(RATE, {"score": score, **who, **values}, by)

    def token(self, days_ago: int = 0, purpose: str = "rate") -> str:
        found = self.shop.host.door(
            "link", backorder=self.id, days_ago=days_ago, purpose=purpose
        )  # fmt: skip
        return str(found["token"])

    def guest(self, token: str = "") -> Guest:
        return Guest(self.shop.host, token or self.token(), RATING)

    def kept(self) -> list[tuple[int, str]]:
        return self.shop.host.sql(
            "SELECT score, comment FROM saleor_backorders_rating WHERE backorder_id = %s",
            key_of(self.id),
        )

    def picture(self) -> list[tuple[Any, ...]]:
        return self.shop.host.sql(EVERYTHING)


@pytest.fixture
def waits(sure_shop: Shop) -> Wait:
    """Let a customer wait for three of five."""
    owner = sure_shop.add_customer()["token"]
    order = sure_shop.buy(5, token=owner)
    return Wait(sure_shop, order, owner, sure_shop.backorder(order)["id"])


@pytest.fixture
def wait(waits: Wait) -> Wait:
    """Send all of it once it arrived."""
    waits.shop.set_stock(5).must()
    waits.shop.fulfil(waits.order, 5).must()
    return waits


def test_the_owner_rates_and_staff_and_owner_read_it(wait: Wait) -> None:
    done = wait.say(5, wait.owner, comment="Kind mails").must()["backorder"]

    assert (done["id"], done["rating"]) == (wait.id, 5)
    assert wait.kept() == [(5, "Kind mails")]
    for reader in (wait.owner, wait.shop.staff):
        assert wait.shop.ask_plugin(READ, {"id": wait.id}, reader)["rating"] == 5
    wait.say(2, wait.shop.staff).must()
    assert wait.kept() == [(2, "")]


def test_who_may_rate_by_id_and_who_may_not(wait: Wait) -> None:
    wait.say(3, wait.owner).must()
    before = wait.picture()
    stranger, clerk = wait.shop.add_customer()["token"], wait.shop.host.clerk_token()

    for somebody in (None, stranger, clerk):
        refused = wait.say(5, somebody)
        assert refused.codes == ["PERMISSION_DENIED"]
        assert refused.payload["backorder"] is None
    assert wait.picture() == before


def test_the_link_in_the_mail_rates_and_decides_nothing(wait: Wait) -> None:
    token = wait.token()

    done = wait.say(4, token=token, comment="From the mail").must()["backorder"]

    assert done == {"id": wait.id, "rating": 4, "link": None}
    assert wait.kept() == [(4, "From the mail")]
    before = wait.picture()
    for wrong in (wait.token(purpose=""), wait.token(purpose="out"), token[:-2], "nonsense"):
        assert wait.say(1, token=wrong).codes == ["NOT_FOUND"]
    assert wait.shop.tell_plugin(CANCEL, {"token": token}).codes == ["NOT_FOUND"]
    assert wait.say(1, token=wait.token(days_ago=61)).codes == ["NOT_FOUND"]
    assert wait.picture() == before


def test_what_is_no_rating_is_refused_and_what_was_said_stays(wait: Wait) -> None:
    wait.say(3, wait.owner, comment="First").must()
    before = wait.picture()

    for answer, code in (
        (wait.say(0, wait.owner), "INVALID"),
        (wait.say(6, wait.owner), "INVALID"),
        (wait.say(2**40, wait.owner), "INVALID"),
        (wait.say(4, wait.owner, comment="x" * 1001), "INVALID"),
        (wait.say(4, wait.owner, id=wait.id, token=wait.token()), "INVALID"),
        (wait.say(4, wait.owner, id=None), "REQUIRED"),
        (wait.say(4, wait.owner, id="nonsense"), "GRAPHQL_ERROR"),
    ):
        assert answer.codes == [code]
    assert wait.picture() == before


def test_nothing_can_be_said_before_something_was_sent(waits: Wait) -> None:
    before = waits.picture()

    assert waits.say(1, waits.owner).codes == ["INVALID"]
    assert waits.say(1, token=waits.token()).codes == ["NOT_FOUND"]
    assert waits.guest().look().status == 404
    assert waits.guest().press({"do": "rate", "score": "1"}).status == 404
    assert waits.picture() == before

    waits.shop.set_stock(3).must()
    waits.shop.fulfil(waits.order, 3).must()
    assert waits.say(1, waits.owner).ok


def test_sixty_days_later_it_stays_as_it_is(wait: Wait) -> None:
    wait.say(1, wait.owner).must()
    wait.shop.host.sql(
        "UPDATE saleor_backorders_rating SET created_at = created_at - interval '59 days'"
        " WHERE backorder_id = %s",
        key_of(wait.id),
    )
    wait.say(2, wait.owner).must()
    wait.shop.host.sql(
        "UPDATE saleor_backorders_rating SET created_at = created_at - interval '2 days'"
        " WHERE backorder_id = %s",
        key_of(wait.id),
    )
    before = wait.picture()

    assert wait.say(5, wait.owner).codes == ["INVALID"]
    page = wait.guest().press({"do": "rate", "score": "5"})
    assert page.status == 409
    assert "This was rated long ago and stays as it is." in page.text
    assert wait.picture() == before


def test_the_page_asks_keeps_and_thanks(wait: Wait) -> None:
    guest = wait.guest()
    before = wait.picture()

    page = guest.look()
    assert page.status == 200
    assert "Winter boots (Variant 0) You had to wait for this. How did we handle it?" in page.text
    assert "5 – Very well 4 – Well 3 – So-so 2 – Badly 1 – Very badly" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    assert "set-cookie" not in page.headers
    assert "<script" not in page.body.decode()
    assert wait.picture() == before

    done = guest.press({**page.form("rate"), "score": "4", "comment": "All\r\nwell"})
    assert (done.status, done.headers["location"]) == (303, "?done=rate")
    assert wait.kept() == [(4, "All\nwell")]
    assert "Thank you for telling us." in guest.look("?done=rate").text


def test_pressing_eight_times_at_once_is_kept_once(wait: Wait) -> None:
    guest, form = wait.guest(), {"do": "rate", "score": "5", "comment": "Once"}

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(guest.press, [form] * 8))

    assert {page.status for page in answers} == {303}
    assert wait.kept() == [(5, "Once")]


def test_no_mark_is_refused_in_words(wait: Wait) -> None:
    before = wait.picture()

    page = wait.guest().press({"do": "rate", "comment": "I forget"})

    assert page.status == 400
    assert "Please choose one of the five." in page.text
    assert "I forget" in page.text
    assert wait.picture() == before


def test_wrong_links_are_the_same_plain_page_and_slowed_down(wait: Wait) -> None:
    guest = wait.guest()
    waiting_page = wait.token(purpose="")
    wrong = [waiting_page, wait.token(days_ago=61), wait.token()[:-2], "nonsense"]

    pages = [guest.look(token=token) for token in wrong]
    assert {page.status for page in pages} == {404}
    assert len({page.body for page in pages}) == 1
    answers = [guest.look(token=f"{number}.{waiting_page}") for number in range(60)]
    assert {page.status for page in answers} == {404, 429}
    assert guest.look().status == 200
