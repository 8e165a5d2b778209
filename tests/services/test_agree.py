"""An agreement holds for what was shown, and for less."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.checkout import acknowledgement
from saleor_backorders.models import Acknowledgement, VirtualStock
from saleor_backorders.settings.shop import ShopSettings
from tests.services.front import Front

TODAY = date(2026, 11, 4)
STRICT = ShopSettings(active=True, agreement_required=True)


def look(
    checkout: Any, *, today: date = TODAY, required: bool = True
) -> acknowledgement.CheckoutState:
    state = acknowledgement.checkout_backorders(
        checkout_id=checkout.pk,
        settings=ShopSettings(active=True, agreement_required=required),
        now=timezone.now(),
        today=today,
        using="default",
    )
    assert state is not None
    return state


def say_yes(checkout: Any, *, today: date = TODAY) -> acknowledgement.CheckoutState:
    return acknowledgement.acknowledge(
        checkout_id=checkout.pk, settings=STRICT, now=timezone.now(), today=today
    )


def change(checkout: Any, variant: Any, quantity: int) -> None:
    checkout.lines.filter(variant=variant).update(quantity=quantity)


def test_checkout_backorders__every_line_with_what_would_wait(front: Front) -> None:
    short, full = front.sold(2, limit=10), front.sold(9)
    checkout = front.checkout((short, 5), (full, 1))
    state = look(checkout)
    assert [(a.in_stock, a.backordered) for _, a in state.lines] == [(2, 3), (1, 0)]
    assert [line_id for line_id, _ in state.lines] == list(
        checkout.lines.order_by("created_at").values_list("pk", flat=True)
    )
    assert (state.required, state.agreed) == (True, False)


def test_checkout_backorders__nothing_to_agree_to_where_nothing_waits(front: Front) -> None:
    state = look(front.checkout((front.sold(9, limit=10), 5)))
    assert (state.required, state.agreed) == (False, False)


def test_checkout_backorders__a_checkout_without_lines(front: Front) -> None:
    assert look(front.checkout()).lines == ()


@pytest.mark.parametrize(
    ("shipping", "billing", "in_stock"),
    [
        ("US", "PL", 2),
        ("PL", "US", 0),
        ("", "PL", 2),
        (None, "PL", 0),
        (None, "", 2),
        (None, None, 2),
    ],
)
def test_checkout_backorders__for_the_country_that_it_would_be_sent_to(
    front: Front, shipping: str | None, billing: str | None, in_stock: int
) -> None:
    """Not even an empty shipping address lets the billing address count."""
    front.count_zones()
    addresses = {
        f"{name}_address": front.address(country)
        for name, country in (("shipping", shipping), ("billing", billing))
        if country is not None
    }
    state = look(front.checkout((front.sold(5, limit=10), 2), **addresses))
    assert [answer.in_stock for _, answer in state.lines] == [in_stock]


def test_checkout_backorders__unknown(front: Front) -> None:
    found = acknowledgement.checkout_backorders(
        checkout_id=uuid4(),
        settings=STRICT,
        now=timezone.now(),
        today=TODAY,
        using="default",
    )
    assert found is None


def test_acknowledge__covers_what_was_shown_and_fewer_units(front: Front) -> None:
    variant = front.sold(2, limit=10)
    checkout = front.checkout((variant, 5))
    assert say_yes(checkout).agreed
    assert look(checkout).agreed
    change(checkout, variant, 4)
    assert look(checkout).agreed


def test_acknowledge__does_not_cover_more_units(front: Front) -> None:
    variant = front.sold(2, limit=10)
    checkout = front.checkout((variant, 5))
    say_yes(checkout)
    change(checkout, variant, 6)
    assert not look(checkout).agreed
    assert say_yes(checkout).agreed
    assert Acknowledgement.objects.count() == 1


def test_acknowledge__does_not_cover_a_longer_wait(front: Front) -> None:
    variant = front.sold(2, limit=10)
    checkout = front.checkout((variant, 5))
    say_yes(checkout)
    VirtualStock.objects.update(lead_time_days=31)
    assert not look(checkout).agreed
    VirtualStock.objects.update(lead_time_days=20)
    assert look(checkout).agreed
    assert not look(checkout, today=TODAY + timedelta(days=11)).agreed


def test_acknowledge__does_not_cover_a_new_line(front: Front) -> None:
    first, second = front.sold(2, limit=10), front.sold(0, limit=10)
    checkout = front.checkout((first, 5))
    say_yes(checkout)
    other = front.checkout((second, 1)).lines.get()
    type(other).objects.filter(pk=other.pk).update(checkout=checkout)
    assert not look(checkout).agreed


def test_acknowledge__refuses_a_checkout_that_does_not_exist(front: Front) -> None:
    with pytest.raises(errors.NotFound):
        acknowledgement.acknowledge(
            checkout_id=uuid4(), settings=STRICT, now=timezone.now(), today=TODAY
        )
    assert not Acknowledgement.objects.exists()
