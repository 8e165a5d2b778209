from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, TextIO

WIDTH = 92


class NotAsTold(Exception):
    """A figure that the API returned is not the one in the story."""


class Narrator:
    """Prints the story and compares what the API returned with what the story says."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._in_colour = out.isatty()
        self._chapters = 0
        self._has_gap = False
        self.figures = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._chapters += 1
        self._gap()
        self._print(self._paint(f"{self._chapters}. {title}", "1"))

    def say(self, sentence: str) -> None:
        """Tell a sentence."""
        self._print(textwrap.fill(sentence, WIDTH, initial_indent="   ", subsequent_indent="   "))

    def quote(self, who: str, words: str) -> None:
        """Repeat what the API answered, word for word."""
        lead = f"   {who}: "
        text = textwrap.fill(f"“{words}”", WIDTH - len(lead), break_long_words=False)
        self._print(lead + self._paint(text.replace("\n", "\n" + " " * len(lead)), "36"))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show rows under their headings, numbers to the right."""
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [
            max(len(row[place]) for row in [list(head), *cells]) for place in range(len(head))
        ]
        self._gap()
        for row in [list(head), ["-" * width for width in widths], *cells]:
            padded = (
                cell.rjust(width) if cell.isdigit() else cell.ljust(width)
                for cell, width in zip(row, widths, strict=True)
            )
            self._print(("     " + "  ".join(padded)).rstrip())
        self._gap()

    def check(self, what: str, found: Any, told: Any) -> None:
        """Insist that the API's figure is the story's.

        :raises NotAsTold: when it is not.
        """
        self.figures += 1
        if found != told:
            raise NotAsTold(f"{what}: the story says {told!r}, the API says {found!r}.")

    def aside(self, text: str) -> None:
        """Say something about the telling itself."""
        self._print(self._paint(text, "2") if text.strip() else text)

    def broken(self, text: str) -> None:
        """Say that the story does not hold."""
        self._print(self._paint(f"\nNOT AS TOLD. {text}", "1;31"))

    def _gap(self) -> None:
        if not self._has_gap:
            self._print("")
            self._has_gap = True

    def _paint(self, text: str, style: str) -> str:
        return f"\033[{style}m{text}\033[0m" if self._in_colour else text

    def _print(self, text: str) -> None:
        self._has_gap = False
        self._out.write(text + "\n")
        self._out.flush()
