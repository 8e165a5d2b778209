"""Which page answers which link: the email after the plugin's path says what the link is for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .customer import customer_page
from .rating import rating_page
from .sign_up import sign_up_page
from .unsubscribe import unsubscribe_page

PAGES: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
    "w": customer_page,
    "r": rating_page,
    "n": sign_up_page,
    "u": unsubscribe_page,
}


def answer(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return the page behind a link such as ``/w/<token>/``; None where the path is no link."""
    mail, slash, rest = path.removeprefix("/").partition("/")
    page = PAGES.get(mail)
    if page is None or not slash:
        return None
    # Mail programs may lose the last slash.
    return page(request, rest.removesuffix("/"))
