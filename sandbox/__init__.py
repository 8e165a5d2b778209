"""A small shop that stands in for Saleor, so that the plugin runs where no Saleor is."""

from __future__ import annotations
