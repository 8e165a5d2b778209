"""Make the traffic of a busy shop: orders, arrivals, fulfilments, cancels and edits at once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg

from tests.acceptance import documents
from tests.acceptance.dock import Dock, day
from tests.acceptance.ledger import FIRST_VIRTUAL_ID
from tests.acceptance.shop import Answer, Placed, Shop, Thing

CONNECTIONS = 8
# A line, when its order was placed, a stock row, and how many units came or went there.
Change = tuple[str, datetime, int, int]
# A transaction's number and what it changed.
Commit = tuple[int, list[Change]]
# Two statements of the shop's own that lock the same rows in opposite orders: PostgreSQL
# ends one of them, and its caller may ask again.
RETRIABLE = {"OperationalError", "DeadlockDetected"}


class Traffic:
    """Let several people act on one shop's variants until time is up."""

    def __init__(self, shop: Shop, seconds: float, seed: int) -> None:
        self.shop = shop
        self.seconds = seconds
        self.random = random.Random(seed)  # noqa: S311
        self.shelves = [shop.shelf, shop.add_warehouse("second", place=1)]
        self.variants = [shop.variant, shop.add_product()]
        self.orders: list[Placed] = []
        self.answers: list[tuple[str, Answer]] = []
        self.dock = Dock(shop)
        self.pallets: list[str] = []
        self.ended_for_others = 0
        """How often PostgreSQL ended an import because two others had locked crosswise."""
        for variant in self.variants:
            for shelf in self.shelves:
                shop.put(1, shelf, variant)
            shop.allow(limit=100, variant=variant).must()

    def run(self) -> None:
        """Act over all connections until time is up."""
        stop = threading.Event()
        timer = threading.Timer(self.seconds, stop.set)
        timer.start()
        try:
            with ThreadPoolExecutor(CONNECTIONS) as people:
                for done in [people.submit(self.act_until, stop) for _ in range(CONNECTIONS)]:
                    done.result()
        finally:
            timer.cancel()

    def act_until(self, stop: threading.Event) -> None:
        """Do one thing after the other."""
        deeds = [*[self.buy] * 5, *[self.arrive] * 2, *[self.ship] * 2]
        deeds += [self.arrive_by_api, self.cancel, self.edit]
        deeds += [self.announce, self.slip, self.receive, self.receive, self.give_up]
        while not stop.is_set():
            deed = self.random.choice(deeds)
            answer = deed()
            if answer is not None:
                self.answers.append((deed.__name__, answer))

    def buy(self) -> Answer:
        """Order one to three units."""
        answer = self.shop.try_to_buy(
            self.random.randint(1, 3), variant=self.random.choice(self.variants)
        )
        if answer.ok:
            order = answer.payload["order"]
            self.orders.append(Placed(order["id"], order["status"], order["lines"]))
        return answer

    def arrive(self) -> None:
        """Book units past the shop's API."""
        try:
            self.shop.host.sql(
                "UPDATE warehouse_stock SET quantity = quantity + %s"
                " WHERE product_variant_id = %s AND warehouse_id = %s",
                self.random.randint(1, 3),
                self.random.choice(self.variants).pk,
                self.random.choice(self.shelves).pk,
            )
        except psycopg.errors.DeadlockDetected:
            # Whoever stands in the line for a row may be the one that PostgreSQL ends when two
            # others lock crosswise; an import then books nothing and comes again.
            self.ended_for_others += 1

    def arrive_by_api(self) -> Answer:
        """Book a counted shelf, which somebody may have sold from meanwhile."""
        variant, shelf = self.random.choice(self.variants), self.random.choice(self.shelves)
        found = self.shop.ask(
            documents.VARIANT_STOCKS, {"id": variant.id, "channel": None}, self.shop.staff
        )
        (counted,) = (
            stock["quantity"] for stock in found["stocks"] if stock["warehouse"]["id"] == shelf.id
        )
        return self.shop.set_stock(max(counted, 0) + self.random.randint(0, 2), shelf, variant)

    def ship(self) -> Answer | None:
        """Ship what an order has on one shelf."""
        order = self._some_order()
        for shelf in self.shelves:
            held = self.shop.order(order).held.get(shelf.slug) if order else None
            if order and held:
                return self.shop.fulfil(order, held, shelf)
        return None

    def cancel(self) -> Answer | None:
        """Cancel an order."""
        order = self._some_order()
        return self.shop.cancel(order) if order else None

    def edit(self) -> Answer | None:
        """Change an order's quantity, where it may still be changed."""
        order = self._some_order()
        return self.shop.change_line(order, self.random.randint(1, 4)) if order else None

    def announce(self) -> Answer:
        """Say that a pallet is on its way."""
        answer = self.dock.announce(
            self.random.randint(1, 4),
            self.random.randint(1, 40),
            variant=self.random.choice(self.variants),
            shelf=self.random.choice(self.shelves),
        )
        if answer.ok:
            self.pallets.append(answer.payload["incomingShipment"]["id"])
        return answer

    def slip(self) -> Answer | None:
        """Give a pallet another day."""
        pallet = self._some_pallet()
        days = day(self.random.randint(0, 40))
        return self.dock.change(pallet, expectedOn=days) if pallet else None

    def receive(self) -> Answer | None:
        """Book a pallet, all of what is outstanding."""
        pallet = self._some_pallet()
        return self.dock.book(pallet) if pallet else None

    def give_up(self) -> Answer | None:
        """Cancel what waits of an order."""
        order = self._some_order()
        if order is None:
            return None
        values = {"orderId": order.id, "reason": "soak"}
        return self.shop.tell_plugin(documents.ORDER_BACKORDERS_CANCEL, values, self.shop.staff)

    def _some_pallet(self) -> str | None:
        return self.random.choice(self.pallets) if self.pallets else None

    def _some_order(self) -> Placed | None:
        return self.random.choice(self.orders) if self.orders else None

    @property
    def retriable(self) -> int:
        """Return how many requests were ended because two had locked crosswise."""
        return sum(bool(answer.crashes) for _, answer in self.answers) - len(self.crashes)

    @property
    def crashes(self) -> list[tuple[str, str]]:
        """Return the answers that were neither yes nor a readable no."""
        return [
            (deed, answer.message)
            for deed, answer in self.answers
            if answer.crashes and not set(answer.codes) <= RETRIABLE
        ]


