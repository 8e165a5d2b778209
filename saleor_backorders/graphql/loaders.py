"""What is read once for all rows of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from promise import Promise
from promise.dataloader import DataLoader

from saleor_backorders.services import queue


class Loaders:
    """The dataloaders of one request, on its connection."""

    def __init__(self, using: str) -> None:
        self.position = _loader(lambda ids: queue.positions(ids=ids, using=using))
        self.movements = _loader(lambda ids: queue.movements(ids=ids, using=using))


def _loader(read: Callable[[Sequence[int]], dict[int, Any]]) -> DataLoader:
    def load(keys: Sequence[int]) -> Any:
        found = read(keys)
        return Promise.resolve([found.get(key) for key in keys])

    return DataLoader(load)
