"""What the page behind “How was the wait” shows and keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from saleor_backorders.common import links
from saleor_backorders.models import Backorder, Rating
from saleor_backorders.pages import router
from tests.pages.conftest import Shown
from tests.services.front import Front
from tests.services.test_rate import sent
from tests.sql.world import model

MARKS = "5 – Very well 4 – Well 3 – So-so 2 – Badly 1 – Very badly"


class Rater:
    """Somebody with a link to say how it was."""

    def __init__(self, backorder: Backorder, token: str = "") -> None:
        self.backorder = backorder
        self.token = token or links.issue_for(links.RATE, backorder.pk)

    def look(self, query: str = "", **headers: str) -> Shown:
        return self.send("GET", query, {}, **headers)

    def press(self, **form: str) -> Shown:
        return self.send("POST", "", form)

    def send(self, method: str, query: str, form: dict[str, str], **headers: str) -> Shown:
        path = f"/r/{self.token}/"
        requests: Any = RequestFactory()
        if method == "POST":
            request = requests.post(path, form, headers=headers)
        else:
            request = requests.generic(method, path + query, headers=headers)
        answer = router.answer(request, path)
        assert isinstance(answer, HttpResponse)
        return Shown(answer)


@pytest.fixture
def rater(front: Front) -> Rater:
    return Rater(sent(front))


def kept() -> list[tuple[int, int, str]]:
    return list(Rating.objects.order_by("pk").values_list("pk", "score", "comment"))


def test_look__asks_and_keeps_nothing(rater: Rater) -> None:
    shown = rater.look()
    assert shown.status == 200
    assert shown.text == (
        f"Your order {rater.backorder.order_number} Lamp (Red) "
        f"You had to wait for this. How did we handle it? {MARKS} "
        "What could we do better? If you like. Send"
    )
    assert list(shown.forms) == ["rate"]
    assert b"checked" not in shown.body
    assert rater.send("HEAD", "", {}).status == 200
    assert kept() == []


def test_look__has_the_headers_of_every_page_behind_a_link_and_no_script(rater: Rater) -> None:
    answer = rater.look().response
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert b"<script" not in answer.content
    assert not answer.cookies


def test_press__keeps_it_and_thanks(rater: Rater) -> None:
    done = rater.press(score="4", comment="Kind\r\nmails")
    assert (done.status, done.response["Location"]) == (303, "?done=rate")
    assert kept() == [(rater.backorder.pk, 4, "Kind\nmails")]
    thanks = rater.look("?done=rate")
    assert "Thank you for telling us. You can close this page. Say something else" in thanks.text
    assert thanks.links == ["?"]


def test_press__twice_is_kept_once_and_another_word_replaces_it(rater: Rater) -> None:
    for score in ("2", "2", "3"):
        assert rater.press(score=score, comment="").status == 303
    assert kept() == [(rater.backorder.pk, 3, "")]
    body = rater.look().body.decode()
    assert 'value="3" checked' in body
    assert body.count(" checked") == 1


def test_thanks__are_not_for_who_said_nothing(rater: Rater) -> None:
    assert rater.look("?done=rate").body == rater.look().body


@pytest.mark.parametrize(
    ("form", "notice"),
    [
        ({"comment": "no mark"}, "Please choose one of the five."),
        ({"score": "0"}, "Please choose one of the five."),
        ({"score": "5.0"}, "Please choose one of the five."),
        ({"score": "٣"}, "Please choose one of the five."),
        ({"score": "3", "comment": "x" * 1001}, "At most 1000 characters."),
        ({"score": "3", "comment": "a\x00b"}, "This value is not allowed."),
    ],
)
def test_press__refuses_and_shows_what_was_written(
    rater: Rater, form: dict[str, str], notice: str
) -> None:
    shown = rater.press(**form)
    assert shown.status == 400
    assert notice in shown.text
    assert form.get("comment", "").replace("\x00", "") in shown.body.decode().replace("\x00", "")
    assert kept() == []


def test_press__a_thousand_characters_with_new_lines_as_browsers_send_them(rater: Rater) -> None:
    comment = "x" * 499 + "\r\n" + "x" * 500
    assert rater.press(score="1", comment=comment).status == 303
    assert len(kept()[0][2]) == 1000


def test_press__what_was_written_cannot_become_part_of_the_page(rater: Rater) -> None:
    rater.press(score="1", comment="</textarea><script>alert(1)</script>")
    assert b"<script" not in rater.look().body


def test_press__too_late_to_change(rater: Rater) -> None:
    rater.press(score="5", comment="")
    Rating.objects.update(created_at=timezone.now() - timedelta(days=61))
    shown = rater.press(score="1", comment="")
    assert shown.status == 409
    assert "This was rated long ago and stays as it is." in shown.text
    assert kept() == [(rater.backorder.pk, 5, "")]


def test_a_link_that_leads_nowhere_is_the_same_plain_page(front: Front, rater: Rater) -> None:
    waits = front.wait(front.sold(0, limit=10))
    with patch("time.time", return_value=timezone.now().timestamp() - 61 * 86400):
        old = links.issue_for(links.RATE, rater.backorder.pk)
    wrong = [
        old,
        links.issue_for(links.RATE, waits.pk),
        links.issue(rater.backorder.pk),
        rater.token[:-1] + ("A" if rater.token[-1] != "A" else "B"),
        "nonsense",
    ]
    pages = [Rater(rater.backorder, token).look() for token in wrong]
    assert {page.status for page in pages} == {404}
    assert len({page.body for page in pages}) == 1
    assert "This link leads nowhere" in pages[0].text
    assert Rater(rater.backorder, old).press(score="5").status == 404
    assert kept() == []


def test_guesses_are_slowed_down_and_a_good_link_is_not(rater: Rater) -> None:
    # A minute may end in between.
    answers = [Rater(rater.backorder, f"{n}.x.y").look() for n in range(45)]
    assert {each.status for each in answers} == {404, 429}
    assert rater.look().status == 200


def test_other_methods_are_refused(rater: Rater) -> None:
    assert rater.send("DELETE", "", {}).status == 405
    assert kept() == []


def test_page__is_in_the_orders_language(rater: Rater) -> None:
    orders = model("order", "Order").objects
    orders.filter(pk=rater.backorder.order_id).update(language_code="de")
    assert b'<html lang="de"' in rater.look().body


@pytest.mark.parametrize("path", ["/", "/x/token/", "/graphql/", "/w", "/r", "//r/token/", ""])
def test_router__knows_no_other_path(path: str) -> None:
    assert router.answer(RequestFactory().get(path or "/"), path) is None


def test_router__a_lost_slash_at_the_end_leads_to_the_same_page(rater: Rater) -> None:
    path = f"/r/{rater.token}"
    answer = router.answer(RequestFactory().get(path), path)
    assert answer is not None
    assert answer.content == rater.look().body
