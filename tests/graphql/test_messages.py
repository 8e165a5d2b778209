"""What staff see of the outbox, and what they may send again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_backorders.models import Message
from tests.graphql.conftest import Ask, codes, gid
from tests.services.front import Front

LIST = """query($filter: BackorderMessageFilter, $first: Int, $after: String, $last: Int,
      $before: String) {
  backorderMessages(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node {
      id kind state channel orderId recipient language attempts trouble dueAt createdAt settledAt
    } }
  } }"""
SEND = """mutation($ids: [ID!]!) { backorderMessagesSend(ids: $ids) {
  messages { id state attempts } errors { field code } } }"""
THEN = datetime(2026, 3, 2, 12, tzinfo=UTC)


def message(front: Front, number: int = 0, **values: Any) -> Message:
    return Message.objects.create(
        **{
            "kind": "placed",
            "key": f"{number}:{uuid4()}",
            "channel_id": front.main.pk,
            "due_at": THEN,
            "created_at": THEN,
            "transaction_id": 1,
            **values,
        }
    )


def ids_of(answer: Any) -> list[str]:
    assert "errors" not in answer, answer["errors"]
    return [edge["node"]["id"] for edge in answer["data"]["backorderMessages"]["edges"]]


def gids(*rows: Message) -> list[str]:
    return [gid("BackorderMessage", row.pk) for row in rows]


def rows() -> list[Any]:
    return list(Message.objects.order_by("pk").values_list())


def test_list__each_field(front: Front, orders_staff: Any, ask: Ask) -> None:
    order = UUID("00000000-0000-4000-8000-000000000007")
    row = message(
        front,
        kind="back_in_stock",
        state="given_up",
        order_id=order,
        recipient="ada@example.com",
        language="de",
        attempts=9,
        last_error="550 no such user",
        settled_at=THEN + timedelta(hours=1),
    )
    found = ask(LIST, orders_staff)["data"]["backorderMessages"]
    assert found["totalCount"] == 1
    assert [edge["node"] for edge in found["edges"]] == [
        {
            "id": gid("BackorderMessage", row.pk),
            "kind": "BACK_IN_STOCK",
            "state": "GIVEN_UP",
            "channel": front.main.slug,
            "orderId": gid("Order", order),
            "recipient": "ada@example.com",
            "language": "de",
            "attempts": 9,
            "trouble": "550 no such user",
            "dueAt": "2026-03-02T12:00:00+00:00",
            "createdAt": "2026-03-02T12:00:00+00:00",
            "settledAt": "2026-03-02T13:00:00+00:00",
        }
    ]


def test_list__what_was_not_sent_yet_and_is_about_no_order(
    front: Front, orders_staff: Any, ask: Ask
) -> None:
    message(front, kind="low_stock", channel_id=2**31 - 1)
    (edge,) = ask(LIST, orders_staff)["data"]["backorderMessages"]["edges"]
    shown = edge["node"]
    assert (shown["kind"], shown["state"], shown["channel"]) == ("LOW_STOCK", "PENDING", "")
    assert (shown["orderId"], shown["settledAt"], shown["recipient"]) == (None, None, "")


@pytest.mark.parametrize("state", ["pending", "claimed", "handing_over", "sent", "skipped",
                                   "unknown", "given_up"])  # fmt: skip
def test_list__by_state(front: Front, orders_staff: Any, ask: Ask, state: str) -> None:
    wanted = message(front, state=state)
    message(front, state="sent" if state != "sent" else "pending")
    found = ask(LIST, orders_staff, filter={"states": [state.upper()]})
    assert ids_of(found) == gids(wanted)


def test_list__by_kind_order_and_channel(front: Front, orders_staff: Any, ask: Ask) -> None:
    one, other, outlet = uuid4(), uuid4(), front.channel()
    first = message(front, kind="delayed", order_id=one)
    second = message(front, kind="placed", order_id=one, channel_id=outlet.pk)
    third = message(front, kind="rate", order_id=other)
    for wanted, expected in [
        ({"kinds": ["DELAYED", "RATE"]}, [third, first]),
        ({"orderIds": [gid("Order", one)]}, [second, first]),
        ({"channels": [outlet.slug]}, [second]),
        ({"channels": [outlet.slug], "kinds": ["RATE"]}, []),
        ({"channels": ["nowhere"]}, []),
        ({"states": [], "kinds": []}, [third, second, first]),
        ({}, [third, second, first]),
    ]:
        found = ask(LIST, orders_staff, filter=wanted)
        assert ids_of(found) == gids(*expected), wanted
        assert found["data"]["backorderMessages"]["totalCount"] == len(expected)


def test_list__pages_forwards_and_backwards(front: Front, orders_staff: Any, ask: Ask) -> None:
    made = [message(front, number) for number in range(5)]
    newest = gids(*reversed(made))

    found = ask(LIST, orders_staff, first=2)
    info = found["data"]["backorderMessages"]["pageInfo"]
    assert (ids_of(found), info["hasNextPage"], info["hasPreviousPage"]) == (
        newest[:2],
        True,
        False,
    )
    # What comes in between moves no page.
    message(front, 9)
    found = ask(LIST, orders_staff, first=2, after=info["endCursor"])
    info = found["data"]["backorderMessages"]["pageInfo"]
    assert (ids_of(found), info["hasNextPage"], info["hasPreviousPage"]) == (
        newest[2:4],
        True,
        True,
    )
    found = ask(LIST, orders_staff, first=2, after=info["endCursor"])
    assert ids_of(found) == newest[4:]
    assert found["data"]["backorderMessages"]["pageInfo"]["hasNextPage"] is False

    last = ask(LIST, orders_staff, last=2)
    assert ids_of(last) == newest[3:]
    start = last["data"]["backorderMessages"]["pageInfo"]["startCursor"]
    before = ask(LIST, orders_staff, last=2, before=start)
    assert ids_of(before) == newest[1:3]


def test_list__costs_the_same_for_any_size(front: Front, orders_staff: Any, ask: Ask) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "errors" not in ask(LIST, orders_staff, first=100)
        return len(caught)

    message(front)
    few = statements()
    for number in range(20):
        message(front, number)
    assert statements() == few


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 101},
        {"first": -1},
        {"first": 1, "last": 1},
        {"after": "nonsense"},
        # A cursor of the list of backorders.
        {"after": "WyIyMDI2LTAzLTAyIiwgN10="},
        {"filter": {"orderIds": [gid("Backorder", 1)]}},
        {"filter": {"channels": ["x"] * 101}},
    ],
)
def test_list__refuses(front: Front, orders_staff: Any, ask: Ask, arguments: Any) -> None:
    message(front)
    answer = ask(LIST, orders_staff, **arguments)
    assert codes(answer) == ["GraphQLError"]
    assert answer["data"] is None


@pytest.mark.parametrize("state", ["given_up", "unknown"])
def test_send__makes_them_due_with_all_attempts(
    front: Front, orders_staff: Any, ask: Ask, state: str
) -> None:
    row = message(front, state=state, attempts=9, last_error="451", settled_at=THEN)
    done = ask(SEND, orders_staff, ids=gids(row, row))["data"]["backorderMessagesSend"]
    assert done == {
        "messages": [{"id": gids(row)[0], "state": "PENDING", "attempts": 0}],
        "errors": [],
    }
    row.refresh_from_db()
    assert (row.state, row.attempts, row.settled_at) == ("pending", 0, None)
    assert row.due_at > THEN


@pytest.mark.parametrize("state", ["pending", "claimed", "handing_over", "sent", "skipped"])
def test_send__refuses_what_was_sent_or_still_is_to_be(
    front: Front, orders_staff: Any, ask: Ask, state: str
) -> None:
    sound, wrong = message(front, state="given_up"), message(front, state=state)
    before = rows()
    done = ask(SEND, orders_staff, ids=gids(sound, wrong))["data"]["backorderMessagesSend"]
    assert done == {"messages": [], "errors": [{"field": "ids", "code": "INVALID"}]}
    assert rows() == before


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([], "REQUIRED"),
        ([gid("BackorderMessage", 2**40)], "NOT_FOUND"),
        ([gid("BackorderMessage", 10**30)], "NOT_FOUND"),
        ([gid("Backorder", 1)], "GRAPHQL_ERROR"),
        (["nonsense"], "GRAPHQL_ERROR"),
        ([gid("BackorderMessage", 1)] * 101, "INVALID"),
    ],
)
def test_send__refuses_all_or_none(
    front: Front, orders_staff: Any, ask: Ask, wrong: list[str], code: str
) -> None:
    sound = gids(message(front, state="given_up"))
    before = rows()
    asked = [*sound, *wrong] if wrong else []
    done = ask(SEND, orders_staff, ids=asked)["data"]["backorderMessagesSend"]
    assert done == {"messages": [], "errors": [{"field": "ids", "code": code}]}
    assert rows() == before
