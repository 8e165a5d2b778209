"""What is told of a quantity before anybody buys it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from saleor_backorders import errors
from saleor_backorders.availability import availability, wording
from saleor_backorders.availability.availability import Availability, Demand
from saleor_backorders.availability.eta import Eta, EtaSource
from saleor_backorders.models import NO_LIMIT
from saleor_backorders.supply import shipments
from saleor_backorders.supply.shipments import Announced
from tests.services.front import Front, run_triggers
from tests.sql.world import model

TODAY = date(2026, 11, 4)
IN_THIRTY_DAYS = Eta(date(2026, 12, 4), EtaSource.LEAD_TIME)


def ask(front: Front, *demands: tuple[Any, int], channel: Any = None, **where: Any) -> Any:
    place = availability.find_destination(
        channel=(channel or front.main).slug, country=where.pop("country", None), using="default"
    )
    return availability.ask(
        demands=[Demand(variant.pk, quantity) for variant, quantity in demands],
        destination=place,
        now=timezone.now(),
        today=TODAY,
        using="default",
    )


def figures(answer: Availability) -> tuple[str, int, int, int | None, Eta | None]:
    return (
        answer.status.name,
        answer.in_stock,
        answer.backordered,
        answer.remaining,
        answer.eta,
    )


@pytest.mark.parametrize(
    ("free_stock", "limit", "quantity", "expected", "sentence"),
    [
        (2, 10, 1, ("IN_STOCK", 1, 0, 10, None), "1 ships now"),
        (2, 10, 2, ("IN_STOCK", 2, 0, 10, None), "2 ship now"),
        (
            2, 10, 5,
            ("PARTIALLY_BACKORDERED", 2, 3, 10, IN_THIRTY_DAYS),
            "2 ship now, 3 by 4 December",
        ),
        (
            2, 10, 12,
            ("PARTIALLY_BACKORDERED", 2, 10, 10, IN_THIRTY_DAYS),
            "2 ship now, 10 by 4 December",
        ),
        (
            2, 10, 13,
            ("UNAVAILABLE", 2, 10, 10, None),
            "Not available for this many: 2 now, 10 may wait",
        ),
        (0, 10, 4, ("BACKORDERED", 0, 4, 10, IN_THIRTY_DAYS), "4 by 4 December"),
        (0, NO_LIMIT, 4, ("BACKORDERED", 0, 4, None, IN_THIRTY_DAYS), "4 by 4 December"),
        (
            2, None, 3,
            ("UNAVAILABLE", 2, 0, 0, None),
            "Not available for this many: 2 now, none may wait",
        ),
        (0, None, 1, ("UNAVAILABLE", 0, 0, 0, None), "Not available"),
    ],
)  # fmt: skip
def test_ask__what_ships_and_what_waits(
    front: Front, free_stock: int, limit: int, quantity: int, expected: Any, sentence: str
) -> None:
    answer = ask(front, (front.sold(free_stock, limit=limit), quantity))[0]
    assert figures(answer) == expected
    assert wording.sentence(answer, today=TODAY) == sentence


def test_ask__nothing_is_free_while_somebody_waits(front: Front) -> None:
    variant = front.sold(2, limit=10)
    front.wait(variant, 5)
    front.restock(variant, 1)
    assert figures(ask(front, (variant, 1))[0]) == ("BACKORDERED", 0, 1, 8, IN_THIRTY_DAYS)


def test_ask__answers_in_the_order_asked_each_for_itself(front: Front) -> None:
    first, second = front.sold(2, limit=10), front.sold(0, limit=1)
    answers = ask(front, (second, 1), (first, 2), (first, 3))
    assert [(a.variant_id, a.in_stock, a.backordered) for a in answers] == [
        (second.pk, 0, 1),
        (first.pk, 2, 0),
        (first.pk, 2, 1),
    ]


def test_ask_together__lines_of_one_variant_share_what_there_is(front: Front) -> None:
    variant = front.sold(2, limit=2)
    place = availability.find_destination(channel=front.main.slug, country="US", using="default")
    answers = availability.ask_together(
        demands=[Demand(variant.pk, 1), Demand(variant.pk, 2), Demand(variant.pk, 2)],
        destination=place,
        now=timezone.now(),
        today=TODAY,
        using="default",
    )
    assert [(a.status.name, a.in_stock, a.backordered) for a in answers] == [
        ("IN_STOCK", 1, 0),
        ("PARTIALLY_BACKORDERED", 1, 1),
        ("UNAVAILABLE", 0, 1),
    ]


@pytest.mark.parametrize(
    "wrong", ["unpriced", "unpublished", "not yet published", "not yet for sale", "closed"]
)
def test_ask__what_the_channel_does_not_sell_is_unavailable(front: Front, wrong: str) -> None:
    variant = front.sold(5, limit=10)
    tomorrow = timezone.now() + timedelta(days=1)
    listings = model("product", "ProductChannelListing").objects.filter(channel=front.main)
    match wrong:
        case "unpriced":
            variant.channel_listings.update(price_amount=None)
        case "unpublished":
            listings.update(is_published=False)
        case "not yet published":
            listings.update(published_at=tomorrow)
        case "not yet for sale":
            listings.update(available_for_purchase_at=tomorrow)
        case "closed":
            type(front.main).objects.update(is_active=False)
    assert figures(ask(front, (variant, 1))[0]) == ("UNAVAILABLE", 0, 0, 0, None)


def test_ask__what_is_not_counted_is_always_there(front: Front) -> None:
    variant = front.sold(0)
    type(variant).objects.filter(pk=variant.pk).update(track_inventory=False)
    assert figures(ask(front, (variant, 500))[0]) == ("IN_STOCK", 500, 0, 0, None)


def test_ask__a_preorder_takes_no_part(front: Front) -> None:
    variant = front.sold(5, limit=10)
    type(variant).objects.filter(pk=variant.pk).update(is_preorder=True)
    answer = ask(front, (variant, 1))[0]
    assert figures(answer) == ("UNAVAILABLE", 0, 0, 0, None)
    assert wording.sentence(answer, today=TODAY) == "Sold as a preorder"


def test_ask__a_preorder_that_has_ended_is_sold_as_anything_else(front: Front) -> None:
    variant = front.sold(5, limit=10)
    type(variant).objects.filter(pk=variant.pk).update(
        is_preorder=True, preorder_end_date=timezone.now() - timedelta(seconds=1)
    )
    assert figures(ask(front, (variant, 1))[0]) == ("IN_STOCK", 1, 0, 10, None)


def test_ask__a_shelf_that_does_not_serve_the_country_does_not_count(front: Front) -> None:
    variant = front.sold(5, limit=10)
    front.count_zones()
    assert ask(front, (variant, 1), country="US")[0].in_stock == 1
    assert ask(front, (variant, 1), country="PL")[0].in_stock == 0


def test_ask__what_another_checkout_reserved_does_not_count(front: Front) -> None:
    variant = front.sold(5, limit=10)
    checkout = front.checkout((variant, 4))
    model("warehouse", "Reservation").objects.create(
        checkout_line=checkout.lines.get(),
        stock=variant.stocks.get(warehouse=front.shelves),
        quantity_reserved=4,
        reserved_until=timezone.now() + timedelta(minutes=5),
    )
    assert ask(front, (variant, 2))[0].in_stock == 1


@pytest.mark.parametrize(("quantity", "statements"), [(1, 2), (2, 3)])
def test_ask__as_many_statements_however_many_are_asked(
    front: Front, quantity: int, statements: int
) -> None:
    variants = [front.sold(1, limit=1) for _ in range(12)]
    for size in (1, 12):
        with CaptureQueriesContext(connection) as seen:
            ask(front, *((variant, quantity) for variant in variants[:size]))
        assert len(seen) == statements


@pytest.mark.parametrize("quantity", [0, -1, 2**31])
def test_ask__refuses_a_quantity_out_of_range(front: Front, quantity: int) -> None:
    variant = front.sold(1)
    with pytest.raises(errors.ValueOutOfRange) as refused:
        ask(front, (variant, quantity))
    assert (refused.value.value, refused.value.field) == (quantity, "quantity")


def test_ask__refuses_what_does_not_exist(front: Front) -> None:
    variant = front.sold(1)
    variant.pk += 1000
    with pytest.raises(errors.NotFound):
        ask(front, (variant, 1))
    with pytest.raises(errors.NotFound):
        availability.find_destination(channel="nowhere", country=None, using="default")


def test_sentence__names_the_year_of_a_far_day(front: Front) -> None:
    answer = ask(front, (front.sold(0, limit=9), 1))[0]
    assert wording.sentence(answer, today=date(2026, 1, 4)) == "1 by 4 December 2026"


def test_sentence__names_the_month_in_the_language_of_the_shopper(front: Front) -> None:
    answer = ask(front, (front.sold(0, limit=9), 1))[0]
    with translation.override("de"):
        assert wording.sentence(answer, today=TODAY) == "1 bis 4. Dezember"


def test_ask_together__what_one_line_takes_is_not_there_for_the_next(front: Front) -> None:
    variant = front.sold(0, limit=10)
    today = timezone.now().date()
    arrives = today + timedelta(days=8)
    shipments.create(
        reference="PO-1", warehouse_id=front.shelves.pk, expected_on=arrives,
        lines=[Announced(variant.pk, 2)], now=timezone.now(),
    )  # fmt: skip
    run_triggers()
    answers = availability.ask_together(
        demands=[Demand(variant.pk, 2), Demand(variant.pk, 1)],
        destination=availability.find_destination(
            channel=front.main.slug, country=None, using="default"
        ),
        now=timezone.now(),
        today=today,
        using="default",
    )
    assert [each.eta for each in answers] == [
        Eta(arrives, EtaSource.INCOMING_SHIPMENT),
        Eta(today + timedelta(days=30), EtaSource.LEAD_TIME),
    ]
    alone = ask(front, (variant, 2), (variant, 1))
    assert [each.eta.source.name for each in alone] == ["INCOMING_SHIPMENT"] * 2


def test_ask_together__the_shelf_and_the_limit_are_there_once(front: Front) -> None:
    variant = front.sold(2, limit=3)
    answers = availability.ask_together(
        demands=[Demand(variant.pk, quantity) for quantity in (1, 3, 1, 1)],
        destination=availability.find_destination(
            channel=front.main.slug, country=None, using="default"
        ),
        now=timezone.now(),
        today=TODAY,
        using="default",
    )
    assert [(each.in_stock, each.backordered) for each in answers] == [
        (1, 0), (1, 2), (0, 1), (0, 0),
    ]  # fmt: skip
