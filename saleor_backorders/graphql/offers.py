"""What customers get for waiting: shown before they buy, with their backorders, and to staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene
from django.utils.translation import gettext

from saleor_backorders import models
from saleor_backorders.availability import availability
from saleor_backorders.host.port import MANAGE_ORDERS
from saleor_backorders.offers import report

from . import permissions
from .connection import list_of
from .context import Asking, query
from .enums import OfferKind
from .scalars import Int, MoneyAmount


class OfferPreview(graphene.ObjectType):
    percent = Int(required=True)
    message = graphene.String(required=True)


class Offer(graphene.ObjectType):
    class Meta:
        description = "A voucher code that its customer may use once."

    kind = graphene.Field(OfferKind, required=True)
    code = graphene.String(required=True)
    percent = Int(required=True, description="0 where it is worth an amount.")
    amount = graphene.Field(MoneyAmount, description="Null where it is worth a percentage.")
    minimum = graphene.Field(
        MoneyAmount, description="What an order has to come to; null where any may use it."
    )
    valid_from = graphene.DateTime(required=True)
    valid_until = graphene.DateTime(description="Null where it is valid for ever.")
    used_at = graphene.DateTime()

    @staticmethod
    def resolve_amount(root: models.Offer, _info: Any) -> MoneyAmount | None:
        return MoneyAmount(currency=root.currency, amount=root.amount) if root.amount else None

    @staticmethod
    def resolve_minimum(root: models.Offer, _info: Any) -> MoneyAmount | None:
        return MoneyAmount(currency=root.currency, amount=root.minimum) if root.minimum else None


class BackorderOfferUptake(graphene.ObjectType):
    class Meta:
        description = "What became of the vouchers that were issued in a period."

    issued = Int(required=True)
    used = Int(required=True)
    withdrawn = Int(
        required=True, description="Taken back unused: what they were for was cancelled."
    )
    expired = Int(required=True)
    open = Int(required=True, description="Those that may still be used.")
    amount_issued = list_of(
        MoneyAmount, description="What the credits came to, by currency; percentages are not in it."
    )
    amount_used = list_of(MoneyAmount)


def preview(answer: availability.Availability) -> OfferPreview | None:
    """Show what waiting would bring, in the language in force; None where it brings nothing."""
    if not answer.offer_percent:
        return None
    text = gettext("%(percent)s%% off your next order for waiting")
    return OfferPreview(
        percent=answer.offer_percent, message=text % {"percent": answer.offer_percent}
    )


@query
def backorder_offers(asking: Asking, *, period: Any, channel: str | None = None) -> Any:
    """Say what became of the vouchers of a period."""
    permissions.require(asking.requester, MANAGE_ORDERS)
    found = report.uptake(
        channel=channel,
        since=period.get("gte"),
        until=period.get("lte"),
        now=asking.now,
        using=asking.using,
    )
    return BackorderOfferUptake(
        issued=found.issued,
        used=found.used,
        withdrawn=found.withdrawn,
        expired=found.expired,
        open=found.open,
        amount_issued=_amounts(found.amount_issued),
        amount_used=_amounts(found.amount_used),
    )


def _amounts(found: Iterable[report.Amount]) -> list[MoneyAmount]:
    return [MoneyAmount(currency=each.currency, amount=each.amount) for each in found]
