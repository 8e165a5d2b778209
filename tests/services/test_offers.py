"""What customers are given for waiting: what, when, to whom, how often, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders import tasks
from saleor_backorders.cancellations import cancel, delay_answers
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor
from saleor_backorders.models import (
    Backorder,
    ChannelRule,
    Decision,
    Message,
    Offer,
    VirtualStock,
)
from saleor_backorders.offers import codes as offers_codes
from saleor_backorders.offers import issue, report
from saleor_backorders.offers import queries as offers_queries
from sandbox.money.vouchers import NotApplicable
from tests import days as calendar
from tests.services.front import Front, run_triggers
from tests.sql.world import model

EMAIL = "Ada@example.com"


@pytest.fixture(autouse=True)
def looked_back() -> Iterator[None]:
    """Let no run be the first of its hour."""
    cache.clear()
    cache.set(issue.LOOKED_BACK, "")
    yield
    cache.clear()


class Waiters:
    """Customers of one variant, and the terms on which they wait."""

    def __init__(self, front: Front, percent: int = 10) -> None:
        self.front = front
        self.variant = front.sold(0, limit=1000, discount_percent=percent)

    def rule(self, **terms: Any) -> None:
        ChannelRule.objects.update_or_create(channel_id=self.front.main.pk, defaults=terms)

    def wait(self, units: int = 2, **fields: Any) -> Backorder:
        return self.front.wait(self.variant, units, **{"user_email": EMAIL, **fields})

    def slip(self, row: Backorder, days: int) -> None:
        """Move what is expected, and ask the customer, as the engine does beyond the tolerance."""
        row.refresh_from_db()
        assert row.agreed_on
        row.expected_on = row.agreed_on + timedelta(days=days)
        Backorder.objects.filter(pk=row.pk).update(expected_on=row.expected_on)
        Decision.objects.update_or_create(
            backorder_id=row.pk,
            state="open",
            defaults={
                "variant_id": row.variant_id,
                "previous_on": row.agreed_on,
                "previous_first_on": row.agreed_on,
                "new_on": row.expected_on,
                "slip_days": days,
                "opened_at": timezone.now(),
            },
        )

    def accept(self, row: Backorder) -> None:
        delay_answers.accept_delay(backorder_id=row.pk, by="customer", now=timezone.now())


@pytest.fixture
def waiters(front: Front) -> Waiters:
    return Waiters(front)


def run(now: datetime | None = None, today: date | None = None) -> int:
    return issue.issue_due(
        host=get_host(), now=now or timezone.now(), today=today or calendar.today()
    )


def look_back(now: datetime | None = None) -> int:
    """Be the first run of an hour."""
    cache.delete(issue.LOOKED_BACK)
    return run(now)


def code(offer: Offer) -> Any:
    return model("discount", "VoucherCode").objects.select_related("voucher").get(code=offer.code)


def given(row: Backorder) -> list[tuple[str, int, int, Decimal]]:
    found = Offer.objects.filter(order_id=row.order_id).order_by("pk")
    return [(each.kind, each.step, each.percent, each.amount) for each in found]


def test_waiting__the_highest_percentage_of_what_waits_is_given_once(waiters: Waiters) -> None:
    row = waiters.wait()
    other = waiters.front.sold(0, limit=10, discount_percent=25)
    line = waiters.front.line(row_order(row), other, 1)
    waiters.front.allocate(line, 1)
    run_triggers()
    assert [run(), run()] == [1, 0]
    offer = Offer.objects.get()
    assert given(row) == [("waiting", 0, 25, Decimal(0))]
    assert (offer.email, offer.currency, offer.channel_id) == (EMAIL, "USD", row.channel_id)
    assert re.fullmatch(r"WAIT(-[A-HJKMNP-Z2-9]{4}){3}", offer.code)


def row_order(row: Backorder) -> Any:
    return model("order", "Order").objects.get(pk=row.order_id)


def test_waiting__writes_the_message_that_brings_it_in_the_same_transaction(
    waiters: Waiters,
) -> None:
    row = waiters.wait()
    run()
    offer = Offer.objects.get()
    told = Message.objects.get(kind="offer")
    assert (told.key, told.order_id, told.about_ids) == (
        f"offer:{offer.pk}", row.order_id, [offer.pk],
    )  # fmt: skip
    with transaction.atomic():
        Offer.objects.all().delete()
        issue.issue(order_id=row.order_id, now=timezone.now(), today=calendar.today())
        transaction.set_rollback(True)
    assert Offer.objects.get().pk == offer.pk
    assert model("discount", "VoucherCode").objects.count() == 1


@pytest.mark.parametrize("why", ["no percentage", "no e-mail", "cancelled", "served", "expired"])
def test_waiting__nothing_where_it_is_not_due(front: Front, why: str) -> None:
    waiters = Waiters(front, percent=0 if why == "no percentage" else 10)
    row = waiters.wait(user_email="" if why == "no e-mail" else EMAIL)
    if why == "cancelled":
        front.cancel(model("order", "OrderLine").objects.get(pk=row.order_line_id))
        run_triggers()
    if why == "served":
        front.restock(waiters.variant, 2)
    if why == "expired":
        model("order", "Order").objects.filter(pk=row.order_id).update(status="expired")
    assert (run(), look_back()) == (0, 0)
    assert not Offer.objects.exists()


def test_waiting__the_account_speaks_where_the_order_has_no_e_mail(waiters: Waiters) -> None:
    user = waiters.front.user()
    waiters.wait(user_email="", user_id=user.pk)
    run()
    assert Offer.objects.get().email == user.email


def test_waiting__not_for_who_waited_long_before_the_shop_offered_it(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.wait()
    Message.objects.update(created_at=timezone.now() - issue.STILL_DUE - timedelta(minutes=1))
    VirtualStock.objects.update(discount_percent=10)
    assert (run(), look_back()) == (0, 0)
    fresh = waiters.wait()
    assert run() == 1
    assert given(fresh) == [("waiting", 0, 10, Decimal(0))]


def test_waiting__what_a_run_overlooked_is_found_within_the_hour(waiters: Waiters) -> None:
    waiters.wait()
    ago = timezone.now() - timedelta(hours=2)
    Message.objects.update(created_at=ago, state="sent", settled_at=ago)
    assert (run(), look_back()) == (0, 1)


def test_terms__start_end_and_minimum_are_the_channels(waiters: Waiters) -> None:
    waiters.rule(offer_start_days=3, offer_valid_days=30, offer_minimum=Decimal("20.50"))
    waiters.wait()
    run()
    offer = Offer.objects.get()
    first = datetime.combine(calendar.in_days(3), datetime.min.time(), UTC)
    last = first + timedelta(days=31) - timedelta(microseconds=1)
    assert (offer.valid_from, offer.valid_until) == (first, last)
    assert offer.minimum == Decimal("20.50")
    voucher = code(offer).voucher
    assert (voucher.start_date, voucher.end_date) == (first, last)
    assert (voucher.type, voucher.single_use, voucher.usage_limit) == ("entire_order", True, None)
    listing = voucher.channel_listings.get()
    assert (listing.channel_id, listing.discount_value) == (waiters.front.main.pk, 10)
    assert listing.min_spent_amount == Decimal("20.50")
    assert voucher.discount_value_type == "percentage"


def test_terms__for_ever_and_for_any_order(waiters: Waiters) -> None:
    waiters.rule(offer_valid_days=0)
    waiters.wait()
    run()
    voucher = code(Offer.objects.get()).voucher
    assert voucher.end_date is None
    assert voucher.channel_listings.get().min_spent_amount is None
    assert voucher.name == f"For waiting · 10 % · {calendar.today().isoformat()}"


def test_campaign__one_voucher_for_all_who_get_the_same(waiters: Waiters) -> None:
    for _ in range(3):
        waiters.wait()
    run()
    (voucher,) = model("discount", "Voucher").objects.all()
    assert voucher.codes.count() == 3
    waiters.wait()
    run()
    assert voucher.codes.count() == 4
    waiters.rule(offer_minimum=5)
    waiters.wait()
    run()
    assert model("discount", "Voucher").objects.count() == 2


def test_campaign__what_staff_changed_is_not_given_to_others(waiters: Waiters) -> None:
    waiters.wait()
    run()
    model("discount", "VoucherChannelListing").objects.update(discount_value=50)
    waiters.wait()
    run()
    values = model("discount", "VoucherChannelListing").objects.order_by("pk")
    assert [each.discount_value for each in values] == [50, 10]


def test_credit__grows_by_the_difference_with_each_started_week(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5)
    row = waiters.wait()
    assert run() == 0
    waiters.slip(row, 5)
    assert [run(), run()] == [1, 0]
    assert given(row) == [("slip", 1, 0, Decimal(5))]
    waiters.slip(row, 7)
    assert run() == 0
    waiters.slip(row, 22)
    assert run() == 1
    assert given(row)[1:] == [("slip", 4, 0, Decimal(15))]
    waiters.slip(row, 10)
    assert run() == 0
    last = Offer.objects.latest("pk")
    assert re.fullmatch(r"LATE(-\w{4}){3}", last.code)
    listing = code(last).voucher.channel_listings.get()
    assert (listing.discount_value, code(last).voucher.discount_value_type) == (15, "fixed")


def test_credit__counts_from_the_first_promise_when_each_slip_is_accepted(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5)
    row = waiters.wait()
    waiters.slip(row, 6)
    run()
    waiters.accept(row)
    assert run() == 0
    waiters.slip(row, 6)
    run()
    assert given(row) == [("slip", 1, 0, Decimal(5)), ("slip", 2, 0, Decimal(5))]


def test_credit__for_a_delay_that_nobody_was_asked_about_is_none(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5)
    row = waiters.wait()
    assert row.expected_on
    Backorder.objects.filter(pk=row.pk).update(expected_on=row.expected_on + timedelta(days=2))
    assert (run(), look_back()) == (0, 0)


def test_credit__no_more_than_the_ceiling_for_one_order(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5, credit_most=12)
    row = waiters.wait()
    waiters.slip(row, 14)
    run()
    waiters.slip(row, 40)
    run()
    assert given(row) == [("slip", 2, 0, Decimal(10)), ("slip", 6, 0, Decimal(2))]
    waiters.slip(row, 80)
    assert run() == 0


def test_credit__no_more_than_the_months_budget(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5, credit_budget=12)
    rows = [waiters.wait() for _ in range(3)]
    for row in rows:
        waiters.slip(row, 3)
    assert [run(), run()] == [2, 0]
    spent = Offer.objects.values_list("amount", flat=True)
    assert list(spent) == [5, 5]
    told = [each for each in caplog.records if "budget" in each.getMessage()]
    assert len(told) == 1
    assert "does not cover the credit of 5.000 USD" in told[0].getMessage()
    next_month = (calendar.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    assert run(today=next_month) == 1


def test_credit__what_was_withdrawn_can_be_given_to_others(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5, credit_budget=5)
    first, second = waiters.wait(), waiters.wait()
    waiters.slip(first, 3)
    run()
    waiters.slip(second, 3)
    assert run() == 0
    give_up(first)
    assert run() == 1
    assert given(second) == [("slip", 1, 0, Decimal(5))]


def give_up(row: Backorder) -> None:
    front_line = model("order", "OrderLine").objects.get(pk=row.order_line_id)
    Front.cancel(_cancelling(), front_line)
    run_triggers()


def _cancelling() -> Any:
    class Nobody(Front):
        def __init__(self) -> None:
            """Cancel in whatever shop there is."""

    return Nobody()


def test_withdrawn__when_all_of_it_is_given_up_unused(waiters: Waiters) -> None:
    gone, kept = waiters.wait(), waiters.wait()
    run()
    give_up(gone)
    assert run() == 0
    offer = Offer.objects.get(order_id=gone.order_id)
    assert offer.withdrawn_at is not None
    assert code(offer).is_active is False
    other = Offer.objects.get(order_id=kept.order_id)
    assert other.withdrawn_at is None
    assert code(other).is_active is True


def test_withdrawn__not_when_some_of_it_was_served(waiters: Waiters) -> None:
    row = waiters.wait(3)
    run()
    waiters.front.restock(waiters.variant, 1)
    line = model("order", "OrderLine").objects.get(pk=row.order_line_id)
    waiters.front.ship(line, waiters.front.shelves, 1)
    waiters.front.edit(line, 1)
    run_triggers()
    row.refresh_from_db()
    assert (row.waiting, row.fulfilled, row.cancelled) == (0, 1, 2)
    look_back()
    assert Offer.objects.get().withdrawn_at is None


def test_withdrawn__never_once_it_was_used(waiters: Waiters) -> None:
    row = waiters.wait()
    run()
    offer = Offer.objects.get()
    switch_off(offer)
    give_up(row)
    assert (run(), look_back()) == (0, 0)
    offer.refresh_from_db()
    assert (offer.used_at is not None, offer.withdrawn_at) == (True, None)


def test_withdrawn__at_once_when_the_plugin_cancels(
    waiters: Waiters, django_capture_on_commit_callbacks: Any
) -> None:
    row = waiters.wait()
    run()
    with django_capture_on_commit_callbacks(execute=True):
        cancel.cancel(
            host=get_host(), backorder_id=row.pk, quantity=None, reason="", actor=Actor(),
            by="customer", now=timezone.now(),
        )  # fmt: skip
        run_triggers()
    assert Offer.objects.get().withdrawn_at is not None


def switch_off(offer: Offer) -> None:
    """Use a code up as the host does."""
    found = code(offer)
    found.is_active = False
    found.save(update_fields=["is_active"])


def test_code__is_used_up_by_the_first_and_refused_to_the_second(waiters: Waiters) -> None:
    waiters.wait()
    run()
    offer = Offer.objects.get()
    late = code(offer)
    switch_off(offer)
    offer.refresh_from_db()
    used_at = offer.used_at
    assert used_at is not None
    late.is_active = False
    with pytest.raises(NotApplicable):
        late.save(update_fields=["is_active"])
    offer.refresh_from_db()
    assert offer.used_at == used_at


def test_code__that_a_failed_checkout_gives_back_may_be_used_again(waiters: Waiters) -> None:
    waiters.wait()
    run()
    offer = Offer.objects.get()
    switch_off(offer)
    found = code(offer)
    found.is_active = True
    found.save(update_fields=["is_active"])
    offer.refresh_from_db()
    assert (offer.used_at, offer.used_order_id) == (None, None)
    switch_off(offer)


def test_code__of_the_shop_is_none_of_our_business(front: Front) -> None:
    voucher = model("discount", "Voucher").objects.create(name="Sale")
    found = model("discount", "VoucherCode").objects.create(voucher=voucher, code="SALE")
    for _ in range(2):
        found.is_active = False
        found.save(update_fields=["is_active"])
    offers_codes.check_checkout(code="SALE", emails=[])
    found.refresh_from_db()
    assert (found.is_active, Offer.objects.count()) == (False, 0)


def test_use__is_noted_with_its_order_by_the_hook_and_without_it(waiters: Waiters) -> None:
    rows = [waiters.wait(), waiters.wait()]
    run()
    hooked, missed = Offer.objects.order_by("pk")
    switch_off(hooked)
    offers_codes.order_placed(order_id=rows[0].order_id, code=hooked.code, now=timezone.now())
    now = timezone.now()
    bought = waiters.front.order(waiters.front.main, voucher_code=missed.code)
    type(bought).objects.filter(pk=bought.pk).update(created_at=now)
    run()
    for offer, order_id in ((hooked, rows[0].order_id), (missed, bought.pk)):
        offer.refresh_from_db()
        assert offer.used_order_id == order_id
    assert missed.used_at == now
    assert code(missed).is_active is False


def test_use__of_a_checkout_of_which_no_order_came_is_given_back(waiters: Waiters) -> None:
    waiters.wait()
    run()
    offer = Offer.objects.get()
    switch_off(offer)
    look_back(timezone.now() + offers_codes.ON_ITS_WAY - timedelta(minutes=1))
    assert code(offer).is_active is False
    look_back(timezone.now() + offers_codes.ON_ITS_WAY + timedelta(minutes=1))
    offer.refresh_from_db()
    assert (code(offer).is_active, offer.used_at) == (True, None)


@pytest.mark.parametrize("how", ["switched off", "deleted"])
def test_use__what_staff_take_away_counts_as_withdrawn(waiters: Waiters, how: str) -> None:
    waiters.wait()
    run()
    codes = model("discount", "VoucherCode").objects
    codes.all().delete() if how == "deleted" else codes.update(is_active=False)
    look_back()
    assert Offer.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("emails", "refused"),
    [
        ([EMAIL, None], False),
        ([EMAIL.upper(), None], False),
        (["gift@example.com", EMAIL.lower()], False),
        (["else@example.com", None], True),
        ([None, None], True),
    ],
)
def test_checkout__only_the_customer_may_use_it(
    waiters: Waiters, emails: list[str | None], refused: bool
) -> None:
    waiters.wait()
    run()
    offer = Offer.objects.get()
    if not refused:
        offers_codes.check_checkout(code=offer.code, emails=emails)
        return
    with pytest.raises(ValidationError) as refusal:
        offers_codes.check_checkout(code=offer.code, emails=emails)
    ((field, (error,)),) = refusal.value.error_dict.items()
    assert (error.message, error.code, field) == (
        "This voucher was given to another e-mail address.", "voucher_not_applicable", "promoCode",
    )  # fmt: skip


def test_checkout__what_was_withdrawn_is_refused(waiters: Waiters) -> None:
    row = waiters.wait()
    run()
    give_up(row)
    run()
    with pytest.raises(ValidationError) as refusal:
        offers_codes.check_checkout(code=Offer.objects.get().code, emails=[EMAIL])
    assert refusal.value.message_dict["promoCode"] == ["This voucher is not valid any more."]


def test_uptake__counts_what_became_of_what_was_issued(front: Front) -> None:
    waiters = Waiters(front, percent=0)
    waiters.rule(credit_per_week=5)
    rows = [waiters.wait() for _ in range(4)]
    for row in rows:
        waiters.slip(row, 3)
    run()
    used, withdrawn, expired, _ = (Offer.objects.get(order_id=row.order_id) for row in rows)
    switch_off(used)
    now = timezone.now()
    Offer.objects.filter(pk=withdrawn.pk).update(withdrawn_at=now)
    Offer.objects.filter(pk=expired.pk).update(valid_until=now - timedelta(days=1))

    def read(since: date | None, until: date | None, channel: str | None = None) -> report.Uptake:
        return report.uptake(channel=channel, since=since, until=until, now=now, using="default")

    found = read(calendar.today(), calendar.today(), front.main.slug)
    assert (found.issued, found.used, found.withdrawn, found.expired, found.open) == (4, 1, 1, 1, 1)
    assert found.amount_issued == (report.Amount(currency="USD", amount=Decimal(20)),)
    assert found.amount_used == (report.Amount(currency="USD", amount=Decimal(5)),)
    yesterday = calendar.today() - timedelta(days=1)
    assert read(None, yesterday) == report.Uptake()
    assert read(calendar.today(), None).issued == 4
    assert read(calendar.today(), calendar.today(), front.channel().slug) == report.Uptake()


def test_deliver__issues_before_it_sends_so_that_one_email_brings_all(
    waiters: Waiters, mailoutbox: list[Any]
) -> None:
    waiters.wait()
    tasks.deliver.delay()
    offer = Offer.objects.get()
    (mail,) = mailoutbox
    assert offer.code in mail.body
    assert offer.told_at is not None
    assert states() == {"placed": "sent", "offer": "pending"}
    Message.objects.update(due_at=timezone.now())
    tasks.deliver.delay()
    assert states() == {"placed": "sent", "offer": "skipped"}
    assert len(mailoutbox) == 1


def test_deliver__a_late_run_brings_it_once_as_well(
    waiters: Waiters, mailoutbox: list[Any]
) -> None:
    waiters.wait()
    run()
    Message.objects.update(due_at=timezone.now())
    tasks.deliver.delay()
    assert states() == {"placed": "sent", "offer": "skipped"}
    assert len(mailoutbox) == 1


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("kind", "state"))


def test_search__is_a_few_statements_where_nothing_is_due(waiters: Waiters) -> None:
    for _ in range(3):
        waiters.wait()
    run()
    with CaptureQueriesContext(connection) as asked:
        assert run() == 0
    # Orders that used a code, units given up, what the outbox names, what those are due.
    assert len(asked) == 4


def test_search__reads_the_news_and_not_who_waits(waiters: Waiters) -> None:
    row = waiters.wait()
    own = ("id", "order_id", "order_line_id", "status")
    others = [each.column for each in Backorder._meta.local_fields if each.column not in own]
    columns = ", ".join(others)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO saleor_backorders_backorder (id, order_id, order_line_id, {columns})"
            f" SELECT id + n, gen_random_uuid(), gen_random_uuid(), {columns}"
            "   FROM saleor_backorders_backorder, generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE saleor_backorders_backorder")
    plan = explain("find_due_offers", order_ids=[row.order_id], month_from=timezone.now())
    assert "bo_ledger_order" in plan
    assert "Seq Scan on saleor_backorders_backorder" not in plan
    assert "Seq Scan on saleor_backorders_message" not in explain(
        "find_named_orders", newest=issue.NEWEST, since=timezone.now(), without="enable_seqscan"
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM saleor_backorders_backorder WHERE id <> %s", [row.pk])


def explain(name: str, without: str = "", **parameters: Any) -> str:
    with connection.cursor() as cursor:
        if without:
            cursor.execute(f"SET LOCAL {without} = off")
        cursor.execute(f"EXPLAIN {offers_queries._sql.text(name)}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())
