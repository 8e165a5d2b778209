"""Who has which unit, as the design says it: the oracle that the database is compared with.

One variant, its shelves, and the lines that want it.  Each operation changes what the shop
changes and ends with ``commit``, which puts the rule in force again.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Ledger:
    """What became of the units of a line that ever waited."""

    priority: int
    waiting: int = 0
    allocated: int = 0
    fulfilled: int = 0
    cancelled: int = 0
    never_waited: int = 0


@dataclass
class Line:
    destination: str
    placed: int
    held: dict[int, int] = field(default_factory=dict)
    ledger: Ledger | None = None

    @property
    def waiting(self) -> int:
        return self.ledger.waiting if self.ledger else 0

    @property
    def has(self) -> int:
        return sum(self.held.values())


@dataclass
class Pallet:
    """Units that are on their way to a shelf."""

    shelf: int
    units: int
    day: int


class Rule:
    def __init__(
        self, shelves: dict[int, int], reach: dict[str, set[int]], policy: dict[str, int]
    ) -> None:
        self.shelves = shelves
        self.reach = reach
        self.policy = policy
        self.lines: list[Line] = []
        self.fresh: list[Line] = []
        self.pallets: list[Pallet] = []

    def covers(self) -> dict[tuple[int, int], int]:
        """Return how many units each line is to get of each pallet, were they to come today."""
        left = {line.placed: line.waiting for line in self.lines}
        found: dict[tuple[int, int], int] = {}
        queue = sorted(self.lines, key=lambda line: (-self._priority(line), line.placed))
        pallets = sorted(enumerate(self.pallets), key=lambda each: (each[1].day, each[0]))
        for number, pallet in pallets:
            units = pallet.units
            for line in queue:
                if pallet.shelf in self.reach[line.destination]:
                    taken = min(units, left[line.placed])
                    left[line.placed] -= taken
                    units -= taken
                    if taken:
                        found[line.placed, number] = taken
        return found

    def expected(self, line: Line, lead_time: int) -> int:
        """Return the day on which the last waiting unit of a line is expected."""
        mine = {number: units for (place, number), units in self.covers().items()
                if place == line.placed}  # fmt: skip
        days = [self.pallets[number].day for number in mine]
        if sum(mine.values()) < line.waiting:
            near = self.reach[line.destination]
            days += [pallet.day for pallet in self.pallets if pallet.units and pallet.shelf in near]
            days.append(lead_time)
        return max(days)

    def grow(self, line: Line, quantity: int) -> None:
        """Let a line want more: the host gives it shelves anew, as if nobody else were there."""
        left, chosen = line.waiting + line.has + quantity, {}
        for shelf in sorted(self.reach[line.destination]):
            chosen[shelf] = min(left, self.shelves[shelf])
            left -= chosen[shelf]
        self._claim(line, quantity, chosen)
        self.commit()

    def release(self, line: Line, units: int) -> None:
        """Let a line want less: it gives up what waits first."""
        given_up = min(units, line.waiting)
        if line.ledger:
            held_too = min(units - given_up, line.ledger.allocated)
            line.ledger.waiting -= given_up
            line.ledger.allocated -= held_too
            line.ledger.cancelled += given_up + held_too
            line.ledger.never_waited -= units - given_up - held_too
        self._take(line, units - given_up)
        self.commit()

    def ship(self, line: Line, shelf: int, units: int) -> None:
        line.held[shelf] -= units
        self.shelves[shelf] -= units
        if line.ledger:
            others = min(units, line.ledger.never_waited)
            line.ledger.never_waited -= others
            line.ledger.allocated -= units - others
            line.ledger.fulfilled += units - others
        self.commit()

    def call_back(self, line: Line, shelf: int, units: int) -> None:
        self.shelves[shelf] += units
        chosen = line.held | {shelf: line.held.get(shelf, 0) + units}
        self._claim(line, units, chosen, reopened=units)
        self.commit()

    def set_shelf(self, shelf: int, quantity: int) -> None:
        self.shelves[shelf] = quantity
        self.commit()

    def commit(self) -> None:
        for shelf in sorted(self.shelves):
            self._take_back(shelf)
        self._serve()
        for line in self.fresh:  # what was served at once never waited
            if line.ledger and line.ledger.waiting:
                line.ledger.allocated, line.ledger.never_waited = 0, line.has
            else:
                line.ledger = None
        self.fresh = []

    def free(self, shelf: int) -> int:
        return self.shelves[shelf] - sum(line.held.get(shelf, 0) for line in self.lines)

    def _claim(self, line: Line, quantity: int, chosen: dict[int, int], reopened: int = 0) -> None:
        """Take the host's choice where nobody waits and it is possible; else queue."""
        had, held = line.has, line.held
        if not any(other.waiting for other in self.lines):
            line.held = chosen
            if any(self.free(shelf) < 0 for shelf in self.shelves):
                line.held = held
        if line.ledger:
            reopened = min(reopened, line.ledger.fulfilled)
            line.ledger.fulfilled -= reopened
            line.ledger.allocated += min(reopened, line.has - had)
            line.ledger.never_waited += max(line.has - had - reopened, 0)
        self._wait(line, quantity - (line.has - had))

    def _wait(self, line: Line, units: int) -> None:
        if units and line.ledger is None:
            line.ledger = Ledger(self.policy[line.destination[0]], never_waited=line.has)
            self.fresh.append(line)
        if line.ledger:
            line.ledger.waiting += units

    def _take(self, line: Line, units: int) -> None:
        for shelf in sorted(line.held):
            taken = min(units, line.held[shelf])
            line.held[shelf] -= taken
            units -= taken

    def _priority(self, line: Line) -> int:
        return line.ledger.priority if line.ledger else self.policy[line.destination[0]]

    def _take_back(self, shelf: int) -> None:
        for line in sorted(self.lines, key=lambda c: (self._priority(c), -c.placed)):
            units = min(max(-self.free(shelf), 0), line.held.get(shelf, 0))
            if not units:
                continue
            line.held[shelf] -= units
            if line.ledger:
                withdrawn = min(units, line.ledger.allocated)
                line.ledger.allocated -= withdrawn
                line.ledger.never_waited -= units - withdrawn
            self._wait(line, units)

    def _serve(self) -> None:
        wanted = {line.destination for line in self.lines if line.waiting}
        usable = {s: {d for d in wanted if s in self.reach[d]} for s in self.shelves}
        queue = sorted(self.lines, key=lambda line: (-self._priority(line), line.placed))
        for shelf in sorted(self.shelves, key=lambda s: (len(usable[s]), s)):
            for line in queue:
                if line.destination in usable[shelf] and line.ledger:
                    units = min(self.free(shelf), line.waiting)
                    line.held[shelf] = line.held.get(shelf, 0) + units
                    line.ledger.waiting -= units
                    line.ledger.allocated += units
