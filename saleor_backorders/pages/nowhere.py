from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from saleor_backorders import errors
from saleor_backorders.services import throttle, words

from . import answers


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer a link that leads nowhere: the same, whatever is wrong with it."""
    wanted = translation.get_language_from_request(request)
    with translation.override(words.spoken(wanted)):
        try:
            throttle.wrong_guess(throttle.address_of(request.META))
        except errors.TooManyGuesses as refused:
            return answers.slow_down(refused)
        return answers.nowhere()
