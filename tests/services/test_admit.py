"""Which checkouts may become orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders.checkout import acknowledgement, admission
from saleor_backorders.settings.shop import ShopSettings
from tests.services.front import Front

TODAY = date(2026, 11, 4)
STRICT = ShopSettings(active=True, agreement_required=True)


class Shop:
    """What the service asks of a shop."""

    def __init__(self, *, agreement_required: bool = False, channels: tuple[str, ...] = ()) -> None:
        self.agreement_required = agreement_required
        self.channels = channels

    def settings(self) -> ShopSettings:
        return ShopSettings(
            active=True, agreement_required=self.agreement_required, channels=self.channels
        )


def check(checkout: Any, shop: Any = None) -> None:
    asked: Any = shop or Shop()
    admission.check_checkout(
        shop=asked,
        checkout_id=checkout.pk,
        channel_slug=checkout.channel.slug,
        country="US",
        collection_point_id=checkout.collection_point_id,
        lines=[
            admission.CheckoutDemand(line.pk, line.variant_id, line.quantity)
            for line in checkout.lines.order_by("created_at")
        ],
        now=timezone.now(),
        today=TODAY,
    )


def refusal(checkout: Any, shop: Any = None) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as refused:
        check(checkout, shop)
    ((field, (error,)),) = refused.value.error_dict.items()
    return str(error.message), error.code or "", field


def said(checkout: Any, shop: Any = None) -> str:
    """Return how a checkout is refused; nothing where it is admitted."""
    try:
        check(checkout, shop)
    except ValidationError as refused:
        ((_field, (error,)),) = refused.error_dict.items()
        return str(error.message)
    return ""


@pytest.mark.parametrize(
    ("quantity", "refusal"), [(12, ""), (13, "Lamp (Red): 2 now, 10 may wait")]
)
def test_check_checkout__admits_what_the_shelf_and_the_limit_hold(
    front: Front, quantity: int, refusal: str
) -> None:
    assert said(front.checkout((front.sold(2, limit=10), quantity))) == refusal


def test_check_checkout__refuses_more_and_says_how_many(front: Front) -> None:
    checkout = front.checkout((front.sold(2, limit=10), 13))
    assert refusal(checkout) == ("Lamp (Red): 2 now, 10 may wait", "insufficient_stock", "lines")


def test_check_checkout__an_order_takes_from_the_limit(front: Front) -> None:
    variant = front.sold(2, limit=10)
    front.wait(variant, 5)
    assert said(front.checkout((variant, 7))) == ""
    assert refusal(front.checkout((variant, 8)))[0] == "Lamp (Red): 0 now, 7 may wait"


def test_check_checkout__lines_of_one_variant_count_together(front: Front) -> None:
    variant = front.sold(2, limit=10)
    assert said(front.checkout((variant, 6), (variant, 6))) == ""
    assert refusal(front.checkout((variant, 6), (variant, 7)))[0] == "Lamp (Red): 0 now, 6 may wait"


def test_check_checkout__leaves_what_has_no_policy_to_the_shop(front: Front) -> None:
    assert said(front.checkout((front.sold(2), 13))) == ""
    assert said(front.checkout((front.sold(2, limit=0), 13))) == "Lamp (Red): 2 now, none may wait"


def test_check_checkout__asks_to_agree_where_the_shop_requires_it(front: Front) -> None:
    checkout = front.checkout((front.sold(2, limit=10), 5))
    strict = Shop(agreement_required=True)
    assert refusal(checkout, strict) == (
        "Please agree to wait first: Lamp (Red): 2 ship now, 3 by 4 December",
        "required",
        "backorders",
    )
    acknowledgement.acknowledge(
        checkout_id=checkout.pk, settings=STRICT, now=timezone.now(), today=TODAY
    )
    check(checkout, strict)
    checkout.lines.update(quantity=6)
    assert refusal(checkout, strict)[1] == "required"


def test_check_checkout__asks_nothing_where_nothing_waits(front: Front) -> None:
    variant, strict = front.sold(9, limit=10), Shop(agreement_required=True)
    assert said(front.checkout((variant, 9)), strict) == ""
    assert said(front.checkout((variant, 10)), strict).startswith("Please agree to wait first: ")


def test_check_checkout__two_statements_where_nothing_waits(front: Front) -> None:
    checkout = front.checkout(*((front.sold(9, limit=1), 1) for _ in range(7)))
    lines = list(checkout.lines.all())
    demands = [admission.CheckoutDemand(line.pk, line.variant_id, line.quantity) for line in lines]
    with CaptureQueriesContext(connection) as seen:
        admission.check_checkout(
            shop=Shop(),  # type: ignore[arg-type]
            checkout_id=checkout.pk,
            channel_slug=front.main.slug,
            country="US",
            collection_point_id=None,
            lines=demands,
            now=timezone.now(),
            today=TODAY,
        )
    assert len(seen) == 2


def test_a_channel_that_the_settings_leave_out_asks_for_no_agreement(front: Front) -> None:
    checkout = front.checkout((front.sold(2, limit=10), 5))
    check(checkout, Shop(agreement_required=True, channels=("another",)))
    with pytest.raises(ValidationError, match="agree to wait"):
        check(checkout, Shop(agreement_required=True, channels=("another", checkout.channel.slug)))
