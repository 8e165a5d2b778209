"""What only time makes worth a message."""

from __future__ import annotations

from datetime import date, datetime

from saleor_backorders.host.port import Host


def remind(*, host: Host, now: datetime, today: date) -> None:
    """Write the messages that are due by the calendar."""
