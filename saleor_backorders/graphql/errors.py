"""The one place where facts of ``saleor_backorders.errors`` become answers of the API.

A mutation answers with data and HTTP 200, a query with a GraphQL error.  Saleor names the class
of an exception in ``extensions.exception.code``, hence a class of our own by Saleor's name.
"""

from __future__ import annotations

import graphene
from graphql import GraphQLError

from saleor_backorders import errors

from .enums import BackorderErrorCode, ErrorCode
from .scalars import Int

CODES: dict[type[errors.BackordersError], ErrorCode] = {
    errors.BackordersError: ErrorCode.GRAPHQL_ERROR,
    errors.InvalidValue: ErrorCode.INVALID,
    errors.MissingValue: ErrorCode.REQUIRED,
    errors.MalformedId: ErrorCode.GRAPHQL_ERROR,
    errors.NotFound: ErrorCode.NOT_FOUND,
    errors.PermissionDenied: ErrorCode.PERMISSION_DENIED,
    errors.AlreadyFulfilled: ErrorCode.ALREADY_FULFILLED,
    errors.LimitExceeded: ErrorCode.LIMIT_EXCEEDED,
    errors.NotEnoughStock: ErrorCode.INSUFFICIENT_STOCK,
    errors.RefundFailed: ErrorCode.REFUND_FAILED,
}


class PermissionDenied(GraphQLError):
    """Raised to whoever may not read."""


class BackorderError(graphene.ObjectType):
    class Meta:
        description = (
            "Errors are data: a mutation that refuses says why here, with HTTP 200, "
            "and changes nothing."
        )

    field = graphene.String()
    message = graphene.String(required=True)
    code = graphene.Field(BackorderErrorCode, required=True)
    row = Int(description="The row of an imported file; its columns' names are row 1.")


def code_of(error: errors.BackordersError) -> ErrorCode:
    """Return the code of the nearest kind that the table names."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)


def as_data(error: errors.BackordersError) -> BackorderError:
    """Return what a mutation answers."""
    return BackorderError(field=error.field, message=error.message, code=code_of(error).value)


def as_exception(error: errors.BackordersError) -> GraphQLError:
    """Return what a query raises."""
    code = code_of(error)
    kind = PermissionDenied if code == ErrorCode.PERMISSION_DENIED else GraphQLError
    return kind(error.message, extensions={"code": code.value, "field": error.field})
