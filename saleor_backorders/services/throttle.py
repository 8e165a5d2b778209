"""How fast secrets may be guessed: counted in Django's cache, in windows of a minute."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache

from saleor_backorders import conf, errors

WINDOW_SECONDS = 60


def wrong_guess(key: str) -> None:
    """Count a wrong guess of whoever ``key`` names; call it for wrong ones alone.

    :raises TooManyGuesses: there were too many of them in this window.
    """
    window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
    if _count(_entry(key, window)) > conf.wrong_links_a_minute():
        raise errors.TooManyGuesses(retry_after=WINDOW_SECONDS - elapsed)


def _entry(key: str, window: int) -> str:
    # Hashed: the cache need not hold addresses, and a key of any length fits.
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"saleor_backorders:guesses:{window}:{digest}"


def _count(entry: str) -> int:
    if cache.add(entry, 1, timeout=WINDOW_SECONDS):
        return 1
    try:
        return cache.incr(entry)
    except ValueError:
        # It was dropped in between.
        return 1
