"""Crews for incidents that need several capabilities at once: the cheapest plan, with a bound that is proven.

Every unit goes to one incident at most and brings its people to all needs there. The way:

1. the linear program, with columns added as its prices ask for them, gives first prices;
2. the split of costs between needs is improved (`cover_tables.climb`), which lifts the bound near to the optimum;
3. with units priced, the incidents part: each is solved by itself, exactly, among the columns that its tables do not
   rule out. What they cost together, less the prices of the units, is a bound; where no unit is sent twice, it is met;
4. who is sent twice is settled incident by incident, and prices are raised for what is fought over.

Costs and prices of units are whole numbers, so the bounds of step 3 are too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.dispatch.cover_tables import cover_needs, marginal
from youbei.engine.dispatch.program import INFINITY, Rows, solve_linear

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
PRICED = 400


@dataclass(frozen=True, slots=True)
class Columns:
    """What may be decided: column j sends `unit[j]` to `incident[j]` at `cost[j]`.

    Its entries are `first[j]` to `first[j + 1]`, each a need of that incident and the people it gets. `demand`: people
    by need; `need_incident`: whose need it is.
    """

    unit: Ints
    incident: Ints
    cost: Ints
    first: Ints
    need: Ints
    people: Ints
    demand: Ints
    need_incident: Ints
    units: int

    @property
    def count(self) -> int:
        return len(self.unit)

    def only(self, chosen: Ints) -> Columns:
        """Return some of the columns."""
        lengths = np.diff(self.first)[chosen]
        first = np.zeros(len(chosen) + 1, np.int64)
        np.cumsum(lengths, out=first[1:])
        at = np.arange(first[-1]) + np.repeat(self.first[chosen] - first[:-1], lengths)
        return Columns(
            self.unit[chosen],
            self.incident[chosen],
            self.cost[chosen],
            first,
            self.need[at],
            self.people[at],
            self.demand,
            self.need_incident,
            self.units,
        )


def clamped(columns: Columns) -> Columns:
    """Return the columns with nobody counted beyond what a need asks for: a tighter program, the same plans."""
    people = np.minimum(columns.people, columns.demand[columns.need])
    return Columns(
        columns.unit,
        columns.incident,
        columns.cost,
        columns.first,
        columns.need,
        people,
        columns.demand,
        columns.need_incident,
        columns.units,
    )


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of people by need and of units (at least nothing), and the bound that they prove."""

    need: Floats
    unit: Floats
    bound: float


@dataclass(frozen=True, slots=True)
class Covered:
    """The columns of the best plan found, its cost, and a bound on every plan. None: no plan was found."""

    picked: Ints | None
    value: int
    lower: int
    was_stopped: bool = False

    @property
    def is_proven(self) -> bool:
        return self.picked is not None and self.lower >= self.value

    @property
    def gap(self) -> float:
        return 0.0 if self.is_proven else (self.value - self.lower) / max(1, self.value)


def row_program(columns: Columns, *, with_units: bool = True) -> Rows:
    """Return the constraints: people for each need, and one place for each unit that is in two columns or more."""
    column_of = np.repeat(np.arange(columns.count), np.diff(columns.first))
    order = np.argsort(columns.need, kind="stable")
    start = [np.zeros(1, np.int64), np.cumsum(np.bincount(columns.need, minlength=len(columns.demand)))]
    column, value = [column_of[order]], [columns.people[order].astype(np.float64)]
    low, high = [columns.demand.astype(np.float64)], [np.full(len(columns.demand), INFINITY)]
    if with_units:
        counts = np.bincount(columns.unit, minlength=columns.units)
        several = counts > 1
        by_unit = np.argsort(columns.unit, kind="stable")
        by_unit = by_unit[several[columns.unit[by_unit]]]
        start.append(start[-1][-1] + np.cumsum(counts[several]))
        column.append(by_unit)
        value.append(np.ones(len(by_unit)))
        low.append(np.full(int(several.sum()), -INFINITY))
        high.append(np.ones(int(several.sum())))
    return Rows(
        np.concatenate(low),
        np.concatenate(high),
        np.concatenate(start).astype(np.int32),
        np.concatenate(column).astype(np.int32),
        np.concatenate(value),
    )


