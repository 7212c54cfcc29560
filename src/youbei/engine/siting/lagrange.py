"""Bounds for p-median: each place may be served by none or by several sites, at a price (its multiplier).

For given prices the best choice of p sites is plain to see, and its value is a bound for the real problem. All numbers
are whole (costs times ONE), so a bound is exact.

Source: Cornuejols, Fisher, Nemhauser, Location of bank accounts to optimize float, Management Science 23, 1977;
Christofides, Beasley, A tree search algorithm for the p-median problem, EJOR 10, 1982.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled
from youbei.engine.siting.problem import Ints
from youbei.engine.siting.swap import cost_of

States = NDArray[np.int8]
FREE, OPEN, SHUT = 0, 1, -1
# One unit of cost; prices are whole numbers of its parts.
ONE = 1024
# Assumption: after so many steps without a better bound the steps are too long.
PATIENCE = 20
SHORTEST = 0.002


@compiled
def reduced(cost: Ints, price: Ints, state: States, worth: Ints) -> None:
    """Find what each site that is not shut is worth at these prices: never more than zero."""
    for site in range(cost.shape[0]):
        if state[site] == SHUT:
            continue
        total = 0
        row = cost[site]
        for place in range(len(price)):
            total += min(0, row[place] * ONE - price[place])
        worth[site] = total


@compiled
def pick(state: States, worth: Ints, p: int, chosen: Ints) -> tuple[int, int, int]:
    """Put the open sites and the best free ones into `chosen`; return their worth, the worst taken, the best left."""
    free = np.flatnonzero(state == FREE)
    total, count = 0, 0
    for site in range(len(state)):
        if state[site] == OPEN:
            chosen[count] = site
            count += 1
            total += worth[site]
    order = free[np.argsort(worth[free])]
    more = p - count
    for position in range(more):
        chosen[count + position] = order[position]
        total += worth[order[position]]
    worst = worth[order[more - 1]] if more > 0 else 0
    left = worth[order[more]] if more < len(order) else 0
    return total, worst, left


@compiled
def fix(state: States, worth: Ints, chosen: Ints, found: tuple[int, int, int, int], cutoff: int) -> None:
    """Open every site without which, and shut every site with which, the bound would pass the cutoff."""
    value, worst, left, more = found
    is_picked = np.zeros(len(state), np.bool_)
    is_picked[chosen] = True
    has_left = np.count_nonzero(state == FREE) > more
    for site in range(len(state)):
        if state[site] != FREE:
            continue
        if is_picked[site]:
            if not has_left or value - worth[site] + left > cutoff:
                state[site] = OPEN
        elif more == 0 or value + worth[site] - worst > cutoff:
            state[site] = SHUT


@compiled
def slope(cost: Ints, price: Ints, chosen: Ints, missing: Ints) -> int:
    """Find for each place how many servers it is short of (negative: it has too many); return the sum of squares."""
    missing[:] = 1
    for position in range(len(chosen)):
        row = cost[chosen[position]]
        for place in range(len(price)):
            missing[place] -= row[place] * ONE < price[place]
    total = 0
    for place in range(len(price)):
        total += missing[place] * missing[place]
    return total


@compiled
def meet(cost: Ints, chosen: Ints, best: Ints, best_cost: Ints) -> None:
    """Keep a choice that is better than the best so far."""
    total = cost_of(cost, chosen)
    if total < best_cost[0]:
        best_cost[0] = total
        best[:] = chosen


@compiled
def ascend(
    cost: Ints, state: States, price: Ints, best: Ints, best_cost: Ints, plan: tuple[int, int, float]
) -> tuple[int, bool]:
    """Improve the prices; return the best bound (times ONE) and whether nothing better than `best` is left.

    `state` is fixed further, `price` becomes that of the bound, `best` and `best_cost` a better choice where one is
    met. `plan` is the least difference between two costs, how many steps, and the length of the first.
    """
    unit, steps, length = plan
    p = len(best)
    worth, missing = np.zeros(len(state), np.int64), np.empty(len(price), np.int64)
    chosen, at = np.empty(p, np.int64), price.copy()
    bound = np.iinfo(np.int64).min
    stalled = 0
    for step in range(steps):
        more = p - int(np.count_nonzero(state == OPEN))
        free = np.count_nonzero(state == FREE)
        if more < 0 or free < more:
            return bound, True
        reduced(cost, at, state, worth)
        total, worst, left = pick(state, worth, p, chosen)
        value = total + at.sum()
        if value > bound:
            bound, stalled = value, 0
            price[:] = at
        else:
            stalled += 1
        squares = slope(cost, at, chosen, missing)
        is_last = more == 0 or free == more or squares == 0
        if step % 4 == 0 or stalled == 0 or is_last:
            meet(cost, chosen, best, best_cost)
        cutoff = (best_cost[0] - unit) * ONE
        if bound > cutoff or is_last:
            return bound, True
        fix(state, worth, chosen, (value, worst, left, more), cutoff)
        if stalled >= PATIENCE:
            length, stalled = length / 2, 0
            at[:] = price
            if length < SHORTEST:
                return bound, False
            continue
        stride = length * ((best_cost[0] * ONE - value) * 1.02 + ONE) / squares
        for place in range(len(at)):
            at[place] += round(stride * missing[place])
    return bound, False
