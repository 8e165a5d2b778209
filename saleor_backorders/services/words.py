"""In which language words are stored: staff read them, whoever's request it was."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation


def for_staff() -> AbstractContextManager[None]:
    """Speak the shop's language for a while."""
    return translation.override(settings.LANGUAGE_CODE)
