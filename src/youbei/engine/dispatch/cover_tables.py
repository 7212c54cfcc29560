"""The inner loops of covering with crews: a knapsack for each need, and the prices that make the knapsacks agree.

A team counts for several needs at once. Split its cost between them, and each need can be covered by itself, at a cost
that a table over its people gives. Whatever the split, the tables add up to no more than any plan costs: a bound. The
best split is climbed to by subgradients.

Source: Guignard and Kim, Lagrangean decomposition, Mathematical Programming 39 (1987); Held, Wolfe and Crowder,
Validation of subgradient optimization, Mathematical Programming 6 (1974).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]
# Covering a need with what cannot cover it costs this; no plan does.
NEVER = 1e15


@compiled
def cover_needs(
    need_first: Ints,
    entry_of: Ints,
    people: Ints,
    price: Floats,
    demand: Ints,
    table_first: Ints,
    table: Floats,
    take: Bits,
    chosen: Bits,
) -> float:
    """Fill the table of each need (the least cost of covering 0, 1, ... people), choose, and return the sum.

    The entries of need k are `entry_of[need_first[k]:need_first[k + 1]]`; each brings people at a price.
    """
    total = 0.0
    for need in range(len(demand)):
        asked = demand[need]
        base = table_first[need]
        table[base] = 0.0
        for people_covered in range(1, asked + 1):
            table[base + people_covered] = NEVER
        for position in range(need_first[need], need_first[need + 1]):
            entry = entry_of[position]
            brings, cost = people[entry], price[entry]
            for left in range(asked, brings, -1):
                candidate = table[base + left - brings] + cost
                is_taken = candidate < table[base + left]
                take[entry, left] = is_taken
                if is_taken:
                    table[base + left] = candidate
            candidate = table[base] + cost
            for left in range(min(asked, brings), -1, -1):
                is_taken = candidate < table[base + left]
                take[entry, left] = is_taken
                if is_taken:
                    table[base + left] = candidate
        total += table[base + asked]
        left = asked
        for position in range(need_first[need + 1] - 1, need_first[need] - 1, -1):
            entry = entry_of[position]
            chosen[entry] = take[entry, left]
            if chosen[entry]:
                left = max(0, left - people[entry])
    return total


@compiled
def marginal(table_first: Ints, table: Floats, demand: Ints, most: int) -> Floats:
    """Return by need and people the most that so many people can save anywhere in its table."""
    found = np.zeros((len(demand), most + 1), np.float64)
    for need in range(len(demand)):
        base = table_first[need]
        for brings in range(1, most + 1):
            best = 0.0
            for left in range(demand[need] + 1):
                saved = table[base + left] - table[base + max(0, left - brings)]
                best = max(best, saved)
            found[need, brings] = best
    return found


@compiled
def climb(  # noqa: C901  (one loop: its parts share a dozen arrays)
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    need_first: Ints,
    entry_of: Ints,
    people: Ints,
    demand: Ints,
    table_first: Ints,
    price: Floats,
    unit_price: Floats,
    upper: float,
    steps: int,
) -> tuple[float, Floats, Floats]:
    """Climb towards the best split of costs in so many steps; return the best bound, its prices of entries and units.

    The prices of a column's entries add up to its cost and the price of its unit (at least nothing), which is what
    being in two places is charged.
    """
    columns, entries, units = len(column_unit), len(people), len(unit_price)
    table = np.empty(table_first[-1], np.float64)
    take = np.zeros((entries, demand.max() + 1), np.uint8)
    chosen = np.zeros(entries, np.uint8)
    share = np.zeros(columns, np.float64)
    slope = np.zeros(units, np.float64)
    best, best_price, best_unit = -NEVER, price.copy(), unit_price.copy()
    reach, idle = 1.0, 0
    for _step in range(steps):
        bound = cover_needs(need_first, entry_of, people, price, demand, table_first, table, take, chosen)
        bound -= unit_price.sum()
        if bound > best + 1e-7 * abs(best):
            best, idle = bound, 0
            best_price[:] = price
            best_unit[:] = unit_price
        else:
            idle += 1
            if idle >= 8:
                reach, idle = reach * 0.6, 0
                price[:] = best_price
                unit_price[:] = best_unit
                if reach < 0.002:
                    break
                continue
        norm = 0.0
        slope[:] = -1.0
        for column in range(columns):
            start, end = column_first[column], column_first[column + 1]
            total = 0.0
            for entry in range(start, end):
                total += chosen[entry]
            mean = total / (end - start)
            share[column] = mean
            slope[column_unit[column]] += mean
            for entry in range(start, end):
                norm += (chosen[entry] - mean) ** 2
        for unit in range(units):
            if unit_price[unit] > 0 or slope[unit] > 0:
                norm += slope[unit] ** 2
        if norm < 1e-9:
            break
        length = reach * max(upper - bound, 1.0) / norm
        for column in range(columns):
            unit = column_unit[column]
            start, end = column_first[column], column_first[column + 1]
            change = (max(0.0, unit_price[unit] + length * slope[unit]) - unit_price[unit]) / (end - start)
            for entry in range(start, end):
                price[entry] += length * (chosen[entry] - share[column]) + change
        for unit in range(units):
            unit_price[unit] = max(0.0, unit_price[unit] + length * slope[unit])
    return best, best_price, best_unit


@compiled
def build_plan(  # noqa: C901  (greedy choice and pruning share their state)
    column_first: Ints,
    column_unit: Ints,
    incident_first: Ints,
    incident_column: Ints,
    cost: Floats,
    entry_need: Ints,
    people: Ints,
    demand: Ints,
    worth: Floats,
    units: int,
) -> Bits:
    """Return a plan chosen greedily by cost against the worth of the people still missing, without what is spare."""
    picked = np.zeros(len(column_unit), np.uint8)
    is_used = np.zeros(units, np.uint8)
    left = demand.copy()
    for incident in range(len(incident_first) - 1):
        while True:
            best, best_column = np.inf, -1
            for position in range(incident_first[incident], incident_first[incident + 1]):
                column = incident_column[position]
                if is_used[column_unit[column]]:
                    continue
                value = 0.0
                for entry in range(column_first[column], column_first[column + 1]):
                    need = entry_need[entry]
                    value += max(0, min(people[entry], left[need])) * worth[need]
                if value > 0 and cost[column] / value < best:
                    best, best_column = cost[column] / value, column
            if best_column < 0:
                break
            picked[best_column] = 1
            is_used[column_unit[best_column]] = 1
            for entry in range(column_first[best_column], column_first[best_column + 1]):
                left[entry_need[entry]] -= people[entry]
    # Leave out what is spare, the dearest first; negative numbers are people to spare.
    for column in np.argsort(-cost):
        if not picked[column]:
            continue
        is_spare = True
        for entry in range(column_first[column], column_first[column + 1]):
            if left[entry_need[entry]] + people[entry] > 0:
                is_spare = False
        if is_spare:
            picked[column] = 0
            for entry in range(column_first[column], column_first[column + 1]):
                left[entry_need[entry]] += people[entry]
    return picked
