"""How customers say what they think of a wait, and who reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders.common import links
from saleor_backorders.models import Backorder, Rating
from tests.graphql.conftest import Ask, gid
from tests.services.front import Front
from tests.services.test_rate import sent
from tests.sql.world import model

RATE = """mutation($id: ID, $token: String, $score: Int!, $comment: String) {
  backorderRate(id: $id, token: $token, score: $score, comment: $comment) {
    backorder { id rating link } errors { field code message } } }"""
PAGE = "{ backorders { edges { node { id rating message } } } }"


def kept() -> list[tuple[int, int, str]]:
    return list(Rating.objects.order_by("pk").values_list("pk", "score", "comment"))


def say(ask: Ask, user: Any = None, **values: Any) -> Any:
    return ask(RATE, user, **{"score": 4, **values})["data"]["backorderRate"]


def refusal(answer: Any) -> list[tuple[str | None, str]]:
    assert answer["backorder"] is None
    return [(error["field"], error["code"]) for error in answer["errors"]]


@pytest.fixture
def owned(front: Front) -> tuple[Backorder, Any]:
    row, owner = sent(front, units=1, of=2), front.user()
    model("order", "Order").objects.filter(pk=row.order_id).update(user_id=owner.pk)
    return row, owner


def test_rate__by_id(owned: tuple[Backorder, Any], orders_staff: Any, ask: Ask) -> None:
    row, owner = owned
    done = say(ask, owner, id=gid("Backorder", row.pk), score=5, comment="Thank you")
    assert done["errors"] == []
    assert done["backorder"]["rating"] == 5
    assert done["backorder"]["link"].startswith("/plugins/saleor.backorders/w/")
    assert kept() == [(row.pk, 5, "Thank you")]
    done = say(ask, orders_staff, id=gid("Backorder", row.pk), score=2)
    assert done["backorder"]["rating"] == 2
    assert kept() == [(row.pk, 2, "")]


def test_rate__by_the_link_in_the_mail_which_opens_no_other(
    owned: tuple[Backorder, Any], ask: Ask
) -> None:
    row, _owner = owned
    done = say(ask, token=links.issue_for(links.RATE, row.pk), comment="From the mail")
    assert done == {
        "backorder": {"id": gid("Backorder", row.pk), "rating": 4, "link": None},
        "errors": [],
    }
    assert kept() == [(row.pk, 4, "From the mail")]


def test_rate__twice_in_one_request_shows_each_score(
    owned: tuple[Backorder, Any], ask: Ask
) -> None:
    row, owner = owned
    twice = """mutation($id: ID) {
      a: backorderRate(id: $id, score: 1) { backorder { rating } }
      b: backorderRate(id: $id, score: 5) { backorder { rating } } }"""
    found = ask(twice, owner, id=gid("Backorder", row.pk))["data"]
    assert (found["a"]["backorder"]["rating"], found["b"]["backorder"]["rating"]) == (1, 5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"score": 0}, ("score", "INVALID")),
        ({"score": 6}, ("score", "INVALID")),
        ({"score": 2**40}, ("score", "INVALID")),
        ({"comment": "x" * 1001}, ("comment", "INVALID")),
        ({"comment": "\x00"}, ("comment", "INVALID")),
        ({"id": gid("Backorder", 2**31)}, ("id", "NOT_FOUND")),
        ({"id": gid("Backorder", 10**30)}, ("id", "NOT_FOUND")),
        ({"id": gid("Order", 1)}, ("id", "GRAPHQL_ERROR")),
        ({"id": None}, ("id", "REQUIRED")),
        ({"token": "5.x.y"}, ("token", "INVALID")),
        ({"id": None, "token": "5.x.y"}, ("token", "NOT_FOUND")),
    ],
)
def test_rate__refuses_and_keeps_what_was_said(
    owned: tuple[Backorder, Any], orders_staff: Any, ask: Ask, values: Any, expected: Any
) -> None:
    row, _owner = owned
    cache.clear()
    say(ask, orders_staff, id=gid("Backorder", row.pk), comment="First")
    before = kept()
    answer = say(ask, orders_staff, **{"id": gid("Backorder", row.pk), **values})
    assert refusal(answer) == [expected]
    assert kept() == before


def test_rate__nothing_was_sent_yet(front: Front, orders_staff: Any, ask: Ask) -> None:
    row = front.wait(front.sold(0, limit=10))
    assert refusal(say(ask, orders_staff, id=gid("Backorder", row.pk))) == [("id", "INVALID")]
    token = links.issue_for(links.RATE, row.pk)
    assert refusal(say(ask, token=token)) == [("token", "NOT_FOUND")]
    assert kept() == []


def test_rate__a_link_for_something_else_leads_nowhere(
    owned: tuple[Backorder, Any], ask: Ask
) -> None:
    row, _owner = owned
    for token in (links.issue(row.pk), links.issue_for(links.OUT, row.pk)):
        assert refusal(say(ask, token=token)) == [("token", "NOT_FOUND")]
    rate = links.issue_for(links.RATE, row.pk)
    cancel = "mutation($t: String) { backorderCancel(token: $t) { errors { field code } } }"
    assert ask(cancel, t=rate)["data"]["backorderCancel"]["errors"] == [
        {"field": "token", "code": "NOT_FOUND"}
    ]
    assert kept() == []


def test_rate__sixty_days_later_it_stays(
    owned: tuple[Backorder, Any], orders_staff: Any, ask: Ask
) -> None:
    row, owner = owned
    say(ask, owner, id=gid("Backorder", row.pk), score=1)
    Rating.objects.update(created_at=timezone.now() - timedelta(days=61))
    for who in (owner, orders_staff):
        answer = say(ask, who, id=gid("Backorder", row.pk), score=5)
        assert refusal(answer) == [("score", "INVALID")]
    assert kept() == [(row.pk, 1, "")]


def test_rating__of_a_page_costs_one_statement(front: Front, orders_staff: Any, ask: Ask) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "errors" not in ask(PAGE, orders_staff)
        return len(caught)

    rows = [sent(front)]
    few = statements()
    rows += [sent(front), sent(front)]
    Rating.objects.create(backorder_id=rows[1].pk, score=3, created_at=timezone.now())
    assert statements() == few
    nodes = [edge["node"] for edge in ask(PAGE, orders_staff)["data"]["backorders"]["edges"]]
    assert {node["id"]: node["rating"] for node in nodes} == {
        gid("Backorder", rows[0].pk): None,
        gid("Backorder", rows[1].pk): 3,
        gid("Backorder", rows[2].pk): None,
    }


def test_message__says_what_ships_now_and_what_waits(
    front: Front, orders_staff: Any, ask: Ask
) -> None:
    variant = front.sold(5, limit=10)
    front.wait(variant, 10)

    def message(language: str = "en") -> str:
        answer = ask(PAGE, orders_staff, language=language)
        (edge,) = answer["data"]["backorders"]["edges"]
        return str(edge["node"]["message"])

    assert message() == "5 ship now, 5 wait"
    front.restock(variant, 4)
    assert message() == "9 ship now, 1 waits"
    front.restock(variant, 1)
    assert message() == "10 ship now"
