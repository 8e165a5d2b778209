"""The lists of mistakes: one TOML file a topic, beside this one."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LISTS = Path(__file__).parent
PLACES = ("saleor_backorders", "sandbox")
# What migrations have installed: the mistake is made in the text that people edit.
HISTORY = "frozen"


class RefusedError(Exception):
    """An entry that cannot be tried as it stands."""


@dataclass(frozen=True)
class Mistake:
    """One realistic slip, and the tests that ought to notice it."""

    topic: str
    id: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    breaks: str


@dataclass(frozen=True)
class Change:
    """A mistake with the file that it is made in, before and after."""

    mistake: Mistake
    path: str
    before: str
    after: str


def read(folder: Path = LISTS) -> list[Mistake]:
    """Return the mistakes of every list, in the order of the lists."""
    found = [mistake for path in sorted(folder.glob("*.toml")) for mistake in _read_list(path)]
    twice = [name for name, count in Counter(each.id for each in found).items() if count > 1]
    if twice:
        raise RefusedError(f"{', '.join(twice)}: the id stands more than once")
    return found


def _read_list(path: Path) -> list[Mistake]:
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["mistake"]
    return [_entry(path.stem, row) for row in rows]


def _entry(topic: str, row: dict[str, object]) -> Mistake:
    try:
        tests = row.pop("tests")
        assert isinstance(tests, list)  # noqa: S101
        return Mistake(topic=topic, tests=tuple(tests), **row)  # type: ignore[arg-type]
    except (AssertionError, KeyError, TypeError) as reason:
        raise RefusedError(f"{topic}: {row.get('id', row)}: {reason}") from reason


def chosen(mistakes: Iterable[Mistake], names: Sequence[str]) -> list[Mistake]:
    """Return the mistakes of which the topic or the id is named; all where nothing is."""
    mistakes = list(mistakes)
    known = {each.id for each in mistakes} | {each.topic for each in mistakes}
    unknown = sorted(set(names) - known)
    if unknown:
        raise RefusedError(f"{', '.join(unknown)}: no such topic or mistake")
    return [each for each in mistakes if not names or {each.id, each.topic} & set(names)]


def locate(root: Path, mistake: Mistake) -> Change:
    """Find the one place of a mistake; refuse it where there is none, or more than one."""
    absent = [test for test in mistake.tests if not (root / test.partition("::")[0]).exists()]
    if absent or not mistake.tests:
        raise RefusedError(f"{mistake.id}: no such tests: {', '.join(absent)}")
    texts = {path: (root / path).read_text(encoding="utf-8") for path in _files(root, mistake)}
    counts = {path: text.count(mistake.old) for path, text in texts.items()}
    if sum(counts.values()) != 1 or mistake.old == mistake.new:
        raise RefusedError(f"{mistake.id}: its text stands {sum(counts.values())} times, not once")
    (path,) = (path for path, count in counts.items() if count)
    after = texts[path].replace(mistake.old, mistake.new)
    return Change(mistake, path, texts[path], after)


def _files(root: Path, mistake: Mistake) -> list[str]:
    """Return the file that an entry names, or all that it may have been moved to."""
    if (root / mistake.file).is_file():
        return [mistake.file]
    suffix = Path(mistake.file).suffix
    found = (path for place in PLACES for path in sorted((root / place).rglob(f"*{suffix}")))
    return [path.relative_to(root).as_posix() for path in found if HISTORY not in path.parts]
