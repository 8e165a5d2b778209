from __future__ import annotations

from collections.abc import Iterator

import pytest

from saleor_backorders import engine
from tests.services.front import Front, run_triggers


@pytest.fixture
def front(db: None) -> Iterator[Front]:
    """Return a shop; afterwards no invariant may be broken."""
    yield Front()
    run_triggers()
    assert engine.broken_invariants() == []
