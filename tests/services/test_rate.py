"""What customers say of a wait, and when they may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_backorders import errors
from saleor_backorders import ratings as ratings_room
from saleor_backorders.common import links
from saleor_backorders.models import Backorder, Rating
from tests.services.front import Front, run_triggers
from tests.sql.world import model

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def sent(front: Front, units: int = 1, of: int = 1) -> Backorder:
    """Return a backorder of which some units were shipped."""
    variant = front.sold(0, limit=10)
    row = front.wait(variant, of)
    front.restock(variant, units)
    front.ship(line_of(row), front.shelves, units)
    run_triggers()
    row.refresh_from_db()
    return row


def line_of(row: Backorder) -> Any:
    return model("order", "OrderLine").objects.get(pk=row.order_line_id)


def say(row: Backorder, score: int = 4, comment: str = "", days: int = 0) -> Rating:
    return ratings_room.rate(
        backorder_id=row.pk, score=score, comment=comment, now=NOW + timedelta(days=days)
    )


def ratings() -> list[tuple[int, int, str, datetime]]:
    return list(Rating.objects.order_by("pk").values_list("pk", "score", "comment", "created_at"))


def test_rate__keeps_score_and_comment(front: Front) -> None:
    row = sent(front)
    kept = say(row, 5, "  Thank you\nall  ")
    assert (kept.score, kept.comment, kept.created_at) == (5, "Thank you\nall", NOW)
    assert ratings() == [(row.pk, 5, "Thank you\nall", NOW)]


def test_rate__as_soon_as_a_part_was_sent(front: Front) -> None:
    row = sent(front, units=1, of=3)
    assert (row.fulfilled, row.waiting) == (1, 2)
    assert say(row, 2).score == 2


@pytest.mark.parametrize("days", [0, 1, 60])
def test_rate__a_second_word_replaces_the_first(front: Front, days: int) -> None:
    row = sent(front)
    say(row, 1, "Too long")
    say(row, 5, days=days)
    assert ratings() == [(row.pk, 5, "", NOW)]


def test_rate__the_time_to_change_it_does_not_begin_anew(front: Front) -> None:
    row = sent(front)
    say(row, 1)
    say(row, 2, days=59)
    with pytest.raises(errors.RatedLongAgo):
        say(row, 3, days=61)
    assert ratings() == [(row.pk, 2, "", NOW)]


@pytest.mark.parametrize(
    ("score", "comment", "field"),
    [(0, "", "score"), (6, "", "score"), (-1, "", "score"), (2**40, "", "score"),
     (3, "x" * 1001, "comment"), (3, "a\x00b", "comment")],
)  # fmt: skip
def test_rate__refuses_what_is_no_rating(
    front: Front, score: int, comment: str, field: str
) -> None:
    row = sent(front)
    say(row, 4, "Fine")
    before = ratings()
    with pytest.raises(errors.InvalidValue) as refused:
        say(row, score, comment)
    assert refused.value.field == field
    assert ratings() == before


def test_rate__takes_a_thousand_characters(front: Front) -> None:
    row = sent(front)
    assert len(say(row, 3, "é" * 1000).comment) == 1000


def test_rate__nothing_was_sent_yet(front: Front) -> None:
    row = front.wait(front.sold(0, limit=10))
    with pytest.raises(errors.NothingWasSent) as refused:
        say(row)
    assert refused.value.field == "id"
    assert ratings() == []


def test_rate__no_such_backorder(front: Front) -> None:
    with pytest.raises(errors.NotFound):
        ratings_room.rate(backorder_id=2**31, score=3, comment="", now=NOW)
    assert ratings() == []


def test_by_link__leads_to_what_was_sent_alone(front: Front) -> None:
    row, other = sent(front), front.wait(front.sold(0, limit=10))
    token = links.issue_for(links.RATE, row.pk)
    assert ratings_room.by_link(token, using="default").pk == row.pk
    for wrong in (
        links.issue_for(links.RATE, other.pk),
        links.issue_for(links.RATE, 10**9),
        links.issue_for(links.OUT, row.pk),
        links.issue(row.pk),
        token[:-1],
        "",
    ):
        with pytest.raises(errors.LinkInvalid):
            ratings_room.by_link(wrong, using="default")


def test_by_link__ends_with_the_order(front: Front) -> None:
    row = sent(front)
    token = links.issue_for(links.RATE, row.pk)
    model("order", "Order").objects.get(pk=row.order_id).delete()
    with pytest.raises(errors.LinkInvalid):
        ratings_room.by_link(token, using="default")


def test_scores__of_those_who_spoke(front: Front) -> None:
    first, second, silent = sent(front), sent(front), sent(front)
    say(first, 5)
    say(second, 1)
    found = ratings_room.scores(ids=[first.pk, second.pk, silent.pk], using="default")
    assert found == {first.pk: 5, second.pk: 1}
    assert ratings_room.said(backorder_id=silent.pk, using="default") is None
