"""What a link shows that leads nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from saleor_backorders import errors
from saleor_backorders.common import i18n, rate_limit

from . import responses


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer a link that leads nowhere: the same, whatever is wrong with it."""
    wanted = translation.get_language_from_request(request)
    with translation.override(i18n.spoken(wanted)):
        try:
            rate_limit.wrong_guess(rate_limit.address_of(request.META))
        except errors.TooManyGuesses as refused:
            return responses.slow_down(refused)
        return responses.nowhere()
