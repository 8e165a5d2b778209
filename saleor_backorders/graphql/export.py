"""Write the schema down: ``python -m saleor_backorders.graphql.export [path]``.

The library's own printer leaves descriptions out, and they are half of the contract.
Needs Django's settings, as the schema names what models offer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import graphql
from graphql.utils.ast_from_value import ast_from_value

PATH = Path(__file__).with_name("schema.graphql")
WIDTH = 100
_BUILT_IN = {"String", "Boolean", "Int", "Float", "ID"}


def render(schema: Any) -> str:
    """Return a schema in its own language, types by name."""
    roots = [schema.get_query_type(), schema.get_mutation_type()]
    names = "".join(
        f"  {operation}: {root.name}\n"
        for operation, root in zip(("query", "mutation"), roots, strict=True)
    )
    types = [
        kind
        for name, kind in sorted(schema.get_type_map().items())
        if not name.startswith("__") and name not in _BUILT_IN and kind not in roots
    ]
    blocks = ["schema {\n" + names + "}"]
    blocks += ["\n".join(_type(kind)) for kind in [*roots, *types]]
    return "\n\n".join(blocks) + "\n"


def _type(kind: Any) -> Iterator[str]:
    if isinstance(kind, graphql.GraphQLScalarType):
        yield f"scalar {kind.name}"
        return
    yield from _description(kind, "")
    if isinstance(kind, graphql.GraphQLEnumType):
        yield f"enum {kind.name} {{"
        for value in kind.values:
            yield from _description(value, "  ")
            yield f"  {value.name}"
    else:
        word = "input" if isinstance(kind, graphql.GraphQLInputObjectType) else "type"
        yield f"{word} {kind.name} {{"
        for name, field in kind.fields.items():
            yield from _field(name, field)
    yield "}"


def _field(name: str, field: Any) -> Iterator[str]:
    yield from _description(field, "  ")
    arguments = getattr(field, "args", None) or {}
    inner = ", ".join(_input(key, argument) for key, argument in arguments.items())
    one_line = f"  {name}({inner}): {field.type}"
    described = any(argument.description for argument in arguments.values())
    if described or len(one_line) > WIDTH:
        yield f"  {name}("
        for key, argument in arguments.items():
            yield from _description(argument, "    ")
            yield f"    {_input(key, argument)}"
        yield f"  ): {field.type}"
    elif arguments:
        yield one_line
    else:
        yield f"  {_input(name, field)}"


def _input(name: str, value: Any) -> str:
    default = getattr(value, "default_value", None)
    if default is None:
        return f"{name}: {value.type}"
    return f"{name}: {value.type} = {graphql.print_ast(ast_from_value(default, value.type))}"


def _description(thing: Any, indent: str) -> Iterable[str]:
    text = " ".join((thing.description or "").split())
    return [f'{indent}"{text}"'] if text else []


def main(arguments: list[str]) -> None:
    """Write the schema to a path, by default to where it is kept."""
    import django

    django.setup()
    # Only after the set-up: the schema imports models.
    from .schema import schema

    path = Path(arguments[0]) if arguments else PATH
    path.write_text(render(schema), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
