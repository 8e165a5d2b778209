"""A link opens one backorder, for a while, and guesses are slowed down."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_backorders import errors
from saleor_backorders.common import links, rate_limit
from tests.services.front import Front, run_triggers
from tests.sql.world import model

DAY = 24 * 60 * 60
NOON = 1_790_000_040  # The first second of a minute.


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def at(moment: float) -> Any:
    return patch("time.time", return_value=moment)


def test_read__the_backorder_that_it_was_issued_for() -> None:
    token = links.issue(9_000_000_000)
    assert links.read(token) == 9_000_000_000
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert len(token) < 70


def test_url__leads_to_the_plugins_page() -> None:
    url = links.url(7, "https://shop.example/")
    base = "https://shop.example/plugins/saleor.backorders/w/"
    assert url.startswith(base)
    assert url.endswith("/")
    assert links.read(url.removeprefix(base).removesuffix("/")) == 7


def test_read__refuses_every_changed_byte() -> None:
    token = links.issue(7)
    for place, was in enumerate(token):
        for put in {"A", "0", ".", "é"} - {was}:
            with pytest.raises(errors.LinkInvalid):
                links.read(token[:place] + put + token[place + 1 :])


@pytest.mark.parametrize("token", ["", ".", "..", "7", "7..", "x" * 5000, "\0", "7.1.é"])
def test_read__refuses_what_was_never_issued(token: str) -> None:
    with pytest.raises(errors.LinkInvalid):
        links.read(token)


def test_read__refuses_another_purpose() -> None:
    for token in (
        signing.TimestampSigner(sep=".", salt="another").sign("7"),
        signing.TimestampSigner(salt=links.PURPOSE).sign("7"),
        signing.dumps(7, salt=links.PURPOSE),
    ):
        with pytest.raises(errors.LinkInvalid):
            links.read(token)


def test_read__until_the_link_is_too_old(settings: Any) -> None:
    with at(NOON):
        token = links.issue(7)
    with at(NOON + 60 * DAY):
        assert links.read(token) == 7
    with at(NOON + 60 * DAY + 1), pytest.raises(errors.LinkInvalid):
        links.read(token)
    settings.SALEOR_BACKORDERS_LINK_DAYS = 61
    with at(NOON + 60 * DAY + 1):
        assert links.read(token) == 7


def test_read__a_link_of_an_older_key_that_the_shop_still_honours(settings: Any) -> None:
    token = links.issue(7)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    with pytest.raises(errors.LinkInvalid):
        links.read(token)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert links.read(token) == 7


def test_link_invalid__says_the_same_whatever_was_wrong() -> None:
    with at(NOON):
        old = links.issue(7)
    said = []
    for token in (old, links.issue(7)[:-1], "", signing.dumps(7)):
        with pytest.raises(errors.LinkInvalid) as refused:
            links.read(token)
        said.append((str(refused.value), refused.value.field))
    assert set(said) == {("This link leads nowhere, or not any more.", "token")}


def test_open_backorder__what_waits_in_one_statement(front: Front) -> None:
    backorder = front.wait(front.sold(0, limit=10), 2)
    front.wait(front.sold(0, limit=10), 2)
    with CaptureQueriesContext(connection) as seen:
        assert links.open_backorder(links.issue(backorder.id), "default") == backorder
    assert len(seen) == 1


def test_open_backorder__what_arrived_and_was_not_shipped(front: Front) -> None:
    variant = front.sold(0, limit=10)
    backorder = front.wait(variant, 2)
    front.restock(variant, 2)
    found = links.open_backorder(links.issue(backorder.id), "default")
    assert (found.waiting, found.allocated) == (0, 2)


@pytest.mark.parametrize("end", ["shipped", "line given up", "canceled", "expired", "deleted"])
def test_open_backorder__refuses_once_nothing_is_open(front: Front, end: str) -> None:
    variant = front.sold(0, limit=10)
    backorder = front.wait(variant, 2)
    token = links.issue(backorder.id)
    line = model("order", "OrderLine").objects.get(pk=backorder.order_line_id)
    orders = model("order", "Order").objects.filter(pk=backorder.order_id)
    match end:
        case "shipped":
            front.restock(variant, 2)
            front.ship(line, front.shelves, 2)
        case "line given up":
            front.refund_unshipped(line, 2)
        case "canceled" | "expired":
            orders.update(status=end)
        case "deleted":
            front.cancel(line)
            run_triggers()
            orders.delete()
    run_triggers()
    with pytest.raises(errors.LinkInvalid):
        links.open_backorder(token, "default")


def test_open_backorder__refuses_one_that_never_was(db: None) -> None:
    with pytest.raises(errors.LinkInvalid):
        links.open_backorder(links.issue(10**12), "default")


def guess(key: str = "203.0.113.9", times: int = 1) -> list[int | None]:
    """Guess wrong; return after how many seconds each one may be tried again."""
    found: list[int | None] = []
    for _ in range(times):
        try:
            rate_limit.wrong_guess(key)
            found.append(None)
        except errors.TooManyGuesses as refused:
            found.append(refused.retry_after)
    return found


def test_wrong_guess__twenty_a_minute_for_each_who_guesses() -> None:
    with at(NOON + 15):
        assert guess(times=22) == [None] * 20 + [45, 45]
        assert guess("203.0.113.10") == [None]
    with at(NOON + 59):
        assert guess() == [1]
    with at(NOON + 60):
        assert guess() == [None]


def test_wrong_guess__as_many_as_the_shop_says(settings: Any) -> None:
    settings.SALEOR_BACKORDERS_WRONG_LINKS_A_MINUTE = 2
    with at(NOON):
        assert guess(times=3) == [None, None, 60]


def test_wrong_guess__the_cache_holds_no_address() -> None:
    guess("203.0.113.9")
    (key,) = cache._cache  # type: ignore[attr-defined]
    assert ("saleor_backorders:guesses:" in key, "203.0.113.9" in key) == (True, False)


def test_wrong_guess__a_cache_that_keeps_nothing_refuses_nobody(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert guess(times=30) == [None] * 30


def test_wrong_guess__an_entry_dropped_in_between_counts_anew() -> None:
    with patch("django.core.cache.backends.locmem.LocMemCache.add", return_value=False):
        assert guess(times=2) == [None, None]


def test_too_many_guesses__says_when_to_try_again() -> None:
    assert str(errors.TooManyGuesses(retry_after=45)) == (
        "Too many links that lead nowhere. Try again in 45 seconds."
    )
