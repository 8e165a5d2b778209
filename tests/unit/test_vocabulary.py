"""A concept has one name: those that were replaced do not come back (see ``CONTEXT.md``)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("saleor_backorders", "sandbox", "tests", "tools", "benchmarks")
REPLACED = re.compile(
    r"""
    (Trouble | trouble | TryLater | HungUp | NobodyThere | NobodyKnows | NotOurs   # DeliveryError …
    | Untrue | Letter | letters? | Gift | Wish | wish | PAUSES      # OutdatedMessage, Email, …
    | (MOST | LEAST | LONGEST)(_\w+)?                               # MAX_, MIN_
    | Touch | Mark | Cover                                          # AllocationChange, …
    | saleor_backorders_(touch | mark | cover | optout | shelves | settle)
    | Place | find_place | place_links                              # Destination, …
    | WayOut\w* | way_out | OptOut | opt_out | Mended | mend        # unsubscribe, repair
    | seen_on_shelf | on_shelf                                      # on hand, free stock
    | Lane\w* | lanes? | lane_\w+ | \w+_lane)                       # host
    """,
    re.VERBOSE,
)
REPLACED_IN_SANDBOX = re.compile("furniture|furnish|teller|till|open_till|cast|dock")
KEPT = {("saleor_backorders/graphql/notifications.py", "trouble")}
"""The API's own words, until its next version."""


def sources(*endings: str) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and path != Path(__file__):
                yield path


def names(path: Path) -> set[str]:
    """Return the names in a file of Python or SQL, without comments and texts."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return set(re.findall(r"\w+", re.sub(r"--.*|'(?:[^']|'')*'", "", text)))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def is_replaced(name: str, file: str) -> bool:
    in_sandbox = file.startswith("sandbox/") and REPLACED_IN_SANDBOX.fullmatch(name)
    return bool(in_sandbox or REPLACED.fullmatch(name)) and (file, name) not in KEPT


def test_no_replaced_word_is_a_name() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in sources(".py", ".sql")}
    found = [(file, name) for file, path in files.items() for name in sorted(names(path))]
    assert [(file, name) for file, name in found if is_replaced(name, file)] == []


def test_no_replaced_word_is_a_file() -> None:
    found = [path.relative_to(ROOT).as_posix() for path in sources(".py", ".sql", ".html", ".txt")]
    assert [file for file in found if is_replaced(Path(file).stem, file)] == []


def test_what_was_replaced_is_seen() -> None:
    for name in ("Lane", "MOST_UNITS", "way_out", "letter"):
        assert is_replaced(name, "tests/unit/test_vocabulary.py")
    for name in ("host", "MAX_UNITS", "almost", "email", "till"):
        assert not is_replaced(name, "tests/unit/test_vocabulary.py")
    assert is_replaced("till", "sandbox/shop/pages.py")
