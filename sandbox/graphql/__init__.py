"""The sandbox's GraphQL API: Saleor's names and shapes, read from ``schema.graphql``."""

from __future__ import annotations
