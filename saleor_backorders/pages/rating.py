"""The page behind the link in “How was the wait”: five marks and a comment.

As on the customer's page the link is the key, and looking changes nothing.  What is sent twice is
kept once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from saleor_backorders import errors, ratings
from saleor_backorders.common import i18n
from saleor_backorders.common.product_name import full_name
from saleor_backorders.host.rows import orders
from saleor_backorders.models import Backorder

from . import responses
from .invalid_link import nowhere

METHODS = ("GET", "HEAD", "POST")
PRIMARY = "default"


# The best first.
MARKS = [
    ("5", gettext_lazy("Very well")),
    ("4", gettext_lazy("Well")),
    ("3", gettext_lazy("So-so")),
    ("2", gettext_lazy("Badly")),
    ("1", gettext_lazy("Very badly")),
]
_CHOOSE = gettext_lazy("Please choose one of the five.")
_NOT_ALLOWED = gettext_lazy("This value is not allowed.")


class Comment(forms.CharField):
    """A text of several lines."""

    def to_python(self, value: str | None) -> str:
        """Count a new line as one character."""
        # Browsers send each new line as two characters, and count it as one.
        return (super().to_python(value) or "").replace("\r\n", "\n")


class RatingForm(forms.Form):
    """What is asked; how long a comment may be, the service says to every asker."""

    score = forms.TypedChoiceField(
        choices=MARKS,
        coerce=int,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
    comment = Comment(required=False, error_messages={"null_characters_not_allowed": _NOT_ALLOWED})


@dataclass(frozen=True, kw_only=True)
class RatingPage:
    """What the page about the wait shows."""

    backorder: Backorder
    language: str
    form: RatingForm
    """What was said before, or what was just sent."""
    most: int = ratings.MAX_COMMENT

    @property
    def thing(self) -> str:
        """Return the name of what was ordered."""
        return full_name(self.backorder.product_name, self.backorder.variant_name)


def rating_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how a wait was handled, and keep the answer."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        backorder = ratings.by_link(token, using=PRIMARY)
    except errors.LinkInvalid:
        return nowhere(request)
    page = _read(backorder)
    with translation.override(page.language):
        if request.method == "POST":
            return _keep(page, RatingForm(request.POST))
        if request.GET.get("done") == "rate" and page.form.initial:
            return responses.rated(page)
        return responses.rating(page)


def _read(backorder: Backorder) -> RatingPage:
    language = orders().values_list("language_code", flat=True).get(pk=backorder.order_id)
    said = ratings.said(backorder_id=backorder.pk, using=PRIMARY)
    return RatingPage(
        backorder=backorder,
        language=i18n.spoken(language),
        form=RatingForm(initial={"score": said.score, "comment": said.comment} if said else {}),
    )


def _keep(page: RatingPage, given: RatingForm) -> HttpResponse:
    if not given.is_valid():
        return _ask_again(page, given, str(next(iter(given.errors.values()))[0]))
    try:
        ratings.rate(backorder_id=page.backorder.pk, now=timezone.now(), **given.cleaned_data)
    except (errors.RatedLongAgo, errors.NothingWasSent) as refused:
        return responses.rating(page, notice=refused.message, status=409)
    except errors.InvalidValue as refused:
        return _ask_again(page, given, refused.message)
    return responses.back_to_page(done="rate")


def _ask_again(page: RatingPage, given: RatingForm, why: str) -> HttpResponse:
    return responses.rating(replace(page, form=given), notice=why, status=400)
