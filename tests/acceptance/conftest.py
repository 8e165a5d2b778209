"""Give each acceptance test a shop of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.ledger import Watcher
from tests.acceptance.shop import Shop
from tests.lanes.base import Lane


def use_zones(lane: Lane, zones: bool) -> None:
    """Let availability depend on shipping zones, as in old shops, or on channels alone."""
    lane.door("site_settings", values={"use_legacy_shipping_zone_stock_availability": zones})


@pytest.fixture
def shop(lane: Lane, setting: tuple[str, bool]) -> Shop:
    """Open a shop in every setting that the host has: allocation strategy, zones."""
    strategy, zones = setting
    use_zones(lane, zones)
    return Shop(lane, strategy)


@pytest.fixture
def plain_shop(lane: Lane) -> Shop:
    """Open a shop in the usual setting, for what does not depend on it."""
    use_zones(lane, True)
    return Shop(lane)


@pytest.fixture
def watched(shop: Shop) -> Iterator[Watcher]:
    """Watch the shop's variant from a second connection for the whole test."""
    with Watcher(shop.lane, shop.variant) as watcher:
        yield watcher
