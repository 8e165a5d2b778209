"""Measure two ways of doing a thing in turns, so that a slow minute slows both."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

Milliseconds = float


class Ratio(NamedTuple):
    """One line of the table: what was compared with what, and what came out."""

    name: str
    ours: Milliseconds
    theirs: Milliseconds
    goal: float
    repetitions: int

    @property
    def reached(self) -> float:
        """Return how many times as long ours takes."""
        return self.ours / self.theirs


def timed(action: Callable[[], object]) -> Milliseconds:
    """Run an action and return how long it took."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turns(
    name: str,
    *,
    ours: Callable[[], Milliseconds],
    theirs: Callable[[], Milliseconds],
    goal: float,
    repetitions: int,
) -> Ratio:
    """Take both measures alternately, each going first every other time; compare the medians."""
    pairs = []
    for turn in range(repetitions):
        if turn % 2:
            late = theirs()
            pairs.append((ours(), late))
        else:
            pairs.append((ours(), theirs()))
    ours_all, theirs_all = zip(*pairs, strict=True)
    ratio = Ratio(
        name, statistics.median(ours_all), statistics.median(theirs_all), goal, repetitions
    )
    print(f"{name}: {ratio.reached:.2f}", file=sys.stderr, flush=True)  # noqa: T201
    return ratio


def table(ratios: list[Ratio]) -> str:
    """Write the ratios down as a table that is Markdown, too."""
    rows = [("What", "With", "Without", "Ratio", "Goal", "")]
    for ratio in ratios:
        rows.append((
            f"{ratio.name} ({ratio.repetitions} times)", f"{ratio.ours:,.1f} ms",
            f"{ratio.theirs:,.1f} ms", f"{ratio.reached:.2f}", f"{ratio.goal:.2f}",
            "reached" if ratio.reached <= ratio.goal else "missed",
        ))  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(cells: tuple[str, ...] | list[str], widths: list[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"
