"""Leave the shop as it was: no waiting units, no virtual rows, no triggers, no tables.

All of it happens in one transaction, with the stock locked from the first look on: nobody can
begin to wait between the letting go and the removal, and what fails halfway has not happened.
"""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum

from saleor_backorders.conf import PLUGIN_ID
from saleor_backorders.host.rows import plugin_configurations
from saleor_backorders.models import Backorder

from . import queries
from .queries import ReleasedLine


class UnitsStillWait(Exception):
    """Units are still waiting."""

    def __init__(self, units: int) -> None:
        self.units = units
        super().__init__(f"{units} units are still waiting.")


def uninstall(*, force: bool) -> list[ReleasedLine]:
    """Take the plugin out of the database; return the lines whose waiting units were let go.

    :raises UnitsStillWait: something waits and ``force`` is not set; nothing was changed.
    """
    _refuse_if_awaited(force)
    with transaction.atomic():
        _lock_stock()
        _refuse_if_awaited(force)
        released = queries.release_waiting()
        call_command("migrate", "saleor_backorders", "zero", interactive=False, verbosity=0)
        # Or the shop would go on calling hooks that have lost their tables.
        plugin_configurations().filter(identifier=PLUGIN_ID).delete()
    return released


def _refuse_if_awaited(force: bool) -> None:
    waiting = Backorder.objects.filter(waiting__gt=0).aggregate(units=Sum("waiting"))["units"]
    if waiting and not force:
        raise UnitsStillWait(waiting)


def _lock_stock() -> None:
    with connection.cursor() as cursor:
        # In the order in which the shop takes them; dropping the triggers needs them anyway.
        cursor.execute("LOCK TABLE warehouse_stock, warehouse_allocation IN ACCESS EXCLUSIVE MODE")