def queue_jumpers(commits: list[Commit]) -> list[str]:
    """Replay the commits; name those that gave units to a new line past one that stood before it.

    An order stands where it was placed, however long its own transaction took to commit.
    """
    waiting: Counter[str] = Counter()
    seen: dict[str, int] = {}
    placed: dict[str, datetime] = {}
    jumped = []
    for number, (transaction, changes) in enumerate(commits):
        gained: Counter[str] = Counter()
        for line, at, stock, change in changes:
            seen.setdefault(line, number)
            placed[line] = at
            (waiting if stock >= FIRST_VIRTUAL_ID else gained)[line] += change
        old = [line for line, units in waiting.items() if units > 0 and seen[line] < number]
        new = [line for line, units in gained.items() if units > 0 and seen[line] == number]
        passed = [line for line in old if any(placed[line] < placed[other] for other in new)]
        served = [line for line in new if any(placed[other] < placed[line] for other in old)]
        if passed:
            jumped.append(f"transaction {transaction}: {served} before {passed}")
    return jumped


class CommitLog:
    """Write down, at each commit, which line gained or lost units on which row."""

    # The moment is taken by a trigger on the log itself. It comes after the plugin's own work at
    # COMMIT, under the lock of the queue: of two, the one that commits first has the earlier.
    CREATE = """
    CREATE TABLE soak_log (
        tx bigint NOT NULL, line uuid NOT NULL, stock integer NOT NULL, change integer NOT NULL
    );
    CREATE TABLE soak_commit (tx bigint NOT NULL, at timestamptz NOT NULL);
    CREATE FUNCTION soak_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO soak_commit VALUES (NEW.tx, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER soak_commit AFTER INSERT ON soak_log DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION soak_commit();
    CREATE FUNCTION soak_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO soak_log VALUES (txid_current(),
                OLD.order_line_id, OLD.stock_id, -OLD.quantity_allocated);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO soak_log VALUES (txid_current(),
                NEW.order_line_id, NEW.stock_id, NEW.quantity_allocated);
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER soak_log AFTER INSERT OR UPDATE OR DELETE
        ON warehouse_allocation DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION soak_log();
    """
    DROP = """
    DROP TRIGGER soak_log ON warehouse_allocation;
    DROP FUNCTION soak_log();
    DROP TABLE soak_log, soak_commit;
    DROP FUNCTION soak_commit();
    """
    READ = """
    SELECT l.tx, l.line, o.created_at, l.stock, sum(l.change)::int
    FROM soak_log l
    JOIN warehouse_stock s ON s.id = l.stock
    JOIN order_orderline ol ON ol.id = l.line
    JOIN order_order o ON o.id = ol.order_id
    JOIN (SELECT tx, max(at) AS at FROM soak_commit GROUP BY tx) c ON c.tx = l.tx
    WHERE s.product_variant_id = %s
    GROUP BY c.at, l.tx, l.line, o.created_at, l.stock
    ORDER BY c.at, l.tx
    """

    def __init__(self, shop: Shop) -> None:
        self._host = shop.host

    def __enter__(self) -> CommitLog:
        self._host.sql(self.CREATE)
        return self

    def __exit__(self, *_: object) -> None:
        self._host.sql(self.DROP)

    def jumped_queues(self, variant: Thing) -> list[str]:
        """Return the commits that served a newcomer while somebody went on waiting."""
        return queue_jumpers(self.commits(variant))

    def commits(self, variant: Thing) -> list[Commit]:
        """Return what was committed, in the order in which others came to see it."""
        commits: list[Commit] = []
        for tx, line, placed, stock, change in self._host.sql(self.READ, variant.pk):
            if not commits or commits[-1][0] != tx:
                commits.append((tx, []))
            commits[-1][1].append((str(line), placed, stock, change))
        return commits


def wait_until_idle(shop: Shop, seconds: float = 20) -> None:
    """Wait until no transaction of anybody else is open in the database."""
    deadline = time.monotonic() + seconds
    busy = [(1,)]
    while busy and time.monotonic() < deadline:
        busy = shop.host.sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        time.sleep(0.05)
    assert busy == []
