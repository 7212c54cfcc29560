"""Share out who can do what hardly anybody can: exactly, for a greedy choice wastes the last of them."""

from __future__ import annotations

import numpy as np

from youbei.engine.dispatch.crews import Columns, Ints, Mask
from youbei.engine.dispatch.program import Limits, RowBuilder, solve_integer

# Assumption: so many nodes of branch and bound share out a few dozen units; they take some hundredths of a second.
NODES = 500


def share_out(columns: Columns, is_scarce: Mask) -> Ints:
    """Return columns that leave as few people missing as can be at the needs that are scarce, and are there soonest.

    `is_scarce` is by need. Only units with a scarce skill are looked at, and of their skills only the scarce ones.
    """
    entry_column = np.repeat(np.arange(columns.count), np.diff(columns.first))
    entries = np.flatnonzero(is_scarce[columns.need])
    chosen, number = np.unique(entry_column[entries], return_inverse=True)
    needs = np.flatnonzero(is_scarce)
    dear = float(columns.cost[chosen].sum()) + 1
    rows = RowBuilder()
    for at, need in enumerate(needs):
        mine = np.flatnonzero(columns.need[entries] == need)
        terms = [(int(number[one]), float(columns.people[entries[one]])) for one in mine]
        rows.add([*terms, (len(chosen) + at, 1.0)], low=float(columns.demand[need]))
    order = np.argsort(columns.unit[chosen], kind="stable")
    _, first = np.unique(columns.unit[chosen][order], return_index=True)
    for begin, end in zip(first, [*first[1:], len(order)], strict=True):
        if end - begin > 1:
            rows.add([(int(one), 1.0) for one in order[begin:end]], high=1.0)
    size = len(chosen) + len(needs)
    high = np.concatenate([np.ones(len(chosen)), columns.demand[needs].astype(np.float64)])
    cost = np.concatenate([columns.cost[chosen].astype(np.float64), np.full(len(needs), dear)])
    limits = Limits(NODES, absolute_gap=dear / 2)
    found = solve_integer(cost, np.zeros(size), high, rows.rows(), np.ones(size, np.bool_), limits=limits)
    picked: Ints = chosen[found.values[: len(chosen)] > 0.5] if found.values is not None else chosen[:0]
    return picked
