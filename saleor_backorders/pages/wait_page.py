"""What the customer's page shows of a backorder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from saleor_backorders.availability import alternatives
from saleor_backorders.cancellations import amounts
from saleor_backorders.common import i18n
from saleor_backorders.common.i18n import Money, day
from saleor_backorders.common.product_name import full_name
from saleor_backorders.host.rows import orders
from saleor_backorders.models import Backorder, Decision, DecisionState
from saleor_backorders.settings import rules

PRIMARY = "default"
MAX_CHOICES = 4


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something to take instead of all that waits."""

    variant_id: int
    name: str
    refund: Money
    """About what comes back: the shop's prices of today may leave out taxes."""


@dataclass(frozen=True, kw_only=True)
class WaitPage:
    """What the page of a backorder shows."""

    backorder: Backorder
    language: str
    today: date
    decision: Decision | None
    """What the customer is asked, after a slip."""
    choices: tuple[Choice, ...]
    refund: Money
    """About what comes back for all that waits; a whole order's shipping comes on top."""

    @property
    def waiting(self) -> int:
        """Return the units that the page is about."""
        return self.backorder.waiting

    @property
    def here(self) -> int:
        """Return the units of the line that are ready to be sent, those that never waited too."""
        return self.backorder.allocated + self.backorder.seen_on_hand

    @property
    def split(self) -> str:
        """Say how many ship now and how many wait, as mail and API say it."""
        return i18n.split(self.here, self.waiting)

    @property
    def was_asked_to_send(self) -> bool:
        """Tell whether the customer asked for what is here, and nothing came since."""
        return self.here == self.backorder.ship_asked_units

    @property
    def state(self) -> str:
        """Return what a choice on this page answers to."""
        return f"{self.waiting}-{self.here}"

    @property
    def thing(self) -> str:
        """Return the name of what was ordered."""
        return full_name(self.backorder.product_name, self.backorder.variant_name)

    @property
    def expected(self) -> str:
        """Return the day for the last unit; empty where none is known or it has passed."""
        return self._coming(self.backorder.expected_on)

    @property
    def expected_first(self) -> str:
        """Return the day for the first unit, where it is another one."""
        row = self.backorder
        differs = row.expected_first_on != row.expected_on
        return self._coming(row.expected_first_on) if differs else ""

    @property
    def told_before(self) -> str:
        """Return the day that the customer was content with."""
        return day(self.decision.previous_on) if self.decision else ""

    @property
    def silence(self) -> str:
        """Return the day on which silence counts as cancelling; empty where it never does."""
        on = self.decision and self.decision.silence_on
        return day(on) if on else ""

    def choice(self, variant_id: str) -> Choice | None:
        """Return what is offered under this number."""
        return next((c for c in self.choices if str(c.variant_id) == variant_id), None)

    def _coming(self, on: date | None) -> str:
        return day(on) if on and on >= self.today else ""


def has_order(backorder: Backorder, *, using: str) -> bool:
    """Tell whether the backorder's order is still there."""
    return orders(using).filter(pk=backorder.order_id).exists()


def read(backorder: Backorder, *, today: date, using: str) -> WaitPage:
    """Return the page of a backorder whose order exists."""
    order = orders(using).get(pk=backorder.order_id)
    account = amounts.of_order(backorder.order_id)
    value = amounts.value_of_units(backorder.order_line_id, backorder.waiting)
    decisions = Decision.objects.using(using).filter(
        backorder_id=backorder.id, state=DecisionState.OPEN
    )
    return WaitPage(
        backorder=backorder,
        language=i18n.spoken(order.language_code),
        today=today,
        decision=decisions.first() if backorder.waiting else None,
        choices=tuple(_choices(backorder, value, account, using))[:MAX_CHOICES],
        refund=Money(account.owed_for(value), account.currency),
    )


def _choices(
    backorder: Backorder, value: Decimal, account: amounts.Account, using: str
) -> Iterator[Choice]:
    """Yield what can stand in for all that waits, as the channel allows it."""
    if not backorder.waiting:
        return
    asked = alternatives.Asked(backorder.variant_id, backorder.destination)
    found = alternatives.find(
        asked=[asked], first=alternatives.MAX, now=timezone.now(), using=using
    )
    dearer_too = rules.in_force(channel_id=backorder.channel_id, using=using).dearer_at_same_price
    for each in found[asked]:
        saved = value - each.price * backorder.waiting
        if each.quantity_available >= backorder.waiting and (saved >= 0 or dearer_too):
            refund = Money(account.owed_for(saved), account.currency)
            yield Choice(variant_id=each.variant_id, name=each.name, refund=refund)
