"""Whatever happens in a shop, its database has what a plain model of the rule says."""

from __future__ import annotations

import os
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from saleor_backorders import engine
from saleor_backorders.models import (
    Backorder,
    IncomingShipmentLine,
    SupplyAssignment,
    VirtualStock,
)
from saleor_backorders.supply import receiving, shipments
from tests.days import in_days
from tests.sql.conftest import one_shelf
from tests.sql.oracle import Line, Pallet, Rule
from tests.sql.world import Shop, model

FEW = {"max_examples": 20, "stateful_step_count": 18}
MANY = {"max_examples": 400, "stateful_step_count": 50}
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
AMOUNT: dict[str, Any] = MANY if DEEP else FEW
# Making a failure smaller takes minutes on a real database.
PHASES = [Phase.generate, Phase.shrink] if DEEP else [Phase.generate]
DESTINATIONS = ["A/US", "A/CA", "B/US", "B/CA"]
UNITS = st.integers(1, 6)
DAYS = st.integers(0, 60)
LEAD_TIME = 30
ANY_OF_THEM = st.integers(0, 1000)


class Mall(Shop):
    """Two channels and two warehouses, each of which serves a part of the other's customers."""

    def __init__(self) -> None:
        super().__init__()
        self.let_zones_matter(True)
        self.channels = {name: self.channel() for name in "AB"}
        first, second = self.channels.values()
        self.places = [self.warehouse([first, second]) for _ in range(2)]
        north, south = self.places
        self.zone([first, second], [north], "US")
        self.zone([first], [north, south], "CA")
        self.zone([second], [south], "US,CA")
        self.reach = {
            "A/US": {north.pk},
            "A/CA": {north.pk, south.pk},
            "B/US": {north.pk, south.pk},
            "B/CA": {south.pk},
        }

    def choices(self, line: Any) -> Any:
        name = next(n for n, c in self.channels.items() if c.pk == line.order.channel_id)
        near = self.reach[f"{name}/{line.order.shipping_address.country}"]
        virtual = VirtualStock.objects.filter(channel_id=line.order.channel_id)
        stocks = super().choices(line)
        return stocks.filter(warehouse_id__in=near) | stocks.filter(
            pk__in=virtual.values("stock_id")
        )


