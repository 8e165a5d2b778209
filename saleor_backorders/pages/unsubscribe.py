"""The page behind a message's way out: looking changes nothing, the button does.

Mail programs press it by themselves when their user wants to hear no more: they POST to the link
without having looked, with a form of their own, and follow nowhere (RFC 8058).  So what was posted
is not read, and the answer is a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation

from saleor_backorders import errors
from saleor_backorders.back_in_stock import unsubscribe
from saleor_backorders.common import i18n

from . import responses
from .invalid_link import nowhere
from .sign_up import name_of

METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, kw_only=True)
class WayOutPage:
    is_sign_up: bool
    thing: str
    is_taken: bool


def way_out_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds the link hear no more of what its message was about."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        way = unsubscribe.read(token)
    except errors.LinkInvalid:
        return nowhere(request)
    if request.method == "POST":
        unsubscribe.take(way, now=timezone.now())
    with translation.override(i18n.spoken(way.message.language)):
        return responses.way_out(_read(way, is_taken=way.is_taken or request.method == "POST"))


def _read(way: unsubscribe.WayOut, *, is_taken: bool) -> WayOutPage:
    about = way.message.variant_id if way.is_sign_up else None
    return WayOutPage(
        is_sign_up=way.is_sign_up,
        thing=name_of(about, way.message.channel_id) if about else "",
        is_taken=is_taken,
    )
