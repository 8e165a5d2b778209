"""Gift cards as a means of payment, where this Saleor has them: it refunds them by itself."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


def identifier_of(item: Any) -> str | None:
    """Return the name under which a transaction was paid by gift card, if it was."""
    if find_spec("saleor.giftcard.gateway") is None:
        return None
    from saleor.giftcard.const import GIFT_CARD_PAYMENT_GATEWAY_ID

    identifier: str = GIFT_CARD_PAYMENT_GATEWAY_ID
    return identifier if item.app_identifier == identifier else None


def refund(item: Any, request: Any, app: Any) -> None:
    """Put the money back onto the card."""
    from saleor.giftcard.gateway import refund_gift_card_transaction

    refund_gift_card_transaction(item, request, app=app)
