"""Depth-first branch and bound for p-median: a site is open in one branch and shut in the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled
from youbei.engine.siting.lagrange import FREE, ONE, OPEN, SHUT, States, ascend, pick, reduced
from youbei.engine.siting.problem import Ints

# Assumption: found by trial on the OR-Library problems; more steps at a node cost more than they save.
STEPS_AT_NODE = 30
FIRST_STRIDE = 0.7
FRESH, TRIED = 0, 1
DEEPEST = 400


class Tree:
    """What a search has still to do: for each level its states, prices, branching site and bound."""

    def __init__(self, sites: int, places: int, state: States, price: Ints, bound: int) -> None:
        levels = min(sites + 2, DEEPEST)
        self.state = np.zeros((levels, sites), np.int8)
        self.price = np.zeros((levels, places), np.int64)
        self.site = np.full(levels, -1, np.int64)
        self.phase = np.zeros(levels, np.int64)
        self.bound = np.zeros(levels, np.int64)
        # Level, nodes seen, whether the search had to leave a branch because it was too deep.
        self.head = np.zeros(3, np.int64)
        self.state[0], self.price[0], self.bound[0] = state, price, bound

    @property
    def is_done(self) -> bool:
        return bool(self.head[0] < 0)

    @property
    def least_bound(self) -> int:
        """What every branch that is left can cost at least, times ONE."""
        return int(self.bound[: self.head[0] + 1].min())


@compiled
def choose(cost: Ints, state: States, price: Ints, p: int) -> int:
    """Return the free site that would be missed most: shutting it raises the bound most."""
    worth = np.zeros(len(state), np.int64)
    chosen = np.empty(p, np.int64)
    reduced(cost, price, state, worth)
    pick(state, worth, p, chosen)
    best, least = -1, np.int64(1)
    for position in range(p):
        site = chosen[position]
        if state[site] == FREE and worth[site] < least:
            best, least = site, worth[site]
    return best


@compiled
def explore(
    cost: Ints,
    best: Ints,
    best_cost: Ints,
    levels: tuple[NDArray[np.int8], NDArray[np.int64], Ints, Ints, Ints],
    head: Ints,
    plan: tuple[int, int],
) -> None:
    """Look at so many nodes; `head[0]` is -1 when nothing is left. `plan` is the unit of cost and how many nodes."""
    state, price, site, phase, bound = levels
    unit, allowed = plan
    p = len(best)
    level = head[0]
    while level >= 0 and allowed > 0:
        if bound[level] > (best_cost[0] - unit) * ONE:
            level -= 1
            continue
        if phase[level] == TRIED:
            # The open branch is done; what is left of this level is the shut one.
            state[level, site[level]] = SHUT
            phase[level] = FRESH
        allowed -= 1
        head[1] += 1
        found, done = ascend(cost, state[level], price[level], best, best_cost, (unit, STEPS_AT_NODE, FIRST_STRIDE))
        bound[level] = max(bound[level], found)
        if done:
            level -= 1
            continue
        picked = choose(cost, state[level], price[level], p)
        if picked < 0:
            # The last step fixed everything: the next look at this node finds its one choice.
            continue
        if level + 1 == len(site):
            head[2] = 1
            break
        site[level], phase[level] = picked, TRIED
        state[level + 1] = state[level]
        price[level + 1] = price[level]
        bound[level + 1] = bound[level]
        state[level + 1, picked] = OPEN
        phase[level + 1] = FRESH
        level += 1
    head[0] = level
