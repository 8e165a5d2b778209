"""The locks of the queues: the one place in Python that knows their order.

The whole order of a transaction: rows of the shop, then the queues' locks in ascending order, then
rows of ours.  Whoever comes to its COMMIT has rows of the shop in hand and takes the queues' locks
there, so that nobody may wait for a row of the shop while holding one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import DEFAULT_DB_ALIAS, connections

# ``saleor_backorders_lock`` says why there are not as many as variants.
QUEUE_LOCKS = 512


def lock_variants(variant_ids: Sequence[int], using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the queue locks of some variants until the transaction ends.

    The engine serves and dates a queue under this lock.  Whoever also locks rows of the shop does
    that first, since every other transaction of the shop comes here at its COMMIT with rows in
    hand; rows of ours are written after it.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT saleor_backorders_lock(%s::integer[])", [list(variant_ids)])


def in_lock_order(variant_ids: Collection[int]) -> list[int]:
    """Return each variant once, in the order in which COMMIT and sweep come to their queues."""
    return sorted(set(variant_ids), key=lambda variant: (variant % QUEUE_LOCKS, variant))
