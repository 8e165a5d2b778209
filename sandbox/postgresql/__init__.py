"""A Django database backend that finds its server when the first connection is opened."""

from __future__ import annotations
