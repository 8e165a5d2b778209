"""The page behind the link in “How was the wait”: five marks and a comment.

As on the customer's page the link is the key, and looking changes nothing.  What is sent twice is
kept once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation
from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.host.rows import orders
from saleor_backorders.models import Backorder
from saleor_backorders.services import rate, words
from saleor_backorders.services.names import full_name

from . import answers
from .nowhere import nowhere

METHODS = ("GET", "HEAD", "POST")
PRIMARY = "default"


@dataclass(frozen=True, kw_only=True)
class RatingPage:
    backorder: Backorder
    language: str
    score: str = ""
    """The mark that is chosen already."""
    comment: str = ""
    most: int = rate.MOST_COMMENT

    @property
    def thing(self) -> str:
        """Return the name of what was ordered."""
        return full_name(self.backorder.product_name, self.backorder.variant_name)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Return each mark and what it says, the best first."""
        return [
            ("5", gettext("Very well")),
            ("4", gettext("Well")),
            ("3", gettext("So-so")),
            ("2", gettext("Badly")),
            ("1", gettext("Very badly")),
        ]


def rating_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how a wait was handled, and keep the answer."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        backorder = rate.by_link(token, using=PRIMARY)
    except errors.LinkInvalid:
        return nowhere(request)
    page = _read(backorder)
    with translation.override(page.language):
        if request.method == "POST":
            return _keep(page, request.POST)
        if request.GET.get("done") == "rate" and page.score:
            return answers.rated(page)
        return answers.rating(page)


def _read(backorder: Backorder) -> RatingPage:
    language = orders().values_list("language_code", flat=True).get(pk=backorder.order_id)
    said = rate.said(backorder_id=backorder.pk, using=PRIMARY)
    return RatingPage(
        backorder=backorder,
        language=words.spoken(language),
        score=str(said.score) if said else "",
        comment=said.comment if said else "",
    )


def _keep(page: RatingPage, posted: Mapping[str, str]) -> HttpResponse:
    # Browsers send each new line as two characters, and count it as one.
    comment = posted.get("comment", "").replace("\r\n", "\n")
    given = RatingPage(
        backorder=page.backorder,
        language=page.language,
        score=posted.get("score", ""),
        comment=comment,
    )
    if given.score not in dict(page.marks):
        return answers.rating(given, notice=gettext("Please choose one of the five."), status=400)
    try:
        rate.rate(
            backorder_id=page.backorder.pk,
            score=int(given.score),
            comment=comment,
            now=timezone.now(),
        )
    except (errors.RatedLongAgo, errors.NothingWasSent) as refused:
        return answers.rating(page, notice=refused.message, status=409)
    except errors.InvalidValue as refused:
        return answers.rating(given, notice=refused.message, status=400)
    return answers.back_to_page(done="rate")
