"""The search behind `crews`: incidents solved one by one at prices for units, quarrels settled, the bound raised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.cover_tables import NEVER, build_plan, climb, marginal
from youbei.engine.dispatch.crews import (
    Columns,
    Covered,
    Floats,
    Ints,
    Mask,
    Prices,
    Split,
    clamped,
    linear_prices,
    reduced_cost,
    row_program,
    split_of,
)
from youbei.engine.dispatch.program import Limits, solve_integer
from youbei.engine.dispatch.stages import whole_bound

# Columns that cost this share of an incident more than their people are worth are not split at first.
LOOK_AT = 0.06
# An incident is first solved among plans at most so much above its bound; hardly any needs more.
NARROW = 0.004
# Where only a better plan is sought, columns that seem farther than this from the best are left out.
HOPEFUL = 0.02
FEW = 3000
# Where there are no more columns than this in all, they are solved at once before incidents are solved one by one.
SMALL = 10_000
# So many times the prices are climbed to, where each time showed columns that had been overlooked.
CLIMBS = 4


class Search:
    """Hold the columns, the split of their costs, the prices of units, and the best plan so far."""

    def __init__(self, columns: Columns, prices: Prices, budget: Budget, meter: Meter, beyond: tuple[int, int]) -> None:
        self.columns, self.worth, self.budget, self.meter = columns, prices.need, budget, meter
        incidents = int(columns.incident.max()) + 1
        self.of_incident = [np.flatnonzero(columns.incident == one) for one in range(incidents)]
        self.needs = [np.flatnonzero(columns.need_incident == one) for one in range(incidents)]
        self.best: Ints | None = None
        self.upper = int(NEVER)
        self.lower = 0
        share = np.bincount(columns.need_incident, columns.demand * prices.need, minlength=incidents)
        dear = reduced_cost(columns, prices.need) + prices.unit[columns.unit]
        self.seen = np.flatnonzero(dear <= LOOK_AT * share[columns.incident] + 1)
        self.split = split_of(columns.only(self.seen), prices)
        self.unit_price = prices.unit
        self.sums: Floats = np.zeros(incidents)
        self.exact = np.zeros(incidents, np.int64)
        self.picks: list[Ints] = [np.empty(0, np.int64)] * incidents
        self.beyond = beyond
        self.reach = np.zeros(incidents, np.int64)

    def note_reach(self, above: float = 0.0) -> None:
        """Note by incident the cost from which on a unit out of sight can neither lower the bound nor be used."""
        skills, people = self.beyond
        table = marginal(self.split.table_first, self.split.table, self.columns.demand, people)[:, people]
        for incident, needs in enumerate(self.needs):
            saved = float(np.sort(table[needs])[::-1][:skills].sum())
            spare = max(0.0, float(self.exact[incident]) - float(self.sums[incident]))
            self.reach[incident] = max(self.reach[incident], int(saved + spare + above) + 1)

    @property
    def incidents(self) -> int:
        return len(self.of_incident)

    def is_good(self) -> bool:
        return self.upper - self.lower <= self.budget.gap * self.upper

    def offer(self, picked: Ints) -> None:
        """Keep a plan where it covers everything, sends nobody twice, and is better than the best."""
        columns = self.columns
        if np.bincount(columns.unit[picked]).max(initial=0) > 1:
            return
        part = columns.only(picked)
        given = np.bincount(part.need, part.people, minlength=len(columns.demand))
        cost = int(part.cost.sum())
        if (given >= columns.demand).all() and cost < self.upper:
            self.best, self.upper = np.sort(picked), cost

    def build(self, chosen: Ints, cost: Floats) -> Ints:
        """Return a greedy plan out of some columns at these costs (the best of two ways to value people)."""
        part = self.columns.only(chosen)
        incidents = np.searchsorted(
            part.incident[order := np.argsort(part.incident, kind="stable")], range(self.incidents + 1)
        )
        bits = build_plan(
            part.first,
            part.unit,
            incidents.astype(np.int64),
            order,
            cost,
            part.need,
            part.people,
            part.demand,
            self.worth + 1e-3,
            part.units,
        )
        return chosen[bits.view(np.bool_)]

    def raise_bound(self, steps: int) -> None:
        """Improve the split and the prices of units, again where the tables had to take in more columns."""
        for _round in range(CLIMBS):
            if not self.climb_once(steps):
                return
            steps = max(20, steps // 4)

    def climb_once(self, steps: int) -> int:
        part = self.split.columns
        guess = float(self.upper) if self.upper < NEVER else 1.05 * float(self.split.fill())
        _, price, unit = climb(
            part.first,
            part.unit,
            part.cost.astype(np.float64),
            self.split.need_first,
            self.split.order,
            part.people,
            part.demand,
            self.split.table_first,
            self.split.price.copy(),
            self.unit_price.copy(),
            guess,
            steps,
        )
        self.split.price = price
        taken = self.set_unit_price(unit, np.round(unit))
        self.lower = max(self.lower, whole_bound(float(self.sums.sum() - self.unit_price.sum())))
        return taken

    def set_unit_price(self, before: Floats, after: Floats) -> int:
        """Change the prices of units, and the split with them; return how many columns had to be taken in."""
        part = self.split.columns
        lengths = np.diff(part.first)
        change = (after - before)[part.unit] / lengths
        self.split.price += np.repeat(change, lengths)
        self.unit_price = after
        return self.complete_tables()

    def complete_tables(self) -> int:
        """Fill the tables, and take in every column that they might need; return how many there were."""
        taken = 0
        while True:
            self.split.fill()
            dear = self.columns.cost + self.unit_price[self.columns.unit] - self.split.savings(self.columns)
            dear[self.seen] = np.inf
            new = np.flatnonzero(dear < -1e-6)
            if not len(new):
                break
            self.take_in(new)
            taken += len(new)
        self.sums = np.bincount(self.columns.need_incident, self.split.full(), minlength=self.incidents).astype(
            np.float64
        )
        return taken

    def take_in(self, new: Ints) -> None:
        """Add columns to the split, their costs parted as their people are worth by the tables."""
        part = self.columns.only(new)
        lengths = np.diff(part.first)
        worth = part.people * self.worth[part.need] + 1e-9
        whole = np.repeat((part.cost + self.unit_price[part.unit]) / np.add.reduceat(worth, part.first[:-1]), lengths)
        price = np.concatenate([self.split.price, worth * whole])
        self.seen = np.concatenate([self.seen, new])
        self.split = Split(self.columns.only(self.seen), price)

    def solve_incident(
        self, incident: int, *, is_free: Mask | None = None, priced: bool = True
    ) -> tuple[Ints | None, int]:
        """Return the cheapest plan of one incident at the present prices, and a bound on it.

        With `is_free` only free units are used. Without `priced` units cost nothing beyond their own cost, only hopeful
        columns are looked at, and there is no bound.
        """
        mine = self.of_incident[incident]
        price = self.unit_price[self.columns.unit[mine]]
        base = self.sums[incident]
        part = self.columns.only(mine)
        least = base + part.cost + price - self.split.forced(part)
        if is_free is not None:
            usable = is_free[part.unit]
            mine, price, least = mine[usable], price[usable], least[usable]
        cost: Floats = self.columns.cost[mine] + (price if priced else np.zeros(len(mine)))
        first = self.build_one(mine, incident, cost)
        top = NEVER if first is None else float(self.cost_of(first, priced=priced))
        if not priced:
            kept = mine[least < base + HOPEFUL * abs(base) + 2]
            found, _ = self.solve_among(kept, incident, priced=False, most=top)
            return (first if found is None else found), 0
        narrow = min(top, float(np.floor(base * (1 + NARROW) + 2)))
        for limit in (narrow, top) if narrow < top else (top,):
            kept = mine[least < limit - 1 + 1e-6]
            found, bound = self.solve_among(kept, incident, priced=True, most=limit)
            if found is not None and (cost_found := self.cost_of(found, priced=True)) <= limit:
                return found, min(bound, cost_found)
            if bound < limit - 0.5 and found is None and limit < top:
                break
        return first, int(top) if bound >= top - 0.5 else max(bound, whole_bound(base))

    def cost_of(self, picked: Ints, *, priced: bool) -> int:
        cost = int(self.columns.cost[picked].sum())
        return cost + int(self.unit_price[self.columns.unit[picked]].sum()) if priced else cost

    def build_one(self, mine: Ints, incident: int, cost: Floats) -> Ints | None:
        picked = self.build(mine, np.asarray(cost, np.float64))
        part = self.columns.only(picked)
        given = np.bincount(part.need, part.people, minlength=len(self.columns.demand))
        needs = self.needs[incident]
        return picked if (given[needs] >= self.columns.demand[needs]).all() else None

    def solve_among(self, kept: Ints, incident: int, *, priced: bool, most: float) -> tuple[Ints | None, int]:
        """Solve one incident among few columns; return its plan and a bound (`most` where nothing is cheaper)."""
        part = self.columns.only(kept)
        needs = self.needs[incident]
        given = np.bincount(part.need, part.people, minlength=len(part.demand))
        if (given[needs] < part.demand[needs]).any():
            return None, int(most)
        demand = np.zeros_like(part.demand)
        demand[needs] = part.demand[needs]
        rows = row_program(
            Columns(
                part.unit,
                part.incident,
                part.cost,
                part.first,
                part.need,
                part.people,
                demand,
                part.need_incident,
                part.units,
            ),
            with_units=False,
        )
        cost = part.cost + (self.unit_price[part.unit] if priced else 0.0)
        limits = Limits(
            self.budget.nodes,
            absolute_gap=0.9,
            relative_gap=self.budget.gap / 4,
            time_s=self.meter.left_s(),
            most=most + 0.5,
        )
        integral = np.ones(len(kept), np.bool_)
        found = solve_integer(
            np.asarray(cost, np.float64), np.zeros(len(kept)), np.ones(len(kept)), rows, integral, limits=limits
        )
        self.meter.is_over()
        if found.values is None:
            return None, int(most) if found.is_finished else min(int(most), whole_bound(found.bound))
        is_exact = found.is_finished and not self.budget.gap
        bound = round(found.objective) if is_exact else whole_bound(found.bound)
        return kept[found.values > 0.5], min(int(most), bound)

    def solve_all(self, which: Sequence[int]) -> None:
        """Solve these incidents at the present prices; the sum of all, less the prices, is a bound."""
        for incident in which:
            found, bound = self.solve_incident(incident)
            self.exact[incident] = bound
            if found is not None:
                self.picks[incident] = found
        self.lower = max(self.lower, int(self.exact.sum()) - int(self.unit_price.sum()))
        self.note_reach()

    def settle(self) -> None:
        """Make a plan of the incidents' plans: whoever is sent twice is left to the dearer, the other solves again."""
        used = np.zeros(self.columns.units, np.int64)
        picks: list[Ints] = []
        for incident in np.argsort(-self.exact):
            mine = self.picks[incident]
            if used[self.columns.unit[mine]].any():
                found, _ = self.solve_incident(int(incident), is_free=used == 0)
                if found is None:
                    return
                mine = found
            used[self.columns.unit[mine]] += 1
            picks.append(mine)
        self.offer(np.concatenate(picks))

    def polish(self) -> None:
        """Solve each incident once more with what the others leave, at true costs."""
        for incident in range(self.incidents):
            if self.best is None or self.meter.is_over():
                return
            others = self.best[self.columns.incident[self.best] != incident]
            is_free = np.ones(self.columns.units, np.bool_)
            is_free[self.columns.unit[others]] = False
            found, _ = self.solve_incident(incident, is_free=is_free, priced=False)
            if found is not None:
                self.offer(np.concatenate([others, found]))

    def adjust(self) -> list[int]:
        """Raise the price of who is sent twice, lower that of who stays; return the incidents that must solve anew."""
        sent = np.bincount(self.columns.unit[np.concatenate(self.picks)], minlength=self.columns.units)
        slope = np.where(sent > 1, sent - 1, np.where((sent == 0) & (self.unit_price > 0), -1, 0))
        norm = float((slope**2).sum())
        if not norm:
            return []
        upper = self.upper if self.best is not None else 1.05 * self.lower
        length = max(1.0, (upper - self.lower) / norm)
        after = np.maximum(0.0, np.round(self.unit_price + length * slope))
        changed = after != self.unit_price
        self.set_unit_price(self.unit_price, after)
        return [int(one) for one in np.unique(self.columns.incident[changed[self.columns.unit]])]

    def finish(self, few: int = FEW) -> None:
        """Where few columns are left that could be in a better plan, solve them all at once.

        Without a plan so far any column could be in the first.
        """
        dear = self.columns.cost + self.unit_price[self.columns.unit] - self.split.forced(self.columns)
        least = self.sums[self.columns.incident] + dear
        exact = np.maximum(self.exact, self.sums)
        gain = np.maximum(0.0, least - exact[self.columns.incident])
        bound = float(exact.sum() - self.unit_price.sum())
        kept = np.flatnonzero(bound + gain < self.upper - 1 + 1e-6)
        if len(kept) > few:
            return
        if self.best is not None:
            kept = np.union1d(kept, self.best)
        part = self.columns.only(kept)
        begin = None if self.best is None else np.isin(kept, self.best).astype(np.float64)
        limits = Limits(
            self.budget.nodes, absolute_gap=0.9, relative_gap=self.budget.gap / 2, time_s=self.meter.left_s()
        )
        integral = np.ones(len(kept), np.bool_)
        found = solve_integer(
            part.cost.astype(np.float64),
            np.zeros(len(kept)),
            np.ones(len(kept)),
            row_program(part),
            integral,
            limits=limits,
            begin=begin,
        )
        if found.values is not None:
            self.offer(kept[found.values > 0.5])
        self.note_reach(self.upper - bound)
        is_exact = found.is_finished and not self.budget.gap and self.best is not None
        proven = self.upper if is_exact else whole_bound(found.bound)
        self.lower = max(self.lower, min(proven, self.upper))


