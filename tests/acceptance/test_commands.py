"""Look after a shop from the command line, and leave it as it was; on hosts of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.acceptance.shop import Placed, Shop
from tests.hosts.base import Host
from tests.hosts.rack import HostRack, switch_plugin_on

LEFT_OF_US = """
SELECT 'trigger', tgname::text FROM pg_trigger
 WHERE NOT tgisinternal AND starts_with(tgname, 'saleor_backorders')
UNION ALL SELECT 'function', proname::text FROM pg_proc
 WHERE starts_with(proname, 'saleor_backorders')
UNION ALL SELECT 'relation', relname::text FROM pg_class
 WHERE starts_with(relname, 'saleor_backorders') OR starts_with(relname, 'bo_')
UNION ALL SELECT 'stock', id::text FROM warehouse_stock WHERE id >= 1000000000
UNION ALL SELECT 'warehouse', slug FROM warehouse_warehouse
 WHERE starts_with(slug, '00-backorders-')
UNION ALL SELECT 'address', company_name FROM account_address
 WHERE starts_with(company_name, 'Backorders ·')
UNION ALL SELECT 'settings', identifier FROM plugins_pluginconfiguration
 WHERE identifier = 'saleor.backorders'
"""


@pytest.fixture(scope="module")
def own_rack() -> Iterator[HostRack]:
    """Keep hosts that no other test disturbs, nor these tests them."""
    rack = HostRack()
    try:
        yield rack
    finally:
        rack.stop()


@pytest.fixture
def host(request: pytest.FixtureRequest, own_rack: HostRack) -> Host:
    """Return a running host of these tests' own."""
    return own_rack.get(request.param)


@pytest.fixture
def reinstalled(host: Host) -> Iterator[Host]:
    """Bring the plugin back after the test, whatever became of it."""
    yield host
    assert host.manage("migrate", "saleor_backorders", "--verbosity=0")["status"] == 0
    switch_plugin_on(host)


def run(host: Host, action: str, *options: str) -> tuple[int, str]:
    """Run our command; return its exit status and what it printed."""
    done = host.manage("backorders", action, *options)
    return done["status"], done["output"]


