"""What sign-ups are about, for a batch of messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from saleor_backorders import db
from saleor_backorders.availability import free_stock
from saleor_backorders.availability.free_stock import Goods
from saleor_backorders.back_in_stock import subscriptions
from saleor_backorders.host.rows import variants
from saleor_backorders.models import BackInStockSubscription, Message


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A sign-up, and what there is of its variant; None where that is gone."""

    row: BackInStockSubscription
    goods: Goods | None
    product: tuple[int, str]
    """The product's key and slug; (0, "") where it is gone."""


def load(messages: Sequence[Message], *, today: date) -> dict[int, Wanted]:
    """Return the sign-ups that messages speak of."""
    keys = {key for m in messages if m.kind in subscriptions.KINDS for key in m.about_ids}
    if not keys:
        return {}
    rows = BackInStockSubscription.objects.in_bulk(keys)
    pairs = {(row.variant_id, row.channel_id) for row in rows.values()}
    goods = free_stock.read(pairs, now=db.read_clock(), today=today)
    products = _products({row.variant_id for row in rows.values()})
    return {
        key: Wanted(
            row=row,
            goods=goods.get((row.variant_id, row.channel_id)),
            product=products.get(row.variant_id, (0, "")),
        )
        for key, row in rows.items()
    }


def _products(variant_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    found = variants().filter(pk__in=variant_ids).values_list("pk", "product_id", "product__slug")
    return {key: (product_id, slug) for key, product_id, slug in found}
