from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from sandbox.apps.order.models import Order
from tests.sandbox.conftest import Shop


def test_shoppers__at_once_each_get_an_answer(shop: Shop) -> Any:
    """Plain Saleor oversells here, and so may the sandbox; but nobody sees an internal error."""
    shop.warehouse("shelf", 5)
    carts = [shop.ready_cart(1) for _ in range(12)]

    def complete(checkout_id: Any) -> Any:
        try:
            return shop.complete(checkout_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(complete, carts))

    placed = [each for each in answers if each["order"]]
    codes = {error["code"] for each in answers for error in each["errors"]}
    assert len(placed) >= 5
    assert codes <= {"INSUFFICIENT_STOCK"}
    assert Order.objects.count() == len(placed)
