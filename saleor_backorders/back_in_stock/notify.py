"""Tell those who signed up that something is back: the first of them, as far as units reach.

A unit that somebody was told of counts as theirs for a while, so that three units bring three
people and not three hundred.  Nothing is reserved for them: whoever buys first has it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from saleor_backorders import conf, db
from saleor_backorders.availability import free_stock
from saleor_backorders.common import clock
from saleor_backorders.models import (
    BackInStockSubscription,
    Message,
    MessageKind,
    MessageState,
)
from saleor_backorders.settings import mail_rules

from . import queries, subscriptions

MAX_OF_A_KIND = 2000
"""Of one variant in one run; the next run goes on."""
ONE_TELLER = "tell"


@transaction.atomic
def tell(*, now: datetime) -> int:
    """Write the messages to those whose turn it is; return how many.

    Where another worker is at it, there is nothing to do.
    """
    if not db.try_lock(key=ONE_TELLER):
        return 0
    free = _free(now)
    if not free:
        return 0
    since = now - timedelta(hours=conf.back_in_stock_hold_hours())
    told = queries.tell_back_in_stock(free=free, since=since, now=now, most=MAX_OF_A_KIND)
    return len(told)


def wait_again(message: Message) -> None:
    """Put back into the queue whom a message did not reach, since nothing was left to tell of.

    Called in the transaction in which the message was skipped.
    """
    if message.kind != MessageKind.BACK_IN_STOCK:
        return
    # Where another worker took it over, that one says what became of it.
    if not Message.objects.filter(pk=message.pk, state=MessageState.SKIPPED).exists():
        return
    told = BackInStockSubscription.objects.select_for_update().filter(
        pk__in=message.about_ids, told_at__isnull=False
    )
    for row in told.order_by("pk"):
        subscriptions.open_again(row)


def _free(now: datetime) -> dict[tuple[int, int], int]:
    """Return the units that a newcomer could buy of what somebody waits to hear of."""
    wanted = [(row.variant_id, row.channel_id) for row in queries.read_wanted()]
    rules = mail_rules.in_force({channel_id for _, channel_id in wanted})
    heard = [pair for pair in wanted if rules[pair[1]].sends(MessageKind.BACK_IN_STOCK)]
    goods = free_stock.read(heard, now=now, today=clock.today())
    return {pair: found.units for pair, found in goods.items() if found.units}
