"""Announce many shipments from one CSV: all of it, or nothing and every fault by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from saleor_backorders import engine, errors
from saleor_backorders.host.rows import variants
from saleor_backorders.models import IncomingShipment
from saleor_backorders.settings.fields import WholeNumber

from . import shipments
from .shipments import MAX_REFERENCE, MAX_UNITS, Announced

MAX_ROWS = 50_000
MAX_FAULTS = 100
UNREADABLE = "\ufffd"
_REQUIRED = {"required": gettext_lazy("This value is required.")}


class _Day(forms.DateField):
    """A day written as 2026-12-31, and in no other way."""

    def strptime(self, value: str, _format: str) -> date:
        """Read a day that is written in this one way."""
        day = date.fromisoformat(value)
        if day.isoformat() != value:
            raise ValueError(value)
        return day


def _saying(message: Any, *codes: str) -> dict[str, Any]:
    return {**_REQUIRED, **dict.fromkeys(codes, message)}


CELLS: dict[str, forms.Field] = {
    "sku": forms.CharField(error_messages=_REQUIRED),
    "warehouse": forms.CharField(error_messages=_REQUIRED),
    "quantity": WholeNumber(
        min_value=1,
        max_value=MAX_UNITS,
        error_messages=_saying(
            format_lazy(gettext_lazy("Give a whole number from 1 to {most}."), most=MAX_UNITS),
            "invalid",
            "min_value",
            "max_value",
        ),
    ),
    "expected_on": _Day(
        error_messages=_saying(gettext_lazy("Give a day as 2026-12-31."), "invalid")
    ),
    "reference": forms.CharField(
        max_length=MAX_REFERENCE,
        error_messages=_saying(gettext_lazy("At most %(limit_value)s characters."), "max_length"),
    ),
}
"""What may stand in each column."""


class Fault(NamedTuple):
    """What is wrong in one cell; row 1 holds the columns' names."""

    row: int
    column: str
    message: str


class InvalidImport(errors.InvalidValue):
    """The file was not imported."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults[:MAX_FAULTS]
        super().__init__(field="csv")


class _Row(NamedTuple):
    number: int
    sku: str
    warehouse: str
    quantity: int
    expected_on: date
    reference: str


def import_csv(*, text: str, now: datetime) -> list[IncomingShipment]:
    """Announce the shipments of a CSV with the columns sku, warehouse (its slug), quantity,
    expected_on (2026-12-31) and reference.

    Rows of one reference make one shipment; they name one warehouse and one day.

    :raises InvalidImport: with the row and column of each fault; nothing was imported.
    """
    faults: list[Fault] = []
    rows = list(_read(text, faults))
    if not rows and not faults:
        faults.append(Fault(1, "sku", gettext("There are no rows.")))
    variants = _variants({row.sku for row in rows})
    warehouses = _warehouses({row.warehouse for row in rows})
    faults += _unknown(rows, variants, warehouses)
    faults += _contradictions(rows)
    if faults:
        raise InvalidImport(sorted(faults))
    return _write(rows, variants, warehouses, now)


def _read(text: str, faults: list[Fault]) -> Iterator[_Row]:
    if UNREADABLE in text or "\x00" in text:
        faults.append(Fault(1, "", gettext("This is not UTF-8 text.")))
        return
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    try:
        missing = [name for name in CELLS if name not in (reader.fieldnames or ())]
        if missing:
            faults += [Fault(1, name, gettext("This column is missing.")) for name in missing]
            return
        for number, cells in enumerate(reader, start=2):
            if number > MAX_ROWS + 1:
                message = gettext("At most %(most)s rows.") % {"most": MAX_ROWS}
                faults.append(Fault(number, "", message))
                return
            row = _row(number, cells, faults)
            if row:
                yield row
    except csv.Error as exc:
        faults.append(Fault(reader.reader.line_num, "", str(exc)))


def _row(number: int, cells: Mapping[str | None, Any], faults: list[Fault]) -> _Row | None:
    before = len(faults)
    if None in cells:
        faults.append(Fault(number, "", gettext("This row has more cells than columns.")))
    values: dict[str, Any] = {}
    for name, field in CELLS.items():
        try:
            values[name] = field.clean(cells.get(name))
        except ValidationError as wrong:
            faults += [Fault(number, name, message) for message in wrong.messages]
    return _Row(number=number, **values) if len(faults) == before else None


def _variants(skus: set[str]) -> dict[str, int]:
    rows = variants().filter(sku__in=skus)
    return dict(rows.values_list("sku", "pk"))


def _warehouses(slugs: set[str]) -> dict[str, UUID]:
    rows = shipments.physical_warehouses().filter(slug__in=slugs)
    return dict(rows.values_list("slug", "pk"))


def _unknown(
    rows: list[_Row], variants: Mapping[str, int], warehouses: Mapping[str, UUID]
) -> Iterator[Fault]:
    for row in rows:
        if row.sku not in variants:
            yield Fault(row.number, "sku", gettext("No variant has this SKU."))
        if row.warehouse not in warehouses:
            message = gettext("No physical warehouse of a channel has this slug.")
            yield Fault(row.number, "warehouse", message)


def _contradictions(rows: list[_Row]) -> Iterator[Fault]:
    taken = set(
        IncomingShipment.objects.filter(reference__in={row.reference for row in rows}).values_list(
            "reference", flat=True
        )
    )
    first: dict[str, _Row] = {}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if row.reference in taken:
            yield Fault(row.number, "reference", gettext("This reference is taken."))
        if (row.reference, row.sku) in seen:
            message = gettext("This reference names the SKU twice.")
            yield Fault(row.number, "reference", message)
        seen.add((row.reference, row.sku))
        leader = first.setdefault(row.reference, row)
        for name in ("warehouse", "expected_on"):
            if getattr(row, name) != getattr(leader, name):
                message = gettext("Row %(row)s of this reference says otherwise.")
                yield Fault(row.number, name, message % {"row": leader.number})


@transaction.atomic
def _write(
    rows: list[_Row], variants: Mapping[str, int], warehouses: Mapping[str, UUID], now: datetime
) -> list[IncomingShipment]:
    by_reference: dict[str, list[_Row]] = {}
    for row in rows:
        by_reference.setdefault(row.reference, []).append(row)
    engine.lock_variants(sorted(set(variants.values())))
    return shipments.write(
        [
            IncomingShipment(
                reference=reference,
                warehouse_id=warehouses[its[0].warehouse],
                expected_on=its[0].expected_on,
                created_at=now,
                updated_at=now,
            )
            for reference, its in by_reference.items()
        ],
        [
            [Announced(variants[row.sku], row.quantity) for row in its]
            for its in by_reference.values()
        ],
    )
