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


def mutation(field: str, *permissions: str) -> Callable[[F], F]:
    """Register a mutation for those who hold one of the permissions, or for everybody.

    The function returns its payload's fields; a ``ValidationError`` becomes the payload's errors.
    """

    def register(function: F) -> F:
        MUTATIONS[field] = (function, permissions)
        return function

    return register
