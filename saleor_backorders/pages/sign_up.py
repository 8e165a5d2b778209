"""The page behind the link that confirms a sign-up: looking changes nothing, the button does."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation

from saleor_backorders import errors
from saleor_backorders.availability import free_stock
from saleor_backorders.back_in_stock import subscriptions
from saleor_backorders.common import clock, i18n, links
from saleor_backorders.models import BackInStockSubscription

from . import responses
from .invalid_link import nowhere

METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, kw_only=True)
class SignUpPage:
    """What the page of a sign-up shows."""

    thing: str
    is_confirmed: bool
    is_told: bool


def sign_up_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds the link confirm that they want to hear of a variant."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        row = _open(token, confirm=request.method == "POST")
        page = _read(row)
    except errors.LinkInvalid:
        return nowhere(request)
    with translation.override(i18n.spoken(row.language)):
        return responses.sign_up(page)


def _open(token: str, *, confirm: bool) -> BackInStockSubscription:
    key = links.read_for(links.CONFIRM, token)
    if confirm:
        return subscriptions.confirm(subscription_id=key, now=timezone.now())
    return subscriptions.find(key)


def _read(row: BackInStockSubscription) -> SignUpPage:
    return SignUpPage(
        thing=name_of(row.variant_id, row.channel_id),
        is_confirmed=row.confirmed_at is not None,
        is_told=row.told_at is not None,
    )


def name_of(variant_id: int, channel_id: int) -> str:
    """Return what a variant is called; empty where it is gone."""
    goods = free_stock.read(
        [(variant_id, channel_id)], now=timezone.now(), today=clock.today()
    ).get((variant_id, channel_id))
    return goods.thing if goods else ""
