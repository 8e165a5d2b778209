"""Builds the schema: shapes come from ``schema.graphql``, behaviour from resolvers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Manager
from django.utils.dateparse import parse_datetime
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_ast_schema,
    parse,
)

from sandbox.graphql import auth, connections, errors
from sandbox.graphql.ids import to_global_id
from sandbox.graphql.registry import MUTATIONS, RESOLVERS, snake_case

SDL = Path(__file__).parent / "schema.graphql"
COMMON = (
    "account",
    "channels",
    "checkouts",
    "orders",
    "payments",
    "plugins",
    "products",
    "warehouses",
)
RESOLVER_MODULES = (
    *(f"types.{name}" for name in (*COMMON, "events", "money")),
    *(f"mutations.{name}" for name in (*COMMON, "drafts", "listings")),
)


def sdl() -> str:
    """Return the schema's text, with the connections that it mentions."""
    text = SDL.read_text()
    nodes = sorted(set(re.findall(r"(\w+)CountableConnection", text)))
    return text + "".join(connections.SDL.format(node) for node in nodes)


@cache
def schema() -> GraphQLSchema:
    """Return the sandbox's schema with all its resolvers."""
    for name in RESOLVER_MODULES:
        import_module(f"sandbox.graphql.{name}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # graphql-core 2 was written for older Pythons
        built = build_ast_schema(parse(sdl()))
    for type_ in built.get_type_map().values():
        if isinstance(type_, GraphQLScalarType):
            _teach_scalar(type_)
        elif isinstance(type_, GraphQLEnumType) and not type_.name.startswith("__"):
            type_.serialize = partial(_choice_name, {value.name for value in type_.values})
        elif isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            type_.resolve_type = _type_of_object(built)
        elif isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            _teach_object(built, type_)
    _check_nothing_is_left_over(built)
    return built


def _teach_object(built: GraphQLSchema, type_: GraphQLObjectType) -> None:
    for name, field in type_.fields.items():
        if type_.name == "Mutation":
            field.resolver = _mutation_resolver(name)
        else:
            field.resolver = RESOLVERS.get((type_.name, name)) or _default_resolver(
                name, is_node=built.get_type("Node") in type_.interfaces
            )


def _check_nothing_is_left_over(built: GraphQLSchema) -> None:
    types = built.get_type_map()
    unknown = [f"{name}.{field}" for name, field in RESOLVERS if field not in types[name].fields]
    unknown += [name for name in MUTATIONS if name not in types["Mutation"].fields]
    if unknown:
        raise LookupError(f"resolvers for fields that the schema lacks: {sorted(unknown)}")


def _default_resolver(name: str, *, is_node: bool) -> Callable[..., Any]:
    if name == "id" and is_node:
        return _resolve_global_id
    return partial(_resolve_attribute, name, snake_case(name))


def _resolve_global_id(root: Any, info: Any) -> str:
    return to_global_id(info.parent_type.name, root.pk)


def _resolve_attribute(name: str, attribute: str, root: Any, _info: Any, **_: Any) -> Any:
    if isinstance(root, dict):
        return root.get(name)
    value = getattr(root, attribute)
    return list(value.all()) if isinstance(value, Manager) else value


def _mutation_resolver(name: str) -> Callable[..., Any]:
    function, permissions = MUTATIONS[name]

    def resolve(_root: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        if permissions:
            auth.require(info.context, *permissions)
        given = {snake_case(key): value for key, value in arguments.items()}
        try:
            return {"errors": [], **function(info.context, **given)}
        except ValidationError as error:
            return {"errors": errors.payload_errors(error)}

    return resolve


def _type_of_object(built: GraphQLSchema) -> Callable[..., Any]:
    def resolve_type(value: Any, _info: Any) -> Any:
        return built.get_type(getattr(value, "graphql_type", type(value).__name__))

    return resolve_type


def _teach_scalar(scalar: GraphQLScalarType) -> None:
    if scalar.name not in SCALARS:
        return
    scalar.serialize, parse_value = SCALARS[scalar.name]
    scalar.parse_value = parse_value
    scalar.parse_literal = lambda node: parse_value(node.value)


def _iso(value: Any) -> str:
    return str(value.isoformat())


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _positive(value: Any) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise GraphQLError(f"{value} is less than nothing.")
    return number


SCALARS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "DateTime": (_iso, parse_datetime),
    "Decimal": (float, _decimal),
    "PositiveDecimal": (float, _positive),
    "UUID": (str, str),
}


def _choice_name(names: set[str], value: Any) -> str | None:
    """Return the API's name of a stored choice; None, if it has none, becomes a type error."""
    name = str(value).upper().replace("-", "_").replace(" ", "_")
    return name if name in names else None
