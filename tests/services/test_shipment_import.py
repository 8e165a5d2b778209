"""What is said of the cells of a CSV that announces shipments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from saleor_backorders.supply import csv_import
from saleor_backorders.supply.csv_import import CELLS, Fault

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOUND = {
    "sku": "BOOT", "warehouse": "shelf", "quantity": "2", "expected_on": "2026-12-31",
    "reference": "po-1",
}  # fmt: skip
REQUIRED = "This value is required."
NUMBER = "Give a whole number from 1 to 1000000."
DAY = "Give a day as 2026-12-31."


def faults(*rows: dict[str, str]) -> list[Fault]:
    lines = [",".join(CELLS), *(",".join({**SOUND, **row}.values()) for row in rows)]
    with pytest.raises(csv_import.InvalidImport) as refused:
        csv_import.import_csv(text="\n".join(lines), now=NOW)
    return refused.value.faults


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        *((column, "", REQUIRED) for column in SOUND),
        ("sku", "  ", REQUIRED),
        ("quantity", "0", NUMBER),
        ("quantity", "-2", NUMBER),
        ("quantity", "1.5", NUMBER),
        ("quantity", "1e3", NUMBER),
        ("quantity", "٣", NUMBER),
        ("quantity", "1000001", NUMBER),
        ("quantity", "9" * 5000, NUMBER),
        ("expected_on", "31.12.2026", DAY),
        ("expected_on", "2026-02-30", DAY),
        ("expected_on", "20261231", DAY),
        ("expected_on", "2026-W53-4", DAY),
        ("expected_on", "2026-12-31T00:00", DAY),
        ("reference", "x" * 101, "At most 100 characters."),
    ],
)
def test_cell__is_refused_by_its_row_and_column(column: str, cell: str, message: str) -> None:
    assert faults({column: cell}) == [Fault(2, column, message)]


def test_rows__have_each_fault_named_and_none_twice() -> None:
    found = faults({"quantity": "", "expected_on": ""}, {"sku": "", "reference": "po,more"})
    assert found == [
        Fault(2, "expected_on", REQUIRED),
        Fault(2, "quantity", REQUIRED),
        Fault(3, "", "This row has more cells than columns."),
        Fault(3, "sku", REQUIRED),
    ]
