"""``python -m tools.mutants [topic or id ...]``: a table of which mistakes lived."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from tools.mutants import catalogue
from tools.mutants.catalogue import Change, RefusedError
from tools.mutants.trial import Bench, Verdict

TREE = Path(__file__).resolve().parents[2]
ENOUGH = 0.95
NOT_ENOUGH, NOT_TRIED = 1, 2


def main(arguments: Sequence[str] | None = None, tree: Path = TREE) -> int:
    """Try the chosen mistakes; return 0 where enough of them were noticed."""
    options = _options(arguments)
    try:
        mistakes = catalogue.chosen(catalogue.read(tree / "tools" / "mutants"), options.names)
        changes = [catalogue.locate(tree, each) for each in mistakes]
    except RefusedError as reason:
        say(f"refused: {reason}")
        return NOT_TRIED
    if options.list:
        say(*(f"{each.mistake.id:45} {each.path}: {each.mistake.breaks}" for each in changes))
        return 0
    return _try(changes, tree, options.jobs)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="topics or ids; everything where none is given")
    parser.add_argument("--jobs", type=int, default=1, help="how many to try at once")
    parser.add_argument("--list", action="store_true", help="say what there is and try nothing")
    return parser.parse_args(arguments)


def _try(changes: list[Change], tree: Path, jobs: int) -> int:
    with tempfile.TemporaryDirectory(prefix="mutants-") as work:
        benches = [Bench(tree, Path(work) / str(number)) for number in range(jobs)]
        tests = sorted({test for change in changes for test in change.mistake.tests})
        code, printed = benches[0].untouched(tests)
        if code:
            say(printed, "refused: these tests are not green without any mistake")
            return NOT_TRIED
        verdicts = list(_verdicts(changes, benches))
    return _sum_up(verdicts)


def _verdicts(changes: list[Change], benches: list[Bench]) -> Iterator[Verdict]:
    """Give each mistake to whichever copy is free; hand the verdicts over in the list's order."""
    free: SimpleQueue[Bench] = SimpleQueue()
    for bench in benches:
        free.put(bench)

    def one(change: Change) -> Verdict:
        with ExitStack() as stack:
            bench = free.get()
            stack.callback(free.put, bench)
            return bench.try_out(change)

    with ThreadPoolExecutor(len(benches)) as pool:
        for verdict in pool.map(one, changes):
            say(_row(verdict))
            yield verdict


def _row(verdict: Verdict) -> str:
    mistake = verdict.change.mistake
    told = mistake.breaks if verdict.outcome == "lived" else verdict.by
    name = f"{verdict.outcome:9} {mistake.topic:9} {mistake.id:42}"
    return f"{name} {verdict.seconds:4.0f} s  {told}"


def _sum_up(verdicts: list[Verdict]) -> int:
    """Print the counts by topic and the names of those that lived; return the exit code."""
    for topic in dict.fromkeys(each.change.mistake.topic for each in verdicts):
        of_it = [each for each in verdicts if each.change.mistake.topic == topic]
        say(f"{topic}: {_noticed(of_it)} of {len(of_it)} noticed")
    lived = [each.change.mistake.id for each in verdicts if each.outcome == "lived"]
    share = _noticed(verdicts) / len(verdicts)
    say(f"all: {_noticed(verdicts)} of {len(verdicts)} noticed, {share:.1%}",
        f"lived: {', '.join(lived) or 'none'}")  # fmt: skip
    if any(each.outcome == "not tried" for each in verdicts):
        return NOT_TRIED
    return 0 if share >= ENOUGH else NOT_ENOUGH


def _noticed(verdicts: list[Verdict]) -> int:
    return sum(each.outcome == "noticed" for each in verdicts)


def say(*lines: str) -> None:
    """Print lines at once, for whoever watches."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
