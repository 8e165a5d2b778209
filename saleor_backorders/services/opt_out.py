"""Who wants to hear of nothing but their orders."""

from __future__ import annotations

from datetime import datetime

from django.utils.crypto import salted_hmac

from saleor_backorders.models import OptOut

SALT = "saleor_backorders.opt_out"


def is_out(email: str) -> bool:
    """Tell whether somebody took the way out."""
    return OptOut.objects.filter(pk=_digest(email)).exists()


def leave(email: str, *, now: datetime) -> None:
    """Send somebody nothing any more that is not strictly about an order."""
    OptOut.objects.bulk_create(
        [OptOut(address_digest=_digest(email), created_at=now)], ignore_conflicts=True
    )


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()
