"""When units are expected, and where that date comes from.

The only source so far is the lead time of the policy.  A date from known supply slots in here:
every caller shows what these functions return and looks at nothing else.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class EtaSource(StrEnum):
    INCOMING_SHIPMENT = "incoming_shipment"
    LEAD_TIME = "lead_time"


class Eta(NamedTuple):
    date: date
    source: EtaSource


def for_new_demand(*, lead_time_days: int, today: date) -> Eta:
    """Return when units that begin to wait today are expected."""
    return Eta(today + timedelta(days=lead_time_days), EtaSource.LEAD_TIME)


def promised(*, promised_on: date | None) -> Eta | None:
    """Return what the customer was told at purchase."""
    return Eta(promised_on, EtaSource.LEAD_TIME) if promised_on else None


def for_waiting(
    *, waiting: int, promised_on: date | None, lead_time_days: int, today: date
) -> Eta | None:
    """Return when the last waiting unit of a backorder is expected; None once nothing waits."""
    if not waiting:
        return None
    if promised_on and promised_on >= today:
        return Eta(promised_on, EtaSource.LEAD_TIME)
    return for_new_demand(lead_time_days=lead_time_days, today=today)


def is_late(*, waiting: int, promised_on: date | None, today: date) -> bool:
    """Tell whether units wait beyond the day that was promised."""
    return bool(waiting and promised_on and promised_on < today)
