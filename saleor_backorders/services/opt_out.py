"""Who wants to hear of nothing but their orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.crypto import salted_hmac

from saleor_backorders.models import OptOut

SALT = "saleor_backorders.opt_out"


def are_out(emails: Collection[str]) -> set[str]:
    """Return those who took the way out; one statement."""
    digests = {_digest(email): email for email in emails}
    found = OptOut.objects.filter(pk__in=list(digests)).values_list("pk", flat=True)
    return {digests[digest] for digest in found}


def is_out(email: str) -> bool:
    """Tell whether somebody took the way out."""
    return bool(are_out([email]))


def leave(email: str, *, now: datetime) -> None:
    """Send somebody nothing any more that is not strictly about an order."""
    OptOut.objects.bulk_create(
        [OptOut(address_digest=_digest(email), created_at=now)], ignore_conflicts=True
    )


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()
