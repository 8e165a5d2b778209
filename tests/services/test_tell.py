"""Who hears that something is back: the first in line, once, as far as units reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_backorders import tasks
from saleor_backorders.back_in_stock import notify, subscriptions
from saleor_backorders.models import BackInStockSubscription as SignUp
from saleor_backorders.models import (
    ChannelRule,
    DirtyVariant,
    Message,
    MessageState,
    Movement,
    Transport,
)
from saleor_backorders.notifications import delivery
from tests.services.front import Front, run_triggers
from tests.services.post import deliver
from tests.sql.wires import at_once
from tests.sql.world import model


def listed(front: Front, variant: Any, count: int = 1, **fields: Any) -> list[SignUp]:
    """Return people on the list, the first first."""
    before = SignUp.objects.count()
    return [
        SignUp.objects.create(
            **{
                "variant_id": variant.pk,
                "channel_id": front.main.pk,
                "email": f"{before + number}@example.com",
                "language": "en",
                "created_at": front.now - timedelta(days=2),
                "confirmed_at": front.now - timedelta(days=1) + timedelta(minutes=number),
                **fields,
            }
        )
        for number in range(count)
    ]


def told(front: Front, at: datetime | None = None) -> list[str]:
    """Tell; return who was told by it, in the order of their messages."""
    last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    count = notify.tell(now=at or front.now)
    messages = Message.objects.filter(pk__gt=last, kind="back_in_stock").order_by("pk")
    found = [SignUp.objects.get(pk=key).email for each in messages for key in each.about_ids]
    assert count == len(found)
    return found


def test_tell__nothing_before_the_restock_one_after_it_and_none_again(front: Front) -> None:
    variant = front.sold(0)
    (row,) = listed(front, variant, language="de")
    assert told(front) == []
    front.restock(variant, 1)
    assert told(front) == [row.email]
    row.refresh_from_db()
    assert row.told_at == front.now
    message = Message.objects.get()
    assert (message.about_ids, message.variant_id, message.language, message.recipient) == (
        [row.pk], variant.pk, "de", "",
    )  # fmt: skip
    assert told(front) == []
    assert told(front, front.now + timedelta(days=2)) == []


def test_tell__the_email_says_how_many_are_here(front: Front) -> None:
    variant = front.sold(3)
    listed(front, variant)
    told(front)
    (mail,) = deliver()
    assert mail.to == ["0@example.com"]
    assert mail.subject == "Lamp (Red) is back in stock"
    assert "3 are here now; we cannot hold one for you." in mail.body
    assert "Erase my address from this list:" in mail.body


def test_tell__in_order_as_far_as_units_reach_and_the_rest_after_the_hold(front: Front) -> None:
    variant = front.sold(0)
    listed(front, variant, 5)
    front.restock(variant, 3)
    assert told(front) == [f"{number}@example.com" for number in range(3)]
    assert told(front, front.now + timedelta(hours=23, minutes=59)) == []
    assert told(front, front.now + timedelta(hours=24)) == ["3@example.com", "4@example.com"]


def test_tell__the_next_delivery_brings_the_next(front: Front) -> None:
    variant = front.sold(0)
    listed(front, variant, 5)
    front.restock(variant, 3)
    assert len(told(front)) == 3
    front.restock(variant, 1)
    assert told(front) == ["3@example.com"]


def test_tell__by_when_they_confirmed_and_then_by_number(front: Front) -> None:
    variant = front.sold(0)
    late, first, second = listed(front, variant, 3)
    SignUp.objects.filter(pk=late.pk).update(confirmed_at=front.now)
    SignUp.objects.filter(pk__in=[first.pk, second.pk]).update(
        confirmed_at=front.now - timedelta(hours=1)
    )
    front.restock(variant, 2)
    assert told(front) == [first.email, second.email]


def test_tell__who_waits_for_an_order_comes_first(front: Front) -> None:
    variant = front.sold(0, limit=10)
    front.wait(variant, 4)
    listed(front, variant, 2)
    front.restock(variant, 4)
    assert told(front) == []
    front.restock(variant, 1)
    assert told(front) == ["0@example.com"]
    assert Movement.objects.filter(kind="allocated").count() == 1


def test_tell__what_the_last_commit_put_off_is_not_free_yet(front: Front) -> None:
    variant = front.sold(2)
    listed(front, variant)
    DirtyVariant.objects.create(
        transaction_id=1, variant_id=variant.pk, put_off="busy", created_at=front.now
    )
    assert told(front) == []
    DirtyVariant.objects.all().delete()
    assert told(front) == ["0@example.com"]


def test_tell__what_a_checkout_holds_is_not_free(front: Front) -> None:
    variant = front.sold(2)
    listed(front, variant, 2)
    checkout = front.checkout((variant, 1))
    model("warehouse", "Reservation").objects.create(
        checkout_line=checkout.lines.get(),
        stock=model("warehouse", "Stock").objects.get(product_variant=variant),
        quantity_reserved=1,
        reserved_until=timezone.now() + timedelta(hours=1),
    )
    assert told(front) == ["0@example.com"]


def test_tell__nobody_who_did_not_confirm(front: Front) -> None:
    variant = front.sold(5)
    listed(front, variant, 2, confirmed_at=None)
    assert told(front) == []


def test_tell__only_where_the_channel_sells_it(front: Front) -> None:
    variant = front.sold(5)
    listed(front, variant)
    listings = model("product", "ProductChannelListing").objects
    listings.update(is_published=False)
    assert told(front) == []
    listings.update(is_published=True)
    other = front.channel()
    listed(front, variant, channel_id=other.pk)
    assert told(front) == ["0@example.com"]


def test_tell__only_what_lies_where_the_channel_sends_from(front: Front) -> None:
    variant = front.sold(0)
    elsewhere = front.warehouse([front.channel()])
    front.stock(variant, elsewhere, 7)
    listed(front, variant)
    assert told(front) == []


def test_tell__each_channel_and_variant_has_its_own_units(front: Front) -> None:
    lamp, chair, none = front.sold(1), front.sold(2), front.sold(0)
    for variant in (lamp, chair, none):
        listed(front, variant, 3)
    assert sorted(told(front)) == ["0@example.com", "3@example.com", "4@example.com"]


def test_tell__everybody_where_units_are_not_counted(front: Front) -> None:
    variant = front.sold(0)
    type(variant).objects.filter(pk=variant.pk).update(track_inventory=False)
    listed(front, variant, 3)
    assert len(told(front)) == 3
    mail = deliver()[0]
    assert "You asked us to tell you. You can buy it now" in mail.body


def test_tell__not_where_the_channel_does_not_send_it(front: Front) -> None:
    variant = front.sold(1)
    listed(front, variant)
    rule = ChannelRule.objects.create(channel_id=front.main.pk, muted="back_in_stock")
    assert told(front) == []
    ChannelRule.objects.filter(pk=rule.pk).update(muted="", transport=Transport.OFF)
    assert told(front) == []
    rule.delete()
    assert told(front) == ["0@example.com"]


def test_tell__who_signs_up_again_at_once_hears_of_the_next_return(front: Front) -> None:
    variant = front.sold(5)
    (row,) = listed(front, variant)
    assert told(front) == [row.email]
    listed(front, variant, email=row.email.upper())
    assert told(front, front.now + timedelta(hours=23)) == []
    assert told(front, front.now + timedelta(hours=25)) == [row.email.upper()]


def test_tell__goes_on_with_the_rest_in_the_next_run(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "MAX_OF_A_KIND", 2)
    variant = front.sold(9)
    listed(front, variant, 3)
    assert told(front) == ["0@example.com", "1@example.com"]
    assert told(front) == ["2@example.com"]


def test_deliver__says_nothing_where_nothing_is_left_and_again_at_the_next_return(
    front: Front,
) -> None:
    variant = front.sold(1)
    (row,) = listed(front, variant)
    assert told(front) == [row.email]
    front.restock(variant, -1)
    assert deliver() == []
    first = Message.objects.get()
    assert (first.state, first.last_error) == ("skipped", "nothing of it is free any more")
    row.refresh_from_db()
    assert row.told_at is None
    assert told(front) == []
    front.restock(variant, 1)
    # In a transaction of its own, as the next run is.
    Message.objects.update(key="told in another transaction")
    assert told(front) == [row.email]
    assert [mail.to for mail in deliver()] == [[row.email]]


def test_deliver__who_signed_up_anew_meanwhile_stays_once_in_the_queue(front: Front) -> None:
    variant = front.sold(1)
    (row,) = listed(front, variant)
    told(front)
    listed(front, variant, email=row.email.upper(), confirmed_at=None)
    front.restock(variant, -1)
    assert deliver() == []
    left = SignUp.objects.get()
    assert (left.pk, left.told_at, left.confirmed_at) == (row.pk, None, row.confirmed_at)


def test_deliver__nothing_for_who_left_after_they_were_told(front: Front) -> None:
    variant = front.sold(1)
    (row,) = listed(front, variant)
    told(front)
    subscriptions.erase(subscription_id=row.pk)
    assert deliver() == []
    assert Message.objects.get().last_error == "the sign-up is gone"


def test_wait_again__only_whose_message_was_skipped(front: Front) -> None:
    variant = front.sold(1)
    (row,) = listed(front, variant)
    told(front)
    message = Message.objects.get()
    for state in (MessageState.PENDING, MessageState.SENT, MessageState.GIVEN_UP):
        Message.objects.update(state=state)
        notify.wait_again(message)
        row.refresh_from_db()
        assert row.told_at == front.now


def test_task__tells_before_it_delivers(front: Front) -> None:
    variant = front.sold(1)
    listed(front, variant)
    tasks.deliver()
    assert Message.objects.get().state == "sent"


def test_task__delivers_though_telling_fails(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fail(**_: Any) -> None:
        raise RuntimeError("no telling")

    monkeypatch.setattr(notify, "tell", fail)
    monkeypatch.setattr(delivery, "deliver", lambda **_: ran.append("delivered"))
    with pytest.raises(RuntimeError, match="no telling"):
        tasks.deliver()
    assert ran == ["delivered"]


@pytest.fixture
def committed(transactional_db: None) -> Front:
    return Front()


def test_two_at_once_tell_each_person_once_and_no_more_than_there_are_units(
    committed: Front,
) -> None:
    variant = committed.sold(4)
    listed(committed, variant, 10)
    done = at_once(*[lambda: notify.tell(now=committed.now)] * 6)
    assert sum(done) == 4
    assert Message.objects.count() == SignUp.objects.exclude(told_at=None).count() == 4
    assert notify.tell(now=committed.now) == 0


def test_who_is_just_leaving_is_passed_over(committed: Front) -> None:
    variant = committed.sold(1)
    first, second = listed(committed, variant, 2)

    def leave() -> int:
        with transaction.atomic():
            SignUp.objects.filter(pk=first.pk).delete()
            (told,) = at_once(lambda: notify.tell(now=committed.now))
            return int(told)

    assert leave() == 1
    second.refresh_from_db()
    assert second.told_at == committed.now


MANY = """
    INSERT INTO saleor_backorders_backinstocksubscription
           (variant_id, channel_id, email, language, created_at, confirmed_at)
    SELECT variant, %(channel)s, variant || '-' || number || '@example.com', 'en', now(), now()
      FROM unnest(%(variants)s::integer[]) AS variant, generate_series(1, 20000) AS number
"""


def read_so_far() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE relname = 'saleor_backorders_backinstocksubscription'"
        )
        by_scan, by_index = cursor.fetchone()
        return int(by_scan), int(by_index)


def test_two_units_for_sixty_thousand_who_wait_read_the_head_of_the_queue(
    committed: Front,
) -> None:
    gone, held, here = committed.sold(0), committed.sold(1), committed.sold(2)
    with connection.cursor() as cursor:
        variants = [gone.pk, held.pk, here.pk]
        cursor.execute(MANY, {"channel": committed.main.pk, "variants": variants})
        cursor.execute("ANALYZE")
    SignUp.objects.filter(email=f"{held.pk}-1@example.com").update(told_at=committed.now)
    with transaction.atomic():
        before = read_so_far()
        assert notify.tell(now=committed.now) == 2
        by_scan, by_index = (now - was for now, was in zip(read_so_far(), before, strict=True))
    assert by_scan == 0
    assert by_index < 100
    first = SignUp.objects.filter(told_at=committed.now, variant_id=here.pk).order_by("pk")
    assert [row.email for row in first] == [f"{here.pk}-1@example.com", f"{here.pk}-2@example.com"]
    run_triggers()
