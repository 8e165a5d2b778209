"""Leave the shop as it was: no waiting units, no virtual rows, no triggers, no tables."""

from __future__ import annotations

from django.core.management import call_command
from django.db import transaction
from django.db.models import Sum

from saleor_backorders import policy_queries
from saleor_backorders.models import Backorder
from saleor_backorders.policy_queries import ReleasedLine


class UnitsStillWait(Exception):
    """Units are still waiting."""

    def __init__(self, units: int) -> None:
        self.units = units
        super().__init__(f"{units} units are still waiting.")


def uninstall(*, force: bool) -> list[ReleasedLine]:
    """Take the plugin out of the database; return the lines whose waiting units were let go.

    :raises UnitsStillWait: something waits and ``force`` is not set; nothing was changed.
    """
    waiting = Backorder.objects.filter(waiting__gt=0).aggregate(units=Sum("waiting"))["units"]
    if waiting and not force:
        raise UnitsStillWait(waiting)
    with transaction.atomic():
        released = policy_queries.release_waiting() if waiting else []
    call_command("migrate", "saleor_backorders", "zero", interactive=False, verbosity=0)
    return released
