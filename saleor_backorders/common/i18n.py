"""How things are said: in which language, and the phrases that page, mail and API share."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext, pgettext

WRITTEN_IN = "en"


def for_staff() -> AbstractContextManager[None]:
    """Speak the shop's language for a while: staff read it, whoever's request it was."""
    return translation.override(settings.LANGUAGE_CODE)


@lru_cache(maxsize=256)
def is_spoken(wanted: str) -> bool:
    """Tell whether our sentences are known in a language.

    A shop that translates them in its own ``LOCALE_PATHS`` is heard.
    """
    if not wanted:
        return False
    with translation.override(wanted):
        known = gettext("This link leads nowhere") != "This link leads nowhere"
    return known or wanted.split("-")[0] == WRITTEN_IN


def spoken(*wanted: str) -> str:
    """Return the first of the wanted languages in which our sentences are known, or English.

    Dates and amounts of one language among the sentences of another help nobody.
    """
    return next((each for each in wanted if is_spoken(each)), WRITTEN_IN)


def day(on: date) -> str:
    """Return a day as it is written in the language in force."""
    return formats.date_format(on, pgettext("date format with the year", "j F Y"))


def split(here: int, waiting: int) -> str:
    """Say how many units ship now and how many wait."""
    now = ngettext("%(units)s ships now", "%(units)s ship now", here) % {"units": here}
    later = ngettext("%(units)s waits", "%(units)s wait", waiting) % {"units": waiting}
    if not waiting:
        return now
    if not here:
        return later
    return gettext("%(now)s, %(later)s") % {"now": now, "later": later}


@dataclass(frozen=True)
class Money:
    """An amount in its currency, written as each language does."""

    amount: Decimal
    currency: str

    def __bool__(self) -> bool:
        """Tell whether it is more than nothing."""
        return self.amount > 0

    def __str__(self) -> str:
        """Write it in the language in force."""
        return str(format_currency(self.amount, self.currency, locale=_locale()))


def _locale() -> Locale:
    try:
        return Locale.parse(translation.to_locale(translation.get_language() or WRITTEN_IN))
    except (UnknownLocaleError, ValueError):
        return Locale(WRITTEN_IN)
