from __future__ import annotations

from collections.abc import Iterator

import pytest

from saleor_backorders import engine
from tests.services.front import Front, settle


@pytest.fixture
def front(db: None) -> Iterator[Front]:
    """Return a shop; afterwards no invariant may be broken."""
    yield Front()
    settle()
    assert engine.broken_invariants() == []
