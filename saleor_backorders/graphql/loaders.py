"""What is read once for all rows of a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

from django.utils import timezone
from promise import Promise
from promise.dataloader import DataLoader

from saleor_backorders import ratings
from saleor_backorders.availability import alternatives, eta
from saleor_backorders.cancellations import delay_answers, refunds
from saleor_backorders.offers import report
from saleor_backorders.queue import backorder_list, history

Key = TypeVar("Key", bound=Hashable)


class Loaders:
    """The dataloaders of one request, on its connection."""

    def __init__(self, using: str) -> None:
        self.position = _loader(lambda ids: backorder_list.positions(ids=ids, using=using))
        self.events = _loader(lambda ids: history.of(ids=ids, using=using))
        self.parts = _loader(lambda ids: eta.parts(ids=ids, using=using))
        self.decision = _loader(lambda ids: delay_answers.open_decisions(ids=ids, using=using))
        self.refunds = _loader(lambda ids: refunds.of_backorders(ids=ids, using=using))
        self.offer = _loader(lambda ids: report.latest(ids=ids, using=using))
        self.rating = _loader(lambda ids: ratings.scores(ids=ids, using=using))
        self.alternatives = _loader(lambda wanted: _alternatives(wanted, using))


def _alternatives(
    wanted: Collection[tuple[alternatives.Asked, int]], using: str
) -> dict[tuple[alternatives.Asked, int], list[alternatives.Alternative]]:
    """Read as many of each as any field asks for: one statement, whatever their ``first``."""
    found = alternatives.find(
        asked={asked for asked, _ in wanted},
        first=max(first for _, first in wanted),
        now=timezone.now(),
        using=using,
    )
    return {(asked, first): found[asked][:first] for asked, first in wanted}


def _loader(read: Callable[[Sequence[Key]], dict[Key, Any]]) -> DataLoader:
    def load(keys: Sequence[Key]) -> Any:
        found = read(keys)
        return Promise.resolve([found.get(key) for key in keys])

    return DataLoader(load)
