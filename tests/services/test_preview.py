"""An email as it would leave now: nothing is sent, nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.back_in_stock import unsubscribe
from saleor_backorders.host import get_host
from saleor_backorders.models import Backorder, ChannelRule, Message, Offer, Rating, Unsubscribed
from saleor_backorders.notifications import preview
from saleor_backorders.notifications.emails.mail import Email, OutdatedMessage
from tests.pages.conftest import let_slip
from tests.services.front import Front, run_triggers
from tests.services.test_rate import sent
from tests.sql.world import model

TABLES = (Message, Offer, Unsubscribed, Backorder, Rating)
Show = Callable[..., Email]


@pytest.fixture
def row(front: Front) -> Backorder:
    """Return one of five that were bought while two were on the shelf."""
    found = front.wait(front.sold(2, limit=10), 5, user_email="ada@example.com")
    found.refresh_from_db()
    return found


@pytest.fixture
def show(row: Backorder) -> Show:
    def look(kind: str, order: str = "", language: str | None = None) -> Email:
        before = picture()
        try:
            return preview.preview(
                host=get_host(),
                kind=kind,
                order_number=order or row.order_number,
                language=language,
                now=timezone.now(),
            )
        finally:
            assert picture() == before
            assert django_mail.outbox == []

    return look


def picture() -> list[list[Any]]:
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]


def test_preview__what_ships_now_and_what_waits(row: Backorder, show: Show) -> None:
    mail = show("placed")
    assert mail.recipients == ("ada@example.com",)
    assert mail.subject == f"Order {row.order_number}: 2 ship now, 3 wait"
    assert "2 ship now, 3 wait" in mail.text
    assert "2 ship now, 3 wait" in mail.html
    assert show("placed", order=f"#{row.order_number}").subject == mail.subject


def test_preview__is_there_before_and_after_the_message_itself_was_sent(
    row: Backorder, show: Show
) -> None:
    before = show("placed")
    assert Message.objects.filter(kind="placed").update(state="sent") == 1
    assert show("placed").subject == before.subject


def test_preview__a_slip_with_its_question(row: Backorder, show: Show) -> None:
    plain = show("delayed")
    row.refresh_from_db()
    asked = let_slip(row)
    assert asked.previous_on.strftime("%Y") in show("delayed").text
    assert "You were told" in show("delayed").text
    assert "You were told" not in plain.text


@pytest.mark.parametrize("kind", ["earlier", "status"])
def test_preview__what_waits(show: Show, kind: str) -> None:
    mail = show(kind)
    assert mail.kind == kind
    assert "2 ship now, 3 wait" in mail.text


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("allocated", "it has left, or was taken back"),
        ("cancelled", "nothing was given up"),
        ("refunded", "it was told with the cancellation"),
        ("offer", "it was told before, used or withdrawn"),
        ("rate", "not all of it has left"),
    ],
)
def test_preview__says_why_there_is_nothing_to_tell(show: Show, kind: str, why: str) -> None:
    with pytest.raises(OutdatedMessage) as refused:
        show(kind)
    assert str(refused.value) == why


def test_preview__nobody_who_waits_after_all_arrived(
    front: Front, row: Backorder, show: Show
) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=row.variant_id)
    front.restock(variant, 3)
    with pytest.raises(OutdatedMessage, match="nothing waits any more"):
        show("placed")
    assert "5 ship now" in show("allocated").text


def test_preview__asks_how_it_was_once_all_of_it_has_left(front: Front, show: Show) -> None:
    row = sent(front)
    model("order", "Order").objects.filter(pk=row.order_id).update(user_email="ada@example.com")
    mail = show("rate", order=row.order_number)
    assert "/plugins/saleor.backorders/r/" in mail.text
    Rating.objects.create(backorder_id=row.pk, score=3, created_at=timezone.now())
    with pytest.raises(OutdatedMessage, match="it was rated"):
        show("rate", order=row.order_number)


def test_preview__a_voucher(row: Backorder, show: Show) -> None:
    Offer.objects.create(
        kind="waiting", order_id=row.order_id, channel_id=row.channel_id, email="ada@example.com",
        percent=5, currency="USD", code="PATIENCE-1", valid_from=timezone.now(),
        valid_until=timezone.now() + timedelta(days=9), issued_at=timezone.now(),
    )  # fmt: skip
    mail = show("offer")
    assert "PATIENCE-1" in mail.text
    assert mail.out_url
    unsubscribe.unsubscribe("ada@example.com", now=timezone.now())
    with pytest.raises(OutdatedMessage, match="the reader wants none of these"):
        show("offer")


def test_preview__what_a_channel_does_not_send(row: Backorder, show: Show) -> None:
    ChannelRule.objects.create(channel_id=row.channel_id, muted="placed")
    with pytest.raises(OutdatedMessage, match="the channel does not send it"):
        show("placed")


def test_preview__in_another_language(show: Show) -> None:
    assert show("placed").language == "en"
    assert show("placed", language="de").language == "de"


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"kind": "shipped"}, errors.InvalidValue, "kind"),
        ({"kind": "confirm"}, errors.InvalidValue, "kind"),
        ({"kind": "placed", "language": "tlh"}, errors.InvalidValue, "language"),
        ({"kind": "placed", "order": "2147483647"}, errors.NotFound, "order"),
        ({"kind": "placed", "order": "99999999999999"}, errors.NotFound, "order"),
        ({"kind": "placed", "order": "N-7"}, errors.NotFound, "order"),
        ({"kind": "placed", "order": "#"}, errors.NotFound, "order"),
    ],
)
def test_preview__refuses(
    show: Show, arguments: dict[str, str], error: type[errors.BackordersError], field: str
) -> None:
    with pytest.raises(error) as refused:
        show(**arguments)
    assert refused.value.field == field


def test_preview__an_order_in_which_nothing_ever_waited(front: Front, show: Show) -> None:
    line = front.buy(front.sold(9), 1, front.main, user_email="ada@example.com")
    run_triggers()
    with pytest.raises(OutdatedMessage, match="nothing waits any more"):
        show("placed", order=str(line.order.number))
