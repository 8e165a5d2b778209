"""The history of an order, in Saleor's types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.apps.order.models import Order, OrderEvent, OrderLine


class Who(Protocol):
    """Whoever does something: a user, an app, or nobody."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def app_id(self) -> int | None: ...


@dataclass(frozen=True)
class Actor:
    user_id: int | None = None
    app_id: int | None = None


def record(order: Order, kind: str, who: Who, **parameters: Any) -> None:
    """Write an event into an order's history."""
    OrderEvent.objects.create(
        order=order, type=kind, user_id=who.user_id, app_id=who.app_id, parameters=parameters
    )


def record_placed(order: Order, kind: str, who: Who) -> None:
    """Write that an order was placed, and confirmed at once where its channel does that."""
    record(order, kind, who)
    if order.channel.automatically_confirm_all_new_orders:
        record(order, "confirmed", who)


def line_parameters(lines: Iterable[tuple[OrderLine, int]]) -> list[dict[str, Any]]:
    """Describe units of order lines, as events that are about units do."""
    return [
        {"quantity": quantity, "line_pk": str(line.pk), "item": str(line)}
        for line, quantity in lines
    ]
