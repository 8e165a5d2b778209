"""In which language the page speaks."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

WRITTEN_IN = "en"


def spoken(wanted: str) -> str:
    """Return the wanted language where the page's sentences are known in it, or else English.

    Dates and amounts of one language among the sentences of another help nobody.  A shop that
    translates the sentences in its own ``LOCALE_PATHS`` is heard.
    """
    with translation.override(wanted):
        known = gettext("This link leads nowhere") != "This link leads nowhere"
        return wanted if known or wanted.split("-")[0] == WRITTEN_IN else WRITTEN_IN
