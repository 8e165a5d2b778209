"""The page behind a customer's link: what waits, until when, and what they can do about it.

The link is the key: nobody signs in, no cookie is set or read, so there is nothing that another
site could misuse.  Looking changes nothing, since mail scanners open links; what changes
something is a POST that names the state which it answers, so that a second click or an old page
acts on nothing but what its reader saw.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.common import clock, links

from . import actions, responses, wait_page
from .invalid_link import nowhere

METHODS = ("GET", "HEAD", "POST")


def customer_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show one backorder to whoever holds its link, and do what they choose."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    again = actions.repeated(request.POST, token=token) if request.method == "POST" else None
    if again:
        return again
    try:
        backorder = links.open_backorder(token, wait_page.PRIMARY)
    except errors.LinkInvalid:
        return nowhere(request)
    page = wait_page.read(backorder, today=clock.today(), using=wait_page.PRIMARY)
    with translation.override(page.language):
        if request.method == "POST":
            return actions.carry_out(page, request.POST, token=token)
        return _show(page, request)


def _show(page: wait_page.WaitPage, request: HttpRequest) -> HttpResponse:
    match request.GET.get("ask"):
        case "cancel" if page.waiting:
            return responses.confirm(page)
        case "switch":
            choice = page.choice(request.GET.get("variant", ""))
            if choice:
                return responses.confirm(page, choice)
            return responses.wait(page, notice=actions.no_longer_there(), status=409)
    return responses.wait(page, notice=_thanks(request.GET.get("done", "")))


def _thanks(done: str) -> str:
    match done:
        case "keep":
            return gettext("Thank you. Your place in the queue is kept.")
        case "send":
            return gettext("Thank you. We were told to send what is here.")
    return ""
