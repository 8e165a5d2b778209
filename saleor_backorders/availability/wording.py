"""What a shopper is told of an availability, in the language in force."""

from __future__ import annotations

from datetime import date

from django.utils import formats
from django.utils.translation import gettext, ngettext, pgettext

from .availability import Availability, AvailabilityStatus

DAYS_WITHOUT_YEAR = 180


def sentence(answer: Availability, *, today: date) -> str:
    """Say it to the shopper, in the language in force."""
    numbers = {
        "now": answer.in_stock,
        "later": answer.backordered,
        "day": _day(answer.eta.date, today) if answer.eta else "",
    }
    if answer.status == AvailabilityStatus.IN_STOCK:
        return ngettext("%(now)s ships now", "%(now)s ship now", answer.in_stock) % numbers
    if answer.status == AvailabilityStatus.PARTIALLY_BACKORDERED:
        return (
            ngettext(
                "%(now)s ships now, %(later)s by %(day)s",
                "%(now)s ship now, %(later)s by %(day)s",
                answer.in_stock,
            )
            % numbers
        )
    if answer.status == AvailabilityStatus.BACKORDERED:
        return (
            ngettext("%(later)s by %(day)s", "%(later)s by %(day)s", answer.backordered) % numbers
        )
    return _refusal(answer)


def shortage(answer: Availability) -> str:
    """Say how many could be had, for a refusal."""
    if not answer.remaining and answer.remaining is not None:
        return gettext("%(now)s now, none may wait") % {"now": answer.in_stock}
    return gettext("%(now)s now, %(later)s may wait") % {
        "now": answer.in_stock,
        "later": answer.backordered,
    }


def _day(day: date, today: date) -> str:
    is_far = (day - today).days > DAYS_WITHOUT_YEAR
    pattern = (
        pgettext("date format with the year", "j F Y") if is_far else pgettext("date format", "j F")
    )
    return formats.date_format(day, pattern)


def _refusal(answer: Availability) -> str:
    if answer.is_preorder:
        return gettext("Sold as a preorder")
    if answer.in_stock or answer.backordered:
        return gettext("Not available for this many: %(shortage)s") % {"shortage": shortage(answer)}
    return gettext("Not available")
