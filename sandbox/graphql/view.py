from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLError, GraphQLSchema, execute, parse, validate

from sandbox.graphql import auth
from sandbox.graphql.errors import format_graphql_error

INTEGER_TOO_BIG = "Int cannot represent non 32-bit signed integer value"

View = Callable[..., HttpResponse]


def graphql_view(get_schema: Callable[[], GraphQLSchema]) -> View:
    """Build a view that answers GraphQL requests, sent one by one, against a schema."""

    @csrf_exempt
    def view(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            body = json.loads(request.body)
            query, variables = body["query"], body.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return _answer_errors([GraphQLError("Must provide a query string.")])
        try:
            request.user = auth.user_of(request)  # type: ignore[assignment]
            request.app = auth.app_of(request)  # type: ignore[attr-defined]
        except jwt.InvalidTokenError as error:
            return _answer_errors([error], status=401)
        return _run(get_schema(), request, query, variables, body.get("operationName"))

    return view


def _run(
    schema: GraphQLSchema,
    request: HttpRequest,
    query: str,
    variables: dict[str, Any],
    operation: str | None,
) -> HttpResponse:
    try:
        document = parse(query)
    except GraphQLError as error:
        return _answer_errors([error])
    problems = validate(schema, document)
    if problems:
        return _answer_errors(problems)
    try:
        result = execute(
            schema,
            document,
            context_value=request,
            variable_values=variables,
            operation_name=operation,
        )
    except Exception as error:
        # The library's own error is a plain exception where an integer is too big.
        if str(error).startswith(INTEGER_TOO_BIG) or isinstance(error, ValueError):
            error = GraphQLError(str(error))
        return _answer_errors([error])
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"errors": [format_graphql_error(each) for each in result.errors], **answer}
    return JsonResponse(answer, status=400 if result.invalid else 200)


def _answer_errors(problems: list[Any], *, status: int = 400) -> HttpResponse:
    return JsonResponse(
        {"errors": [format_graphql_error(problem) for problem in problems]}, status=status
    )
