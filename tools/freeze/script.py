"""The SQL that makes one engine of another."""

from __future__ import annotations

from tools.freeze.catalogue import Engine, Part

HEADER = """\
-- Frozen: written by `python -m tools.freeze`, run by a migration, never edited.
-- @schema@ is where the shop's tables lie.
-- Bodies are looked at when they run: what they call may stand further down.
SET LOCAL check_function_bodies = off;
"""


def script(before: Engine, after: Engine) -> str:
    """Return the statements that lead from one to the other; empty where they are alike."""
    gone = [part for key, part in before.items() if _has_to_go(part, after.get(key))]
    made = [part for key, part in after.items() if before.get(key) != part]
    statements = [f"DROP {part.kind} IF EXISTS {part.identity};" for part in reversed(gone)]
    statements += [f"{part.definition};" for part in made]
    return "\n".join([HEADER, *statements, ""]) if statements else ""


def _has_to_go(part: Part, successor: Part | None) -> bool:
    return successor is None or successor.shape != part.shape
