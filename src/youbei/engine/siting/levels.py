"""p-median as a program over levels: how far each place has to go, step by step. Strong where sites are many.

For each place its distances are levels. Whether it has to go beyond a level is a decision that counts the step to the
next one; it has to where no site within the level is open. Only the nearest levels of a place are stated, so what the
program finds is a bound, and it is the optimum where nobody goes beyond what was stated.
Source: G. Cornuejols, G. L. Nemhauser and L. A. Wolsey, A canonical representation of simple plant location problems,
SIAM J. Alg. Disc. Meth. 1 (1980).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are first asked: half a second for a process that asks none

from youbei.engine.siting.problem import Ints

# Assumption: a place is hardly ever served by a site that has so many times as many before it as are shut for one open.
DEEP, DEEPER = 6, 10
# Larger programs than this take longer than they save, and sums beyond this are no longer exact in the solver.
MOST_ENTRIES = 3_000_000
MOST_SUM = 10**9
# What is a whole number is no less than a bound less this.
SLACK = 1e-4


@dataclass(frozen=True, slots=True)
class Stated:
    """The program: entries by row, the step that each row's decision counts, and what the first levels cost."""

    row: Ints
    column: Ints
    step: Ints
    base: int


def is_fit(cost: Ints, p: int) -> bool:
    """Say whether the program is of a size at which it helps."""
    sites, places = cost.shape
    deep = depth(sites, p)
    return deep * deep * places // 2 <= MOST_ENTRIES and int(cost.max(axis=0).sum()) <= MOST_SUM


def depth(sites: int, p: int) -> int:
    return min(sites, DEEP * sites // p + DEEPER)


def state(cost: Ints, deep: int) -> Stated:
    """State the levels of each place as far as its `deep` nearest sites."""
    order = np.argsort(cost, axis=0, kind="stable")[:deep]
    rows, columns, steps, number = [], [], [], 0
    for place in range(cost.shape[1]):
        sites = order[:, place]
        known = cost[sites, place]
        ends = np.flatnonzero(np.diff(known)) + 1
        for end in ends:
            rows.append(np.full(end, number))
            columns.append(sites[:end])
            steps.append(known[end] - known[end - 1])
            number += 1
    return Stated(
        np.concatenate(rows) if rows else np.empty(0, np.int64),
        np.concatenate(columns) if columns else np.empty(0, np.int64),
        np.array(steps, np.int64),
        int(cost.min(axis=0).sum()),
    )


def by_levels(cost: Ints, opened: Ints, p: int, *, time_s: float) -> tuple[Ints | None, int]:
    """Return the sites that the program chooses, None where it found none, and a bound on every choice.

    `cost` is whole, by site and place; the sites `opened` are among the chosen.
    """
    sites = cost.shape[0]
    stated = state(cost, depth(sites, p))
    rows = len(stated.step)
    ones = np.ones(rows + len(stated.row))
    at = (np.concatenate([np.arange(rows), stated.row]), np.concatenate([sites + np.arange(rows), stated.column]))
    covered = scipy.optimize.LinearConstraint(scipy.sparse.csr_array((ones, at), shape=(rows, sites + rows)), 1, np.inf)
    number = scipy.sparse.csr_array(np.concatenate([np.ones(sites), np.zeros(rows)])[None, :])
    low = np.zeros(sites + rows)
    low[opened] = 1
    exactly = scipy.optimize.LinearConstraint(number, p, p)
    limits = [covered, exactly] if rows else [exactly]
    options = {"mip_rel_gap": 0.0} | ({} if math.isinf(time_s) else {"time_limit": max(0.1, time_s)})
    found = scipy.optimize.milp(
        np.concatenate([np.zeros(sites), stated.step]),
        # All are whole: so no version of the solver loses the optimum in its presolve.
        integrality=1,
        bounds=scipy.optimize.Bounds(low, 1),
        constraints=limits,
        options=options,
    )
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
    lower = stated.base + math.ceil(max(0.0, bound) - SLACK)
    if found.x is None:
        return None, lower
    return np.flatnonzero(found.x[:sites] > 0.5).astype(np.int64), lower
