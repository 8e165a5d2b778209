"""The suite's own options: here, since ``pytest --host sandbox`` names a folder, too.

Where an argument is a path, pytest reads the ``conftest.py`` files above it before it reads the
options, and no others.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the host."""
    parser.addoption(
        "--host",
        choices=["sandbox", "saleor", "all"],
        default="all",
        help="host of the acceptance tests: the sandbox, real Saleor, or both where found",
    )
    parser.addoption(
        "--every-setting",
        action="store_true",
        help="try both allocation strategies with and without shipping zones, not just in pairs",
    )
