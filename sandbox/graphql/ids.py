from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from graphql import GraphQLError

M = TypeVar("M", bound=Model)


def to_global_id(type_name: str, pk: object) -> str:
    """Return the global id of an object."""
    return base64.b64encode(f"{type_name}:{pk}".encode()).decode()


def from_global_id(global_id: str) -> tuple[str, str]:
    """Split a global id into type and key.

    :raises GraphQLError: when it is none.
    """
    try:
        type_name, separator, pk = (
            base64.b64decode(global_id, validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise GraphQLError(f"Invalid ID: {global_id}.") from error
    if not separator or not pk:
        raise GraphQLError(f"Invalid ID: {global_id}.")
    return type_name, pk


def get_node(
    objects: QuerySet[M], global_id: str, *, field: str = "id", code: str = "not_found"
) -> M:
    """Return the object that a mutation's argument names.

    :raises ValidationError: when the id is malformed, of another type, or names nothing.
    """
    found = objects.filter(pk=parse_key(objects.model, global_id, field)).first()
    if found is None:
        message = f"Couldn't resolve to a node: {global_id}"
        raise ValidationError({field: ValidationError(message, code=code)})
    return found


def get_nodes(objects: QuerySet[M], global_ids: Sequence[str], *, field: str) -> list[M]:
    """Return the objects that ids name, in the order of the ids.

    :raises ValidationError: when an id is malformed or of another type, or all name nothing.
    :raises GraphQLError: when some name nothing.
    """
    if not global_ids:
        return []
    keys = [parse_key(objects.model, global_id, field) for global_id in global_ids]
    found = objects.in_bulk(keys)
    if not found:
        message = f"Could not resolve to a node with the global id list of '{global_ids}'."
        raise ValidationError({field: ValidationError(message, code="graphql_error")})
    for key in keys:
        if key not in found:
            name = objects.model.__name__
            raise GraphQLError(f"There is no node of type {name} with pk {key}")
    return [found[key] for key in keys]


def find_node(objects: QuerySet[M], global_id: str) -> M | None:
    """Return the object that a query's argument names, or None.

    :raises GraphQLError: when the id is malformed or of another type.
    """
    try:
        key = parse_key(objects.model, global_id, "id")
    except ValidationError as error:
        raise GraphQLError(error.messages[0]) from error
    return objects.filter(pk=key).first()


def parse_key(model: type[Model], global_id: str, field: str) -> Any:
    """Return the key in a global id.

    :raises ValidationError: when the id is malformed or of another type.
    """
    is_uuid = model._meta.pk.get_internal_type() == "UUIDField"
    return _parse(model.__name__, UUID if is_uuid else int, global_id, field)


def parse_uuid(type_name: str, global_id: str, field: str) -> UUID:
    """Return the UUID in the global id of what is named by one that is not its key.

    :raises ValidationError: when the id is malformed or of another type.
    """
    found: UUID = _parse(type_name, UUID, global_id, field)
    return found


def _parse(type_name: str, key: Callable[[str], Any], global_id: str, field: str) -> Any:
    message = f"Invalid ID: {global_id}. Expected: {type_name}."
    invalid = ValidationError({field: ValidationError(message, code="graphql_error")})
    try:
        found, text = from_global_id(global_id)
        value = key(text)
    except (GraphQLError, ValueError) as error:
        raise invalid from error
    if found != type_name:
        raise invalid
    return value
