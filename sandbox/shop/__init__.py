"""A small shop to click through: it asks the GraphQL APIs and touches no table."""

from __future__ import annotations
