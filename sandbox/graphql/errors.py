"""How exceptions look from outside."""

from __future__ import annotations

import logging
from typing import Any

import jwt
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from graphql import GraphQLError
from graphql.error import GraphQLSyntaxError, format_error

from sandbox.graphql.auth import PermissionDenied
from sandbox.graphql.ids import to_global_id
from sandbox.stock.errors import InsufficientStock

logger = logging.getLogger(__name__)

SHOWN = (GraphQLError, GraphQLSyntaxError, PermissionDenied, jwt.PyJWTError)
INTERNAL = "Internal Server Error"
SYNONYMS = {
    **dict.fromkeys(("blank", "null"), "required"),
    **dict.fromkeys(("unique_for_date", "unique_together"), "unique"),
}

# What Django's validators call their findings; the API knows all of these as one.
DJANGO_CODES = frozenset(
    [
        "invalid_extension",
        "limit_value",
        "max_decimal_places",
        "max_digits",
        "max_length",
        "max_value",
        "max_whole_digits",
        "min_length",
        "min_value",
        "null_characters_not_allowed",
        "contradiction",
        "empty",
        "incomplete",
        "invalid_choice",
        "invalid_date",
        "invalid_image",
        "invalid_list",
        "invalid_time",
        "missing",
        "overflow",
    ]
)


def camel_case(name: str) -> str:
    """Turn ``some_name`` into ``someName``."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def payload_errors(error: ValidationError) -> list[dict[str, Any]]:
    """Turn a validation error into the list that a mutation's payload shows."""
    if hasattr(error, "error_dict"):
        pairs = [(field, each) for field, errors in error.error_dict.items() for each in errors]
    else:
        pairs = [(NON_FIELD_ERRORS, each) for each in error.error_list]
    return [
        {
            **{camel_case(key): value for key, value in (each.params or {}).items()},
            "field": None if field == NON_FIELD_ERRORS else camel_case(field),
            "message": each.messages[0],
            "code": _code(each.code),
        }
        for field, each in pairs
    ]


def _code(code: object) -> str:
    value = str(getattr(code, "value", code) or "invalid")
    return "invalid" if value in DJANGO_CODES else SYNONYMS.get(value, value)


def refuse(field: str | None, message: str, code: str, **params: Any) -> ValidationError:
    """Build the error of one field, or of none."""
    error = ValidationError(message, code=code, params=params)
    return ValidationError({field: error}) if field else error


def checkout_shortage(error: InsufficientStock) -> ValidationError:
    """Say which variants of a checkout are short as it is completed."""
    variants = [to_global_id("ProductVariant", item.variant.pk) for item in error.items]
    named = ", ".join(str(item.variant) for item in error.items)
    message = f"Insufficient product stock: {named}"
    return refuse("lines", message, "insufficient_stock", variants=variants)


def cart_shortage(error: InsufficientStock) -> ValidationError:
    """Say how many of each variant are left to put into a cart."""
    return ValidationError(
        {
            "quantity": [
                ValidationError(
                    f"Could not add items {item.variant}. "
                    f"Only {max(item.available_quantity, 0)} remaining in stock.",
                    code="insufficient_stock",
                )
                for item in error.items
            ]
        }
    )


def order_shortage(error: InsufficientStock, *, field: str) -> ValidationError:
    """Say which order lines are short, and where."""
    errors = []
    for item in error.items:
        params: dict[str, Any] = {"order_lines": []}
        if item.order_line:
            params["order_lines"] = [to_global_id("OrderLine", item.order_line.pk)]
        if item.warehouse_pk:
            params["warehouse"] = to_global_id("Warehouse", item.warehouse_pk)
        errors.append(
            ValidationError("Insufficient product stock.", code="insufficient_stock", params=params)
        )
    return ValidationError({field: errors})


def format_graphql_error(error: Exception) -> dict[str, Any]:
    """Show an error of a whole request; only those meant for clients keep their message."""
    shown: dict[str, Any] = (
        format_error(error) if isinstance(error, GraphQLError) else {"message": str(error)}
    )
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and getattr(cause, "original_error", None):
        cause = cause.original_error
    if not isinstance(cause, SHOWN):
        logger.error("A GraphQL request failed", exc_info=cause)
        shown["message"] = INTERNAL
    shown.setdefault("extensions", {})["exception"] = {"code": type(cause).__name__}
    return shown
