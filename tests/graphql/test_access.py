"""Who holds a link reads and decides about one backorder; who guesses is slowed down."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from saleor_backorders import conf
from saleor_backorders.common import links
from tests.graphql.conftest import Ask, codes, gid
from tests.services.front import Front

READ = "query($id: ID, $token: String) { backorder(id: $id, token: $token) { id link } }"
CANCEL = """
mutation($id: ID, $token: String) {
  backorderCancel(id: $id, token: $token) { backorder { id } errors { field code } }
}
"""


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """Forget the guesses of other tests."""
    cache.clear()


def test_a_link_reads_its_own_backorder_and_no_other(front: Front, ask: Ask) -> None:
    variant = front.sold(0, limit=10)
    mine, other = front.wait(variant, 1), front.wait(variant, 1)
    found = ask(READ, token=links.issue(mine.pk))["data"]["backorder"]
    assert found["id"] == gid("Backorder", mine.pk)
    assert found["link"].startswith("/plugins/saleor.backorders/w/")
    assert codes(ask(READ, id=gid("Backorder", other.pk))) == ["PermissionDenied"]


def test_a_link_of_what_is_over_leads_nowhere(front: Front, ask: Ask) -> None:
    variant = front.sold(0, limit=10)
    row = front.wait(variant, 1)
    token = links.issue(row.pk)
    front.restock(variant, 1)
    assert ask(READ, token=token)["data"]["backorder"]
    type(row).objects.filter(pk=row.pk).update(allocated=0, fulfilled=1)
    assert codes(ask(READ, token=token)) == ["GraphQLError"]
    type(row).objects.filter(pk=row.pk).update(allocated=1, fulfilled=0)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "id", "REQUIRED"),
        ({"id": "x", "token": "x"}, "token", "INVALID"),
        ({"id": "nonsense"}, "id", "GRAPHQL_ERROR"),
        ({"token": "nonsense"}, "token", "NOT_FOUND"),
    ],
)
def test_a_choice_needs_one_key_that_fits(
    front: Front, ask: Ask, given: dict[str, Any], field: str, code: str
) -> None:
    answer = ask(CANCEL, **given)["data"]["backorderCancel"]
    assert answer == {"backorder": None, "errors": [{"field": field, "code": code}]}


def test_who_guesses_tokens_is_slowed_down_and_a_good_link_is_not(front: Front, ask: Ask) -> None:
    row = front.wait(front.sold(0, limit=10), 1)
    answers = [ask(CANCEL, token=f"guess-{number}") for number in range(200)]
    refused = [answer["data"]["backorderCancel"]["errors"][0]["code"] for answer in answers]
    most = conf.wrong_links_a_minute()
    # A minute may end among them, and the count begin anew.
    assert most <= refused.count("NOT_FOUND") <= 2 * most
    assert set(refused) == {"NOT_FOUND", "INVALID"}
    assert ask(READ, token=links.issue(row.pk))["data"]["backorder"]
