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
class UnsubscribePage:
    """What the page shows to whoever wants no more mails."""

    is_sign_up: bool
    thing: str
    is_taken: bool


def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds the link hear no more of what its message was about."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        link = unsubscribe.read(token)
    except errors.LinkInvalid:
        return nowhere(request)
    if request.method == "POST":
        unsubscribe.take(link, now=timezone.now())
    with translation.override(i18n.spoken(link.message.language)):
        return responses.unsubscribed(
            _read(link, is_taken=link.is_taken or request.method == "POST")
        )


def _read(link: unsubscribe.UnsubscribeLink, *, is_taken: bool) -> UnsubscribePage:
    about = link.message.variant_id if link.is_sign_up else None
    return UnsubscribePage(
        is_sign_up=link.is_sign_up,
        thing=name_of(about, link.message.channel_id) if about else "",
        is_taken=is_taken,
    )
