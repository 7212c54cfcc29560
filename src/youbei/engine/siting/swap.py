"""Local search for p-median: exchange one chosen site for another as long as that pays.

Source: Whitaker, A fast algorithm for the greedy interchange for large-scale clustering and median location problems,
INFOR 21, 1983.
"""

from __future__ import annotations

import numpy as np

from youbei.engine.compiled import compiled
from youbei.engine.siting.problem import Ints, Left, forever

FAR = np.iinfo(np.int64).max // 4
# Where a sweep ended: how many sites were tried since an exchange paid, and which is next.
QUIET, SITE = 0, 1


@compiled
def assign(cost: Ints, chosen: Ints, near: Ints, near_cost: Ints, next_cost: Ints) -> int:
    """Find for each place the position of its nearest chosen site, and the two least costs; return their sum."""
    total = 0
    for place in range(cost.shape[1]):
        best, first, second = -1, FAR, FAR
        for position in range(len(chosen)):
            there = cost[chosen[position], place]
            if there < first:
                best, first, second = position, there, first
            elif there < second:
                second = there
        near[place], near_cost[place], next_cost[place] = best, first, second
        total += first
    return total


def interchange(cost: Ints, chosen: Ints, left: Left = forever) -> int:
    """Exchange sites in place until no single exchange pays, or time is over; return the cost. Deterministic."""
    place = np.zeros(2, np.int64)
    while True:
        total = sweep(cost, chosen, place)
        if place[QUIET] >= cost.shape[0] or left() <= 0:
            return int(total)


@compiled
def sweep(cost: Ints, chosen: Ints, place_at: Ints) -> int:
    """Try every site once, from where the last sweep ended; note there for how long no exchange has paid."""
    sites, places = cost.shape
    near, near_cost, next_cost = np.empty(places, np.int64), np.empty(places, np.int64), np.empty(places, np.int64)
    is_chosen = np.zeros(sites, np.bool_)
    is_chosen[chosen] = True
    loss = np.empty(len(chosen), np.int64)
    total = assign(cost, chosen, near, near_cost, next_cost)
    quiet, site = place_at[QUIET], place_at[SITE]
    for _ in range(sites):
        if quiet >= sites:
            break
        if not is_chosen[site]:
            gain = 0
            loss[:] = 0
            for place in range(places):
                there, here = cost[site, place], near_cost[place]
                if there < here:
                    gain += here - there
                else:
                    loss[near[place]] += min(there, next_cost[place]) - here
            out = np.argmin(loss)
            if gain > loss[out]:
                is_chosen[chosen[out]] = False
                is_chosen[site] = True
                chosen[out] = site
                total = assign(cost, chosen, near, near_cost, next_cost)
                quiet = 0
        quiet += 1
        site = site + 1 if site + 1 < sites else 0
    place_at[QUIET], place_at[SITE] = quiet, site
    return total


@compiled
def cost_of(cost: Ints, chosen: Ints) -> int:
    """Return what these sites cost: every place goes to the nearest."""
    total = 0
    best = cost[chosen[0]].copy()
    for position in range(1, len(chosen)):
        row = cost[chosen[position]]
        for place in range(len(best)):
            best[place] = min(best[place], row[place])
    for place in range(len(best)):
        total += best[place]
    return total