def run_outside(host: Host, action: str) -> tuple[int, str]:
    """Run our command as a process of its own, as an operator does."""
    done = subprocess.run(
        [*host.command(), "-m", "django", "backorders", action],
        env=host.environment(),
        cwd=host.work,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def overlooked_arrival(shop: Shop, units: int) -> None:
    """Put units on the shelf behind the engine's back."""
    with shop.host.connect() as connection, connection.transaction():
        connection.execute("ALTER TABLE warehouse_stock DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE warehouse_stock SET quantity = %s WHERE product_variant_id = %s AND id < %s",
            (units, shop.variant.pk, 1_000_000_000),
        )
        connection.execute("ALTER TABLE warehouse_stock ENABLE TRIGGER USER")


def somebody_waits(shop: Shop, units: int) -> Placed:
    shop.put(0)
    shop.allow(limit=10).must()
    return shop.buy(units)


def shelf_row(shop: Shop) -> int:
    ((found,),) = shop.host.sql(
        "SELECT id FROM warehouse_stock WHERE product_variant_id = %s AND id < 1000000000",
        shop.variant.pk,
    )
    return int(found)


def test_check_is_silent_in_a_sound_shop_and_speaks_of_a_broken_one(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    assert run(plain_shop.host, "check") == (0, "")

    overlooked_arrival(plain_shop, 2)
    status, printed = run_outside(plain_shop.host, "check")

    assert status == 1
    assert printed == (
        "units are free while somebody waits: "
        f"variant {plain_shop.variant.pk}: stock {shelf_row(plain_shop)}: 2 free, "
        f"wanted for {plain_shop.channel.pk}/US/\n"
    )

    status, printed = run(plain_shop.host, "repair")
    assert (status, printed) == (
        0,
        "Moved 0 rows, knew 0 again, resolved 0 variants anew, rebalanced 1.\n",
    )
    assert plain_shop.order(order).split == (2, 1)
    assert run(plain_shop.host, "check") == (0, "")


def test_repair_mends_a_ledger_that_lost_a_change(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    with plain_shop.host.connect() as connection, connection.transaction():
        connection.execute("ALTER TABLE warehouse_allocation DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE warehouse_allocation a SET quantity_allocated = 2 FROM warehouse_stock s"
            " WHERE s.id = a.stock_id AND s.product_variant_id = %s",
            (plain_shop.variant.pk,),
        )
        connection.execute("ALTER TABLE warehouse_allocation ENABLE TRIGGER USER")

    status, printed = run(plain_shop.host, "check")
    assert status == 1
    assert "ledger says 3 wait, the virtual row holds 2" in printed

    assert run(plain_shop.host, "repair")[0] == 0
    assert run(plain_shop.host, "check") == (0, "")
    assert plain_shop.backorder(order)["quantityWaiting"] == 2


def test_sweep_serves_what_was_overlooked(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    overlooked_arrival(plain_shop, 2)

    assert run(plain_shop.host, "sweep") == (0, "Rebalanced 1 variants, 2 units moved.\n")

    assert plain_shop.order(order).split == (2, 1)
    assert run(plain_shop.host, "sweep") == (0, "Rebalanced 0 variants, 0 units moved.\n")


def test_sync_puts_the_virtual_warehouse_back_where_it_belongs(plain_shop: Shop) -> None:
    somebody_waits(plain_shop, 1)
    virtual = plain_shop.virtual_warehouse()
    plain_shop.host.sql(
        "DELETE FROM warehouse_channelwarehouse cw USING warehouse_warehouse w"
        " WHERE w.id = cw.warehouse_id AND w.slug = %s",
        virtual.slug,
    )
    assert plain_shop.try_to_buy(1).codes == ["INSUFFICIENT_STOCK"]

    assert run(plain_shop.host, "sync") == (0, "Changed 1 links and 0 variants.\n")

    assert plain_shop.buy(1).split == (0, 1)
    assert run(plain_shop.host, "sync") == (0, "Changed 0 links and 0 variants.\n")


def messages(shop: Shop) -> list[tuple[str, ...]]:
    """Return every row that sending would change."""
    return shop.host.sql(
        "SELECT to_jsonb(t)::text FROM saleor_backorders_message t"
        " UNION ALL SELECT to_jsonb(t)::text FROM saleor_backorders_offer t"
        " UNION ALL SELECT to_jsonb(t)::text FROM saleor_backorders_backorder t ORDER BY 1"
    )


def number_of(shop: Shop, order: Placed) -> str:
    return str(shop.backorder(order)["orderNumber"])


def test_preview_prints_the_mail_that_would_leave_and_sends_nothing(plain_shop: Shop) -> None:
    plain_shop.put(2)
    plain_shop.allow(limit=10).must()
    number = number_of(plain_shop, plain_shop.buy(5, email="ada@example.com"))
    arrived, before = len(plain_shop.host.post.mails()), messages(plain_shop)

    status, printed = run(plain_shop.host, "preview", "placed", "--order", number)

    assert status == 0, printed
    headers, _, body = printed.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in headers.splitlines())
    assert fields["To"] == "ada@example.com"
    assert fields["Subject"] == f"Order {number}: 2 ship now, 3 wait"
    assert fields["Content-Language"] == "en"
    assert "shop@example.com" in fields["From"]
    assert "Winter boots (Variant 0): 2 ship now, 3 wait" in body
    assert "/plugins/saleor.backorders/w/" in body
    status, page = run(plain_shop.host, "preview", "delayed", "--order", f"#{number}", "--html")
    assert (status, page.lstrip()[:15].lower()) == (0, "<!doctype html>")
    status, german = run(
        plain_shop.host, "preview", "status", "--order", number, "--language", "de"
    )
    assert status == 0
    assert "Content-Language: de\n" in german
    assert messages(plain_shop) == before
    assert len(plain_shop.host.post.mails()) == arrived


def test_preview_says_why_nothing_would_be_sent(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    number = number_of(plain_shop, order)
    before = messages(plain_shop)

    for kind, why in (
        ("allocated", "it has left, or was taken back"),
        ("cancelled", "nothing was given up"),
        ("rate", "not all of it has left"),
        ("offer", "it was told before, used or withdrawn"),
    ):
        status, printed = run(plain_shop.host, "preview", kind, "--order", number)
        assert (status, printed) == (1, f"This would not be sent: {why}.")
    assert messages(plain_shop) == before
    plain_shop.set_stock(3).must()
    assert run(plain_shop.host, "preview", "placed", "--order", number) == (
        1, "This would not be sent: nothing waits any more.",
    )  # fmt: skip


def test_preview_refuses_what_it_does_not_know(plain_shop: Shop) -> None:
    number = number_of(plain_shop, somebody_waits(plain_shop, 1))

    for options, message in (
        (("placed", "--order", "2147483647"), "Order 2147483647 does not exist."),
        (("placed", "--order", "N-1"), "Order N-1 does not exist."),
        (("shipped", "--order", number), "Give one of: placed, delayed, "),
        (("back_in_stock", "--order", number), "Give one of: placed, delayed, "),
        (("placed", "--order", number, "--language", "tlh"), "There are no templates in tlh."),
    ):
        status, printed = run(plain_shop.host, "preview", *options)
        assert status == 1
        assert printed.startswith(message)


def test_deliver_sends_what_is_due_once_and_counts_it(plain_shop: Shop) -> None:
    run(plain_shop.host, "deliver")
    plain_shop.put(0)
    plain_shop.allow(limit=10).must()
    plain_shop.buy(2, email="ada@example.com")
    plain_shop.buy(1, email="grace@example.com")
    arrived = len(plain_shop.host.post.mails())
    counts = "Sent {}, 0 no longer true, 0 to be tried again, 0 refused, 0 perhaps sent.\n"

    assert run(plain_shop.host, "deliver") == (0, counts.format(2))

    mails = plain_shop.host.post.mails()[arrived:]
    assert sorted(mail.to for mail in mails) == [("ada@example.com",), ("grace@example.com",)]
    assert run(plain_shop.host, "deliver") == (0, counts.format(0))
    assert len(plain_shop.host.post.mails()) == arrived + 2


def test_the_background_work_registers_itself_once(host: Host) -> None:
    found = host.door("background")

    ours = {name: task for name, task in found["schedule"].items() if "backorders" in task}
    assert ours == {
        "saleor-backorders-sweep": "saleor_backorders.sweep",
        "saleor-backorders-settle": "saleor_backorders.settle",
        "saleor-backorders-deliver": "saleor_backorders.deliver",
        "saleor-backorders-remind": "saleor_backorders.remind",
        "saleor-backorders-resync": "saleor_backorders.resync",
    }
    assert set(ours.values()) <= set(found["tasks"])


def test_the_sweep_task_runs_as_often_as_the_dashboard_says(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    sweep = "saleor_backorders.sweep"
    overlooked_arrival(plain_shop, 1)
    plain_shop.host.door("task", name=sweep, long_ago=True)
    assert plain_shop.order(order).split == (1, 2)

    overlooked_arrival(plain_shop, 3)
    plain_shop.host.door("task", name=sweep)
    assert plain_shop.order(order).split == (1, 2)
    plain_shop.host.door("task", name=sweep, long_ago=True)
    assert plain_shop.order(order).split == (3, 0)


def test_uninstall_is_refused_while_units_wait(plain_shop: Shop) -> None:
    order = somebody_waits(plain_shop, 3)
    before = sorted(plain_shop.host.sql(LEFT_OF_US))

    status, printed = run(plain_shop.host, "uninstall")

    assert status == 1
    assert printed.endswith(" units are still waiting. Serve or cancel them first, or use --force.")
    assert sorted(plain_shop.host.sql(LEFT_OF_US)) == before
    assert plain_shop.order(order).split == (0, 3)


def test_uninstall_by_force_says_what_it_let_go_and_the_shop_sells_on(
    reinstalled: Host, plain_shop: Shop
) -> None:
    plain_shop.put(2)
    plain_shop.allow(limit=10).must()
    order = plain_shop.buy(5)
    ((number, sku),) = plain_shop.host.sql(
        "SELECT order_number, sku FROM saleor_backorders_backorder WHERE variant_id = %s",
        plain_shop.variant.pk,
    )

    status, printed = run(plain_shop.host, "uninstall", "--force")

    assert status == 0, printed
    lines = printed.splitlines()
    assert f"Order {number}: 3 x Winter boots ({sku}) no longer held." in lines
    assert lines[-1] == "Removed. Now take the package out and restart the shop."
    assert plain_shop.host.sql(LEFT_OF_US) == []
    assert plain_shop.order(order).split == (2, 0)

    plain_shop.set_stock(4).must()
    assert plain_shop.try_to_buy(3).codes == ["INSUFFICIENT_STOCK"]
    assert plain_shop.buy(2).split == (2, 0)
    assert plain_shop.cancel(order).ok
    assert plain_shop.buy(2).split == (2, 0)
