"""How a checkout is refused; alike in both hosts."""

from __future__ import annotations

from django.core.exceptions import ValidationError


def refusal(message: str, *, code: str, field: str) -> ValidationError:
    """Build what ``checkoutComplete`` answers with a message and a ``CheckoutErrorCode``."""
    return ValidationError({field: ValidationError(message, code=code)})
