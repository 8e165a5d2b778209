"""Tell me when it is back: sign up, confirm, leave.  Public, and alike for every address."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.services import links, sign_up, throttle, way_out

from . import ids
from .asking import Asking, mutation
from .errors import BackorderError
from .types import list_of


class BackInStockPayload(graphene.ObjectType):
    subscribed = graphene.Boolean(required=True)
    errors = list_of(BackorderError)


_refuse = partial(BackInStockPayload, subscribed=False)


@mutation(_refuse)
def back_in_stock_subscribe(asking: Asking, *, variant_id: str, channel: str, email: str) -> Any:
    sign_up.subscribe(
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
    try:
        sign_up.confirm(subscription_id=links.read_for(links.CONFIRM, token), now=asking.now)
    except errors.LinkInvalid:
        throttle.wrong_guess(asking.address)
        raise
    return BackInStockPayload(subscribed=True, errors=[])


@mutation(_refuse)
def back_in_stock_unsubscribe(asking: Asking, *, token: str) -> Any:
    try:
        way = way_out.read_sign_up(token)
    except errors.LinkInvalid:
        throttle.wrong_guess(asking.address)
        raise
    way_out.take(way, now=asking.now)
    return BackInStockPayload(subscribed=False, errors=[])
