"""Call the port to the host as the plugin's services do; for hosts that have the plugin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from host_make import Json

from saleor_backorders.errors import BackordersError
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor, Exchange, Grant, RefundPart

IN_A_TRANSACTION = {
    "orders.release_units",
    "orders.cancel",
    "orders.replace_units",
    "orders.add_note",
    "refunds.grant",
}


def call_host(method: str, arguments: Json) -> Any:
    """Call the port to the host as the plugin's services do; a refusal is an answer."""
    call: Callable[..., Any] = attrgetter(method)(get_host())
    values = _read(arguments)
    try:
        if method not in IN_A_TRANSACTION:
            return _plain(call(**values))
        with transaction.atomic():
            return _plain(call(**values))
    except BackordersError as refusal:
        return {"refused": type(refusal).__name__, "message": refusal.message}


def _same(value: Any) -> Any:
    return value


def _read(values: Json) -> Json:
    return {name: _READ.get(name, _same)(value) for name, value in values.items()}


_READ: dict[str, Callable[[Any], Any]] = {
    "amount": Decimal,
    "most": Decimal,
    "order_id": UUID,
    "order_line_id": UUID,
    "lines": lambda lines: [(UUID(line), quantity) for line, quantity in lines],
    "actor": lambda actor: Actor(**actor),
    "part": lambda part: RefundPart(**_read(part)),
    "grant": lambda grant: Grant(**_read(grant)),
    "exchange": lambda exchange: Exchange(**_read(exchange)),
}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