def cover(columns: Columns, *, budget: Budget, meter: Meter) -> Covered:
    """Return the cheapest plan that covers all needs, with its bound; stop early where the budget's gap is reached."""
    search = prepare(columns, budget=budget, meter=meter) if columns.count else None
    if search is None:
        return Covered(None, 0, 0, meter.was_stopped)
    carry_on(search)
    if search.best is None:
        return Covered(None, 0, search.lower, meter.was_stopped)
    return Covered(search.best, search.upper, min(search.lower, search.upper), meter.was_stopped)


def prepare(columns: Columns, *, budget: Budget, meter: Meter, beyond: tuple[int, int] = (1, 1)) -> Search | None:
    """Find prices and a first bound; None where not even parts of units would cover all needs.

    `beyond`: how many skills and how many people of each a unit may have that is not among the columns.
    """
    columns = clamped(columns)
    found = linear_prices(columns)
    if found is None:
        return None
    prices, chosen = found
    search = Search(columns, prices, budget, meter, beyond)
    search.offer(search.build(chosen, columns.cost[chosen].astype(np.float64)))
    search.raise_bound(budget.steps)
    search.note_reach()
    return search


def carry_on(search: Search) -> None:
    """Solve the incidents at prices, settle quarrels and change prices, until proven, good enough, or out of work."""
    rounds = max(1, search.budget.steps // 20)
    which: Sequence[int] = range(search.incidents)
    if search.incidents > 1 and search.columns.count <= SMALL and not search.is_good():
        search.finish(SMALL)
        if search.is_good() or search.meter.is_over():
            return
    for number in range(rounds):
        search.solve_all(which)
        search.settle()
        if number % 4 == 0 and not search.is_good():
            search.polish()
        if search.is_good() or search.meter.is_over() or number + 1 == rounds:
            break
        which = search.adjust()
        if not which:
            break
    if search.incidents > 1 and not search.is_good() and not search.meter.is_over():
        search.finish()
