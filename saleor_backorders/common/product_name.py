"""What things are called where a reader has only one line."""

from __future__ import annotations


def full_name(product: str, variant: str) -> str:
    """Return a product's name, with its variant's where that says more."""
    return f"{product} ({variant})" if variant and variant != product else product
