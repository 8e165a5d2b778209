"""Tell me when it is back: sign up, confirm, leave.  Public, and alike for every address."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.back_in_stock import subscriptions, unsubscribe
from saleor_backorders.common import links, rate_limit

from . import ids
from .connection import list_of
from .context import Asking, mutation
from .errors import BackorderError


class BackInStockPayload(graphene.ObjectType):
    subscribed = graphene.Boolean(required=True)
    errors = list_of(BackorderError)


_refuse = partial(BackInStockPayload, subscribed=False)


@mutation(_refuse)
def back_in_stock_subscribe(asking: Asking, *, variant_id: str, channel: str, email: str) -> Any:
    """Sign an address up, with the same answer to everybody."""
    subscriptions.subscribe(
        variant_id=ids.integer(variant_id, kind="ProductVariant", field="variantId"),
        channel=channel,
        email=email,
        language=asking.language,
        address=asking.address,
        now=asking.now,
        today=asking.today,
    )
    return BackInStockPayload(subscribed=True, errors=[])


@mutation(_refuse)
def back_in_stock_confirm(asking: Asking, *, token: str) -> Any:
    """Confirm a sign-up."""
    try:
        subscriptions.confirm(subscription_id=links.read_for(links.CONFIRM, token), now=asking.now)
    except errors.LinkInvalid:
        rate_limit.wrong_guess(asking.address)
        raise
    return BackInStockPayload(subscribed=True, errors=[])


@mutation(_refuse)
def back_in_stock_unsubscribe(asking: Asking, *, token: str) -> Any:
    """Forget a sign-up."""
    try:
        way = unsubscribe.read_sign_up(token)
    except errors.LinkInvalid:
        rate_limit.wrong_guess(asking.address)
        raise
    unsubscribe.take(way, now=asking.now)
    return BackInStockPayload(subscribed=False, errors=[])
