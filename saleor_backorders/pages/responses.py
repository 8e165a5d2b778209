"""The page's answers: templates, and headers that keep the link to its holder."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from saleor_backorders import errors
from saleor_backorders.cancellations.switch import Switched
from saleor_backorders.common.i18n import Money

from .wait_page import Choice, WaitPage

FOLDER = "saleor_backorders"


def wait(page: WaitPage, *, notice: str = "", status: int = 200) -> HttpResponse:
    """Show what waits, and what can be done about it."""
    return _answer("wait", status=status, page=page, notice=notice)


def confirm(page: WaitPage, choice: Choice | None = None) -> HttpResponse:
    """Ask once more before what is final: cancelling, or taking something else."""
    return _answer("confirm", page=page, choice=choice, key=uuid4().hex)


def cancelled(page: WaitPage, quantity: int, refund: Money) -> HttpResponse:
    """Say what was cancelled, and what comes back."""
    return _answer("cancelled", page=page, quantity=quantity, refund=refund)


def switched(page: WaitPage, choice: Choice, done: Switched) -> HttpResponse:
    """Say what is sent instead, and what comes back."""
    refund = Money(done.refund, done.currency)
    return _answer("switched", page=page, choice=choice, number=done.order_number, refund=refund)


def rating(page: Any, *, notice: str = "", status: int = 200) -> HttpResponse:
    """Ask how a wait was handled."""
    return _answer("rating", status=status, page=page, notice=notice)


def rated(page: Any) -> HttpResponse:
    """Thank for a rating."""
    return _answer("rated", page=page)


def sign_up(page: Any) -> HttpResponse:
    """Ask whether somebody wants to hear of a variant, or say that they will."""
    return _answer("sign_up", page=page)


def unsubscribed(page: Any) -> HttpResponse:
    """Ask whether somebody wants to hear no more, or say that they will not."""
    return _answer("unsubscribe", page=page)


def back_to_page(*, done: str) -> HttpResponse:
    """Send the browser back to the page, so that loading it anew repeats nothing."""
    return _sealed(HttpResponse(status=303, headers={"Location": f"?done={done}"}))


def nowhere() -> HttpResponse:
    """Answer a link that leads nowhere."""
    return _answer("nowhere", status=404)


def slow_down(refused: errors.TooManyGuesses) -> HttpResponse:
    """Answer too many links that lead nowhere."""
    response = _answer("slow_down", status=429)
    response["Retry-After"] = str(refused.retry_after)
    return response


def _answer(template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    context = {
        **shown,
        "style": _style(),
        "language": translation.get_language() or "en",
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    text = render_to_string(f"{FOLDER}/{template}.html", context)
    return _sealed(HttpResponse(text, status=status))


def _sealed(response: HttpResponse) -> HttpResponse:
    """Let nobody keep, index, frame or pass on what the link opens."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["X-Frame-Options"] = "DENY"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{_style_hash()}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@cache
def _style() -> str:
    folder = resources.files("saleor_backorders").joinpath("templates", FOLDER)
    return folder.joinpath("style.css").read_text(encoding="utf-8")


@cache
def _style_hash() -> str:
    return b64encode(hashlib.sha256(_style().encode()).digest()).decode()