class ShopAndRule(RuleBasedStateMachine):
    """Do the same to the database and to the model."""

    mall: Mall

    @initialize(
        quantities=st.tuples(st.integers(0, 6), st.integers(0, 6)),
        priorities=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    )
    def open(self, quantities: tuple[int, int], priorities: tuple[int, int]) -> None:
        self.variant = self.mall.variant()
        stocks = [
            self.mall.stock(self.variant, place, quantity)
            for place, quantity in zip(self.mall.places, quantities, strict=True)
        ]
        self.place_of = {stock.pk: stock.warehouse for stock in stocks}
        stock_of = {stock.warehouse_id: stock.pk for stock in stocks}
        self.policy = dict(zip("AB", priorities, strict=True))
        for name, channel in self.mall.channels.items():
            self.mall.allow(self.variant, channel, priority=self.policy[name])
        self.rule = Rule(
            {stock.pk: stock.quantity for stock in stocks},
            {d: {stock_of[place] for place in near} for d, near in self.mall.reach.items()},
            self.policy,
        )
        self.lines: list[tuple[Any, Line]] = []
        self.shipments: list[tuple[Any, Line, int]] = []
        self.pallets: list[IncomingShipmentLine] = []

    def some(self, number: int, fits: Any) -> tuple[Any, Line] | None:
        """Return one of the lines that fit."""
        found = [pair for pair in self.lines if fits(*pair)]
        return found[number % len(found)] if found else None

    def unshipped(self, row: Any, line: Line) -> bool:
        return row.quantity_fulfilled == 0 and line.has + line.waiting > 0

    @rule(destination=st.sampled_from(DESTINATIONS), quantity=UNITS)
    def order(self, destination: str, quantity: int) -> None:
        name, country = destination.split("/")
        row = self.mall.buy(self.variant, quantity, self.mall.channels[name], country=country)
        line = Line(destination, placed=len(self.lines))
        self.lines.append((row, line))
        self.rule.lines.append(line)
        self.rule.grow(line, quantity)

    @rule(shelf=ANY_OF_THEM, units=UNITS)
    def arrive(self, shelf: int, units: int) -> None:
        stock = list(self.place_of)[shelf % 2]
        self.mall.set_stock(self.variant, self.place_of[stock], change=units)
        self.rule.set_shelf(stock, self.rule.shelves[stock] + units)

    @rule(shelf=ANY_OF_THEM, quantity=st.integers(0, 8))
    def count_anew(self, shelf: int, quantity: int) -> None:
        stock = list(self.place_of)[shelf % 2]
        self.mall.set_stock(self.variant, self.place_of[stock], quantity)
        self.rule.set_shelf(stock, quantity)

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM, quantity=st.integers(1, 9))
    def edit(self, which: int, quantity: int) -> None:
        found = self.some(which, self.unshipped)
        if found is None:
            return
        row, line = found
        change = quantity - row.quantity
        self.mall.edit(row, quantity)
        if change > 0:
            self.rule.grow(line, change)
        elif change < 0:
            self.rule.release(line, -change)

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM)
    def cancel(self, which: int) -> None:
        found = self.some(which, self.unshipped)
        if found is None:
            return
        row, line = found
        self.mall.cancel(row)
        self.rule.release(line, line.has + line.waiting)

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM, units=UNITS)
    def ship(self, which: int, units: int) -> None:
        found = self.some(which, lambda row, line: line.has > 0)
        if found is None:
            return
        row, line = found
        stock = min(shelf for shelf, held in line.held.items() if held)
        units = min(units, line.held[stock])
        shipped = self.mall.ship(row, self.place_of[stock], units)
        self.shipments.append((shipped, line, stock))
        self.rule.ship(line, stock, units)

    @precondition(lambda self: self.shipments)
    @rule(which=ANY_OF_THEM)
    def call_back(self, which: int) -> None:
        shipped, line, stock = self.shipments.pop(which % len(self.shipments))
        shipped.order_line.refresh_from_db()
        self.mall.call_back(shipped, self.place_of[stock])
        self.refresh(line)
        self.rule.call_back(line, stock, shipped.quantity)

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM, units=UNITS)
    def refund(self, which: int, units: int) -> None:
        found = self.some(which, lambda row, line: line.has + line.waiting > 0)
        if found is None:
            return
        row, line = found
        units = min(units, line.has + line.waiting)
        self.mall.refund_unshipped(row, units)
        self.rule.release(line, units)

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM, priority=st.integers(-1, 2))
    def prioritise(self, which: int, priority: int) -> None:
        found = self.some(which, lambda row, line: line.ledger is not None)
        if found is None:
            return
        row, line = found
        with transaction.atomic():
            engine.lock_variants([self.variant.pk])
            engine.mark_variants([self.variant.pk])
            Backorder.objects.filter(order_line_id=row.pk).update(priority=priority)
        assert line.ledger is not None
        line.ledger.priority = priority

    @precondition(lambda self: self.lines)
    @rule(which=ANY_OF_THEM, country=st.sampled_from(["US", "CA"]))
    def redirect(self, which: int, country: str) -> None:
        row, line = self.lines[which % len(self.lines)]
        address = row.order.shipping_address
        address.country = country
        address.save(update_fields=["country"])
        line.destination = f"{line.destination[0]}/{country}"
        self.rule.commit()

    @rule(shelf=ANY_OF_THEM, units=UNITS, days=DAYS)
    def announce(self, shelf: int, units: int, days: int) -> None:
        stock = list(self.place_of)[shelf % 2]
        made = shipments.create(
            reference=f"{self.variant.pk}-{len(self.pallets)}",
            warehouse_id=self.place_of[stock].pk, expected_on=in_days(days),
            lines=[shipments.Announced(self.variant.pk, units)], now=timezone.now(),
        )  # fmt: skip
        self.pallets.append(made.lines.get())
        self.rule.pallets.append(Pallet(stock, units, days))

    @precondition(lambda self: self.pallets)
    @rule(which=ANY_OF_THEM, days=DAYS)
    def slip(self, which: int, days: int) -> None:
        number = which % len(self.pallets)
        pallet = self.rule.pallets[number]
        if pallet.units:
            shipments.update(
                shipment_id=self.pallets[number].shipment_id,
                changes=shipments.Changes(expected_on=in_days(days)), now=timezone.now(),
            )  # fmt: skip
            pallet.day = days

    @precondition(lambda self: self.pallets)
    @rule(which=ANY_OF_THEM, units=st.integers(0, 7))
    def receive(self, which: int, units: int) -> None:
        number = which % len(self.pallets)
        pallet = self.rule.pallets[number]
        if pallet.units:
            receiving.receive(
                shipment_id=self.pallets[number].shipment_id,
                lines=[shipments.Announced(self.variant.pk, units)],
                idempotency_key=f"{self.variant.pk}-{number}", now=timezone.now(),
            )  # fmt: skip
            pallet.units = 0
            self.rule.set_shelf(pallet.shelf, self.rule.shelves[pallet.shelf] + units)

    def refresh(self, line: Line) -> None:
        for row, other in self.lines:
            if other is line:
                row.refresh_from_db()

    @invariant()
    def allocations_are_the_models(self) -> None:
        ours = dict(VirtualStock.objects.filter(variant_id=self.variant.pk).values_list(
            "stock_id", "channel_id"
        ))  # fmt: skip
        found: dict[Any, dict[int, int]] = {row.pk: {} for row, _ in self.lines}
        for line_id, stock, units in (
            model("warehouse", "Allocation")
            .objects.filter(stock__product_variant=self.variant, quantity_allocated__gt=0)
            .values_list("order_line_id", "stock_id", "quantity_allocated")
        ):
            found[line_id][0 if stock in ours else stock] = units
        assert [found[row.pk] for row, _ in self.lines] == [
            {shelf: units for shelf, units in ({0: line.waiting} | line.held).items() if units}
            for _, line in self.lines
        ]

    @invariant()
    def the_ledger_is_the_models(self) -> None:
        rows = Backorder.objects.filter(variant_id=self.variant.pk)
        found = {
            values[0]: values[1:]
            for values in rows.values_list(
                "order_line_id", "priority", "waiting", "allocated", "fulfilled", "cancelled",
                "seen_on_hand",
            )
        }  # fmt: skip
        assert found == {
            row.pk: (
                ledger.priority, ledger.waiting, ledger.allocated, ledger.fulfilled,
                ledger.cancelled, ledger.never_waited,
            )
            for row, line in self.lines
            if (ledger := line.ledger)
        }  # fmt: skip

    @invariant()
    def each_waiting_unit_is_matched_with_what_is_to_come(self) -> None:
        places = {row.pk: line.placed for row, line in self.lines}
        numbers = {line.pk: number for number, line in enumerate(self.pallets)}
        rows = dict(Backorder.objects.filter(variant_id=self.variant.pk).values_list(
            "pk", "order_line_id"
        ))  # fmt: skip
        found = {
            (places[rows[cover.backorder_id]], numbers[cover.line_id]): cover.quantity
            for cover in SupplyAssignment.objects.filter(variant_id=self.variant.pk)
        }
        assert found == self.rule.covers()

    @invariant()
    def who_waits_is_told_the_day_of_what_covers_the_last_unit(self) -> None:
        rows = Backorder.objects.filter(variant_id=self.variant.pk, waiting__gt=0)
        found = dict(rows.values_list("order_line_id", "expected_on"))
        assert found == {
            row.pk: in_days(self.rule.expected(line, LEAD_TIME))
            for row, line in self.lines
            if line.waiting
        }

    @invariant()
    def limits_count_what_waits(self) -> None:
        rows = VirtualStock.objects.filter(variant_id=self.variant.pk)
        counted = {row.channel_id: row.waiting_units for row in rows}
        assert counted == {
            channel.pk: sum(line.waiting for _, line in self.lines if line.destination[0] == name)
            for name, channel in self.mall.channels.items()
        }

    @invariant()
    def nothing_is_broken(self) -> None:
        assert engine.broken_invariants() == []


def test_the_database_has_what_the_model_says(transactional_db: None) -> None:
    class Machine(ShopAndRule):
        mall = Mall()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            **AMOUNT,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )


def test_units_that_a_served_line_wants_besides_are_new_ones(shop: Shop) -> None:
    lamp = one_shelf(shop, 0)
    line = lamp.buy(3)
    lamp.arrive(3)
    shop.edit(line, 5)
    assert (shop.has(line), shop.waits(line)) == (3, 2)
    assert shop.ledger(line) == (5, 2, 3, 0, 0)


def test_an_edit_that_the_host_serves_elsewhere_takes_no_unit_from_others(shop: Shop) -> None:
    lamp = one_shelf(shop, 2)
    annex = shop.warehouse([lamp.channel])
    shop.zone([lamp.channel], [annex])
    shelf = shop.stock(lamp.variant, annex, 3)
    edited = lamp.buy(5)
    shop.set_stock(lamp.variant, lamp.warehouse, 5)
    other = lamp.buy(3)
    shop.edit(edited, 6)
    assert shop.held(edited) == {lamp.shelf.pk: 2, shelf.pk: 3, 0: 1}
    assert shop.held(other) == {lamp.shelf.pk: 3}
