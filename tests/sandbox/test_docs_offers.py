from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from saleor_backorders import tasks
from saleor_backorders.models import Offer
from sandbox.shop import fixtures
from tests.sandbox.test_docs_tried import Reader, document, in_days, reader

__all__ = ["reader"]


def test_offers_are_set_given_and_counted_as_the_page_says(reader: Reader) -> None:
    terms = reader.staff.plugin(document("offers", "Terms"), channel=fixtures.CHANNEL)
    assert terms["rule"]["creditPerWeek"] == 5
    scope = {"channel": fixtures.CHANNEL, "variantIds": [reader.boots]}
    policy = reader.staff.plugin(document("offers", "Reward"), scope=scope)["policy"]
    assert policy == {"discountPercent": 10}

    shipment = reader.announce(3, days=10)
    reader.order(5)
    move = document("supply", "Move").replace("2026-12-09", in_days(15).isoformat())
    reader.staff.plugin(move, id=shipment)
    tasks.deliver.delay()
    move = document("supply", "Move").replace("2026-12-09", in_days(25).isoformat())
    reader.staff.plugin(move, id=shipment)
    tasks.deliver.delay()

    offers = Offer.objects.order_by("pk")
    assert [(each.kind, each.percent, each.amount) for each in offers] == [
        ("waiting", 10, 0), ("slip", 0, 5), ("slip", 0, 10),
    ]  # fmt: skip
    uptake = document("offers", "Uptake")
    today = timezone.now().date()
    days = {"2026-11-01": today, "2026-11-30": today + timedelta(days=1)}
    uptake = re.sub("|".join(days), lambda found: days[found[0]].isoformat(), uptake)
    found = reader.staff.plugin(uptake, channel=fixtures.CHANNEL)
    assert (found["issued"], found["open"]) == (3, 3)
    assert found["amountIssued"] == [{"amount": 15.0, "currency": found_currency()}]


def found_currency() -> str:
    return Offer.objects.latest("pk").currency
