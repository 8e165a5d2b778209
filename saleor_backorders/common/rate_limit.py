"""How often somebody may try: counted in Django's cache, in windows of a fixed length."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from saleor_backorders import conf, errors

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def wrong_guess(key: str) -> None:
    """Count a wrong guess of whoever ``key`` names; call it for wrong ones alone.

    :raises TooManyGuesses: there were too many of them in this window.
    """
    wait = _count("guesses", key, most=conf.wrong_links_a_minute(), seconds=MINUTE)
    if wait:
        raise errors.TooManyGuesses(retry_after=wait)


def sign_up(key: str) -> None:
    """Count a sign-up of whoever ``key`` names.

    :raises TooManySignUps: there were too many of them in this window.
    """
    wait = _count("sign_ups", key, most=conf.sign_ups_an_hour(), seconds=HOUR)
    if wait:
        raise errors.TooManySignUps(retry_after=wait)


def may_ask_to_confirm(email: str) -> bool:
    """Count a mail that asks an address to confirm, and tell whether it may be sent."""
    most = conf.confirm_mails_a_day()
    return not _count("confirms", email.casefold(), most=most, seconds=DAY)


def address_of(meta: Mapping[str, Any]) -> str:
    """Return the address in the net that a request came from, past the shop's own proxies."""
    passed = [each.strip() for each in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    known: list[str] = [*filter(None, passed), str(meta.get("REMOTE_ADDR", ""))]
    # Each proxy adds whom it heard from; what stands before that, anybody may have written.
    return known[-1 - min(conf.proxies(), len(known) - 1)]


def _count(what: str, key: str, *, most: int, seconds: int) -> int:
    """Count one more; return 0, or after how many seconds to try again where it is too many."""
    window, elapsed = divmod(int(time.time()), seconds)
    if _add(_entry(what, key, window), seconds) > most:
        return seconds - elapsed
    return 0


def _entry(what: str, key: str, window: int) -> str:
    # Hashed: the cache need not hold addresses, and a key of any length fits.
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"saleor_backorders:{what}:{window}:{digest}"


def _add(entry: str, seconds: int) -> int:
    if cache.add(entry, 1, timeout=seconds):
        return 1
    try:
        return cache.incr(entry)
    except ValueError:
        # It was dropped in between.
        return 1
