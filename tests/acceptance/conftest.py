"""Give each acceptance test a shop of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.desk import Desk
from tests.acceptance.ledger import Watcher
from tests.acceptance.payment_app import PaymentApp
from tests.acceptance.shop import Shop
from tests.hosts.base import Host


def use_zones(host: Host, zones: bool) -> None:
    """Let availability depend on shipping zones, as in old shops, or on channels alone."""
    host.door("site_settings", values={"use_legacy_shipping_zone_stock_availability": zones})


@pytest.fixture
def shop(host: Host, setting: tuple[str, bool]) -> Shop:
    """Open a shop in every setting that the host has: allocation strategy, zones."""
    strategy, zones = setting
    use_zones(host, zones)
    return Shop(host, strategy)


@pytest.fixture
def plain_shop(host: Host) -> Shop:
    """Open a shop in the usual setting, for what does not depend on it."""
    use_zones(host, True)
    return Shop(host)


@pytest.fixture
def watched(shop: Shop) -> Iterator[Watcher]:
    """Watch the shop's variant from a second connection for the whole test."""
    with Watcher(shop.host, shop.variant) as watcher:
        yield watcher


@pytest.fixture
def till() -> Iterator[PaymentApp]:
    """Run a payment app."""
    with PaymentApp() as app:
        yield app


@pytest.fixture
def sure_shop(plain_shop: Shop) -> Shop:
    """Open a shop with two pairs on the shelf, that confirms what it sells."""
    shop = Shop(plain_shop.host, auto_confirm=True)
    shop.put(2)
    shop.allow(limit=100).must()
    return shop


@pytest.fixture
def desk(sure_shop: Shop, till: PaymentApp) -> Desk:
    """Sell five at 10.00 and 5.00 for the transport, paid by card; three of them wait."""
    desk = Desk(sure_shop, sure_shop.buy(5))
    desk.charge("55.00", till.install(sure_shop.host))
    return desk
