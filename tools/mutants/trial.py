"""Make one mistake in a copy of the tree and run its tests there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.mutants import overlay, statements
from tools.mutants.catalogue import Change

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".cache", "__pycache__", "build", "dist", "*.egg-info", ".*_cache",
    ".hypothesis",
)  # fmt: skip
# Seconds after which a mistake that makes the tests hang counts as noticed.
PATIENCE = 300
OPTIONS = ("-q", "-x", "--host=sandbox", "-p", "no:cacheprovider", "-p", "no:randomly",
           "-p", "tools.mutants.overlay")  # fmt: skip
FIRST = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What became of one mistake."""

    change: Change
    outcome: str
    """``noticed``, ``lived``, or ``not tried`` where the tests could not be run."""
    by: str
    seconds: float


class Bench:
    """A copy of the tree, and a database server of its own."""

    def __init__(self, tree: Path, work: Path) -> None:
        self.tree, self.work, self.copy = tree, work, work / "tree"
        self.database = "--create-db"
        shutil.copytree(tree, self.copy, ignore=LEFT_OUT)

    def untouched(self, tests: Sequence[str]) -> tuple[int, str]:
        """Run tests without any mistake; return the exit code and what was printed."""
        return self._run(tests, {})

    def try_out(self, change: Change) -> Verdict:
        """Make a mistake, run its tests and take it back."""
        started = time.monotonic()
        place = self.copy / change.path
        place.write_text(change.after, encoding="utf-8")
        try:
            code, printed = self._run(change.mistake.tests, self._scripts(change))
        finally:
            place.write_text(change.before, encoding="utf-8")
        outcome = {0: "lived", 1: "noticed", -1: "noticed"}.get(code, "not tried")
        first = FIRST.search(printed)
        by = "hung" if code == -1 else first[1] if first else printed[-300:] if code else ""
        return Verdict(change, outcome, by, time.monotonic() - started)

    def _scripts(self, change: Change) -> dict[str, str]:
        """Write down what the test database needs besides, where the mistake is the engine's."""
        wrong = statements.installs(change.before, change.after)
        if not change.path.endswith(".sql") or not wrong:
            return {}
        right = statements.installs(change.after, change.before)
        (self.work / "wrong.sql").write_text("\n".join(wrong), encoding="utf-8")
        (self.work / "right.sql").write_text("\n".join(right), encoding="utf-8")
        return {
            overlay.WRONG: str(self.work / "wrong.sql"),
            overlay.RIGHT: str(self.work / "right.sql"),
        }

    def _run(self, tests: Sequence[str], more: dict[str, str]) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", *OPTIONS, self.database, *tests]
        self.database = "--reuse-db"
        with subprocess.Popen(
            command, cwd=self.copy, env=self._environment() | more, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                printed, _ = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.database = "--create-db"
                _stop(process)
                return -1, ""
        return process.returncode, printed

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items()
                if name not in ("DJANGO_SETTINGS_MODULE", "SANDBOX_DATABASE_URL")}  # fmt: skip
        return kept | {
            overlay.TREE: str(self.tree),
            "PYTHONPATH": str(self.copy),
            # A file that changes twice within a second must not be read from a cache.
            "PYTHONDONTWRITEBYTECODE": "1",
            "SANDBOX_DATA_DIR": str(self.work / "data"),
        }


def _stop(process: subprocess.Popen[str]) -> None:
    """End a run that hangs, and the processes that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=10)
            return
