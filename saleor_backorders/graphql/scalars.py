"""Numbers and amounts as clients send and read them."""

from __future__ import annotations

from typing import Any

import graphene
from graphql.language import ast


class MoneyAmount(graphene.ObjectType):
    currency = graphene.String(required=True)
    amount = graphene.Float(required=True)


class Int(graphene.Scalar):
    """Read whole numbers of any size, so that a room refuses one out of range by name.

    The library's own ``Int`` breaks off with an untyped error beyond 32 bits.
    """

    class Meta:
        name = "Int"

    @staticmethod
    def serialize(value: Any) -> int:
        return int(value)

    @staticmethod
    def parse_value(value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
            return None
        return int(value)

    @staticmethod
    def parse_literal(node: Any) -> int | None:
        return int(node.value) if isinstance(node, ast.IntValue) else None
