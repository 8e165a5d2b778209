"""Backorders for Saleor: sell what is not on the shelf, and give what arrives to those who wait."""

from __future__ import annotations

__version__ = "0.1.0"
