from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told() -> subprocess.CompletedProcess[str]:
    """Tell the demo once, as ``make demo`` does."""
    return subprocess.run(
        [sys.executable, "-m", "sandbox", "demo"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=170,
    )


def test_demo_ends_well_and_names_the_next_command(
    told: subprocess.CompletedProcess[str],
) -> None:
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines()[-1] == "To click through the same shop, run: make serve"
    assert told.stderr == ""


def test_demo_prints_what_the_api_answered(told: subprocess.CompletedProcess[str]) -> None:
    assert "“2 ship now, 3 by " in told.stdout
    assert "“Not available for this many: 2 now, 10 may wait”" in told.stdout
    assert "has order 1: 2 lie" in told.stdout
    assert "The warehouse has 8, of which 8 are somebody's; a newcomer is offered 0." in told.stdout
    assert "“1 ships now”" in told.stdout


def test_demo_tells_of_a_slip_of_money_and_of_a_short_delivery(
    told: subprocess.CompletedProcess[str],
) -> None:
    words = " ".join(told.stdout.split())

    assert "Of the pallet's 9, 9 are spoken for." in words
    assert "“2 are cancelled. $263.00 is on its way back to you.”" in words
    assert "for 355.50, and the difference of 31.50 (3 × 10.50) is refunded." in words
    assert "Of 9, 5 came." in words
    assert "They come: Joan has her 3, and 2 are for sale." in words


def test_readme_says_how_many_figures_the_demo_reads(
    told: subprocess.CompletedProcess[str],
) -> None:
    line = next(line for line in told.stdout.splitlines() if " figures read back" in line)

    assert line in (PROJECT / "README.md").read_text()


def test_demo_uses_no_colours_where_nobody_looks(told: subprocess.CompletedProcess[str]) -> None:
    assert "\033[" not in told.stdout