def nearest(columns: Columns, share: float) -> Ints:
    """Return for each need the columns that are cheapest by person, enough to cover it so many times over."""
    column_of = np.repeat(np.arange(columns.count), np.diff(columns.first))
    rate = columns.cost[column_of] / columns.people
    order = np.lexsort((rate, columns.need))
    need = columns.need[order]
    so_far = np.cumsum(columns.people[order])
    before = np.concatenate([[0], so_far])[np.searchsorted(need, np.arange(len(columns.demand)))]
    wanted = so_far - columns.people[order] - before[need] < share * columns.demand[need] + 8
    return np.unique(column_of[order[wanted]])


def linear_prices(columns: Columns) -> tuple[Prices, Ints] | None:
    """Return the prices of the linear program over all columns, and the columns it was given; None without a cover."""
    chosen = nearest(columns, 2.5)
    for _round in range(30):
        part = columns.only(chosen)
        rows = row_program(part)
        found = solve_linear(part.cost.astype(np.float64), np.zeros(part.count), np.ones(part.count), rows)
        if found.row_duals is None:
            if len(chosen) == columns.count:
                return None
            chosen = np.arange(columns.count)
            continue
        need = np.maximum(found.row_duals[: len(columns.demand)], 0.0)
        unit = unit_prices(part, need, found.row_duals[len(columns.demand) :])
        reduced = reduced_cost(columns, need) + unit[columns.unit]
        reduced[chosen] = np.inf
        better = np.flatnonzero(reduced < -1e-6)
        if not len(better):
            return Prices(need, unit, found.objective), chosen
        # The best new columns of each incident, so that none starves another.
        order = better[np.lexsort((reduced[better], columns.incident[better]))]
        place = np.arange(len(order)) - np.searchsorted(columns.incident[order], columns.incident[order])
        chosen = np.union1d(chosen, order[place < PRICED])
    return Prices(need, unit, found.objective), chosen


def unit_prices(part: Columns, need: Floats, duals: Floats) -> Floats:
    """Return the price of each unit: that of its row, or what its only column is worth beyond its cost."""
    unit = np.zeros(part.units)
    several = np.bincount(part.unit, minlength=part.units) > 1
    unit[np.flatnonzero(several)] = np.maximum(-duals, 0.0)
    reduced = reduced_cost(part, need) + unit[part.unit]
    np.maximum.at(unit, part.unit, np.where(several[part.unit], 0.0, np.maximum(-reduced, 0.0)))
    return unit


def reduced_cost(columns: Columns, need: Floats) -> Floats:
    worth: Floats = np.add.reduceat(columns.people * need[columns.need], columns.first[:-1])
    return columns.cost.astype(np.float64) - worth


class Split:
    """The costs of some columns split between their needs, with the tables that follow."""

    def __init__(self, columns: Columns, price: Floats) -> None:
        self.columns, self.price = columns, price
        self.order = np.argsort(columns.need, kind="stable")
        self.need_first = np.searchsorted(columns.need[self.order], np.arange(len(columns.demand) + 1))
        self.table_first = np.concatenate([[0], np.cumsum(columns.demand + 1)])
        self.table = np.empty(self.table_first[-1])
        self.take = np.zeros((len(columns.need), int(columns.demand.max()) + 1), np.uint8)
        self.chosen = np.zeros(len(columns.need), np.uint8)

    def fill(self) -> float:
        """Fill the tables and return their sum."""
        return cover_needs(
            self.need_first,
            self.order,
            self.columns.people,
            self.price,
            self.columns.demand,
            self.table_first,
            self.table,
            self.take,
            self.chosen,
        )

    def full(self) -> Floats:
        """Return what the tables say of each need as a whole."""
        full: Floats = self.table[self.table_first[1:] - 1]
        return full

    def forced(self, columns: Columns) -> Floats:
        """Return what the people of each column save of the tables where it is taken for certain."""
        at = self.table_first[columns.need + 1] - 1
        saved = self.table[at] - self.table[at - np.minimum(columns.people, columns.demand[columns.need])]
        sums: Floats = np.add.reduceat(saved, columns.first[:-1])
        return sums

    def savings(self, columns: Columns) -> Floats:
        """Return the most that the people of each column could save of the tables anywhere."""
        most = int(columns.people.max(initial=1))
        table = marginal(self.table_first, self.table, self.columns.demand, most)
        sums: Floats = np.add.reduceat(table[columns.need, columns.people], columns.first[:-1])
        return sums


def split_of(columns: Columns, prices: Prices) -> Split:
    """Return the split that the linear program suggests: people at their price, the rest in equal shares."""
    lengths = np.diff(columns.first)
    rest = (reduced_cost(columns, prices.need) + prices.unit[columns.unit]) / lengths
    return Split(columns, columns.people * prices.need[columns.need] + np.repeat(rest, lengths))
