"""Whether a checkout may become an order: the kinder refusal before Saleor's own.

The exact limit is kept elsewhere, under the locks of the shop.  This looks before
anything is written, so that the shopper reads which product it is about, how many would ship
now and how many may still wait, and is asked to agree where the channel requires it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext

from saleor_backorders.availability import availability, wording
from saleor_backorders.availability.availability import Availability, AvailabilityStatus, Demand
from saleor_backorders.host import checkout
from saleor_backorders.host.port import Shop
from saleor_backorders.offers import codes

from . import acknowledgement

INSUFFICIENT_STOCK = "insufficient_stock"
AGREEMENT_MISSING = "required"


class CheckoutDemand(NamedTuple):
    """What a line of a checkout asks for."""

    line_id: UUID
    variant_id: int
    quantity: int


def check_checkout(
    *,
    shop: Shop,
    checkout_id: UUID,
    channel_slug: str,
    country: str,
    collection_point_id: UUID | None,
    lines: Sequence[CheckoutDemand],
    now: datetime,
    today: date,
    voucher_code: str | None = None,
    emails: Sequence[str | None] = (),
) -> None:
    """Refuse an order that asks for more than there is, or that the shopper did not agree to.

    Nor may it use a voucher that was given to somebody else; ``emails`` are the shopper's.
    Only lines that backorders have a say in are looked at; the rest is the shop's business.
    Reads from the primary database.  What is raised has the codes of Saleor's
    ``CheckoutErrorCode`` ("insufficient_stock", "required", "voucher_not_applicable").

    :raises ValidationError: the refusal; nothing else for a checkout that the shop let pass.
    """
    codes.check_checkout(code=voucher_code, emails=emails)
    if not lines:
        return
    destination = availability.find_destination(
        channel=channel_slug,
        country=country,
        collection_point_id=collection_point_id,
        checkout_id=checkout_id,
        using="default",
    )
    answers = availability.ask_together(
        demands=[Demand(line.variant_id, line.quantity) for line in lines],
        destination=destination,
        now=now,
        today=today,
        using="default",
    )
    _refuse_shortage(answers)
    _refuse_missing_agreement(shop, checkout_id, channel_slug, lines, answers, today)


def _refuse_shortage(answers: Sequence[Availability]) -> None:
    short = [
        answer
        for answer in answers
        if answer.takes_part and answer.status == AvailabilityStatus.UNAVAILABLE
    ]
    if short:
        message = "; ".join(
            f"{answer.product_name}: {wording.shortage(answer)}" for answer in short
        )
        raise checkout.refusal(message, code=INSUFFICIENT_STOCK, field="lines")


def _refuse_missing_agreement(
    shop: Shop,
    checkout_id: UUID,
    channel_slug: str,
    lines: Sequence[CheckoutDemand],
    answers: Sequence[Availability],
    today: date,
) -> None:
    shown = acknowledgement.what_waits(zip((line.line_id for line in lines), answers, strict=True))
    if not shown or not shop.settings().requires_agreement(channel_slug):
        return
    if not acknowledgement.covers(
        acknowledgement.find(checkout_id=checkout_id, using="default"), shown
    ):
        what = "; ".join(
            f"{answer.product_name}: {wording.sentence(answer, today=today)}"
            for answer in answers
            if answer.backordered
        )
        message = gettext("Please agree to wait first: %(what)s") % {"what": what}
        raise checkout.refusal(message, code=AGREEMENT_MISSING, field="backorders")
