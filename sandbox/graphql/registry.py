"""Resolvers by the name of what they resolve; ``engine`` hangs them on the schema's fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

RESOLVERS: dict[tuple[str, str], Callable[..., Any]] = {}
MUTATIONS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}


def resolver(path: str) -> Callable[[F], F]:
    """Register the resolver of ``Type.field``; it takes the root, the info and the arguments."""
    type_name, field = path.split(".")

    def register(function: F) -> F:
        RESOLVERS[type_name, field] = function
        return function

    return register


def attribute(path: str, name: str) -> None:
    """Register the attribute in which a field is kept under another name."""
    resolver(path)(lambda root, _info: getattr(root, name))


def snake_case(name: str) -> str:
    """Turn ``someName`` into ``some_name``."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def mutation(field: str, *permissions: str) -> Callable[[F], F]:
    """Register a mutation for those who hold one of the permissions, or for everybody.

    The function takes its arguments by their names in snake case and returns its payload's
    fields; a ``ValidationError`` becomes the payload's errors.
    """

    def register(function: F) -> F:
        MUTATIONS[field] = (function, permissions)
        return function

    return register
