"""p-median: where p sites stand so that the weighted distance of all places to their nearest is least."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from youbei.engine.siting.branch import Tree, explore
from youbei.engine.siting.lagrange import ONE, OPEN, SHUT, States, ascend
from youbei.engine.siting.levels import by_levels, is_fit
from youbei.engine.siting.problem import (
    BadSiting,
    Ints,
    Left,
    NoSiting,
    Outcome,
    Siting,
    check_number,
    forever,
    outcome,
)
from youbei.engine.siting.swap import interchange

# Sums of costs times ONE must stay below this.
LARGEST_SUM = 2**61 // ONE
FINEST = 10**6
# Assumption: that many starts of the local search find the best known answer of most published problems.
STARTS = 8
ROOT_STEPS = 100
# A step reads the whole table. Of a larger one than this, time is looked at after every few.
LARGE, FEW_STEPS = 20_000_000, 5
ROOT_ROUNDS = 40
NODES_AT_ONCE = 25
# Assumption: what is not proven after so many nodes is sooner proven by the program over levels: few nodes where there
# is a site for every eight places or more, for then its levels are few.
FEW_NODES, MANY_NODES, PLACES_OF_A_SITE = 400, 20_000, 8
# How far prices go in a step at first, and at least.
FIRST_STRIDE = 1.5
LEAST_STRIDE = 0.05
# Where numbers are not whole, two costs that differ by less are the same.
SAME = 1e-9


def p_median(problem: Siting, p: int, *, left: Left = forever, seed: int = 1) -> Outcome:
    """Choose p sites; best of all where `is_proven`, else with the bound that was reached when time was over."""
    check_number(problem, p)
    cost, parts = whole_costs(problem)
    unit = 1 if problem.is_whole else max(1, int(SAME * cost.max(axis=0).sum()))
    best, total = first_choice(cost, p, left=left, seed=seed)
    best_cost = np.array([total], np.int64)
    is_proven, bound, nodes = prove(cost, best, best_cost, unit, left)
    check_all_reached(problem, best, p, proven=is_proven)
    asked = problem.weight > 0
    nearest = problem.distance[best].min(axis=0)[asked]
    return outcome(
        problem,
        "pmedian",
        objective=float((nearest * problem.weight[asked]).sum()),
        bound=max(0.0, bound / ONE / parts),
        proven=is_proven,
        chosen=best,
        nodes=nodes,
    )


def whole_costs(problem: Siting) -> tuple[Ints, int]:
    """Return weight times distance in whole parts of one, and how many parts; what cannot be reached costs too much."""
    cost = np.where(np.isfinite(problem.distance), problem.distance, 0) * problem.weight
    out_of_reach = ~np.isfinite(problem.distance) & (problem.weight > 0)
    most = float(cost.max(axis=0).sum())
    total = most * (1 + int(out_of_reach.any(axis=0).sum())) + len(problem.places)
    parts = 1 if problem.is_whole else FINEST
    while parts > 1 and total * parts >= LARGEST_SUM:
        parts //= 10
    if total * parts >= LARGEST_SUM:
        raise too_large()
    whole = np.rint(cost * parts).astype(np.int64)
    whole[out_of_reach] = math.ceil(most * parts) + len(problem.places)
    return np.ascontiguousarray(whole, np.int64), parts


def too_large() -> BadSiting:
    return BadSiting(
        zh="权重乘距离的总和过大，无法精确计算。请换较大的单位（如千米、千人）。",
        en="The sum of weights times distances is too large to be exact. Use larger units, as kilometres.",
    )


def check_all_reached(problem: Siting, chosen: Ints, p: int, *, proven: bool) -> None:
    lost = np.flatnonzero(np.isinf(problem.distance[chosen].min(axis=0)) & (problem.weight > 0))
    if not len(lost):
        return
    name, count = problem.places[int(lost[0])], len(lost)
    if proven:
        raise NoSiting(
            zh=f"{p} 个站点到不了所有需求点：还有 {count} 个到不了，如“{name}”。请增加站点，或去掉这些需求点。",
            en=f"{p} sites do not reach every place: {count} stay out of reach, as {name!r}. "
            "Allow more sites, or leave those places out.",
        )
    raise NoSiting(
        zh=f"在给定时间内没有找到 {p} 个能到达所有需求点的站点：还有 {count} 个到不了，如“{name}”。请增加站点或时间。",
        en=f"No {p} sites that reach every place were found in the time given: {count} stay out of reach, as {name!r}. "
        "Allow more sites or more time.",
    )


def first_choice(cost: Ints, p: int, *, left: Left, seed: int) -> tuple[Ints, int]:
    """Return the best of several local searches from random starts."""
    draws = np.random.default_rng(seed)
    best, least = np.arange(p, dtype=np.int64), -1
    for _ in range(STARTS):
        chosen = np.sort(draws.choice(cost.shape[0], p, replace=False)).astype(np.int64)
        total = interchange(cost, chosen, left)
        if least < 0 or total < least:
            best, least = chosen, total
        if left() <= 0:
            break
    return best, least


@dataclass(frozen=True, slots=True)
class Root:
    """What the bound of the whole problem left: the sites that are not shut, with their states and prices."""

    bound: int
    is_done: bool
    cost: Ints
    sites: Ints
    state: States
    price: Ints

    @property
    def units(self) -> int:
        """The least that any choice can cost, in whole units."""
        return max(0, -(-self.bound // ONE))

    @property
    def opened(self) -> Ints:
        return np.asarray(self.sites[self.state == OPEN], np.int64)


def price_root(cost: Ints, best: Ints, best_cost: Ints, unit: int, left: Left) -> Root:
    """Bound the whole problem, improve `best`, and leave out what the bound shuts."""
    sites = np.arange(cost.shape[0], dtype=np.int64)
    state = np.zeros(len(sites), np.int8)
    if left() <= 0:
        return Root(0, False, cost, sites, state, np.zeros(cost.shape[1], np.int64))
    second = min(1, len(sites) - 1)
    price = np.partition(cost, second, axis=0)[second] * ONE
    steps = ROOT_STEPS if cost.size <= LARGE else FEW_STEPS
    bound, done, length = 0, False, FIRST_STRIDE
    for _ in range(ROOT_ROUNDS):
        before, was = bound, int(best_cost[0])
        picked = np.searchsorted(sites, best)
        found, done = ascend(cost, state, price, picked, best_cost, (unit, steps, length))
        bound = max(bound, int(found))
        if best_cost[0] < was:
            best_cost[0] = interchange(cost, picked, left)
        best[:] = sites[picked]
        if done or left() <= 0:
            break
        keep = (state != SHUT) | np.isin(sites, best)
        cost, sites, state = np.ascontiguousarray(cost[keep]), sites[keep], state[keep]
        length = max(LEAST_STRIDE, length * 0.8)
        if bound - before < (int(best_cost[0]) * ONE - bound) * 0.01:
            break
    return Root(bound, bool(done), cost, sites, state, price)


def prove(cost: Ints, best: Ints, best_cost: Ints, unit: int, left: Left) -> tuple[bool, int, int]:
    """Improve `best` and prove it; return whether that is done, the bound times ONE, and the nodes looked at."""
    root = price_root(cost, best, best_cost, unit, left)
    if root.is_done or left() <= 0:
        return root.is_done, root.bound, 1
    tree = Tree(len(root.sites), cost.shape[1], root.state, root.price, root.bound)
    known = (root.sites, best, best_cost)
    nodes = FEW_NODES if cost.shape[1] <= PLACES_OF_A_SITE * len(best) else MANY_NODES
    done = tree_search(root.cost, known, tree, unit, left, nodes=nodes)
    if done[0] or left() <= 0:
        return done
    if unit == 1 and is_fit(root.cost, len(best)) and finish(root, best, best_cost, left):
        return True, int(best_cost[0]) * ONE, done[2]
    return tree_search(root.cost, known, tree, unit, left)


def finish(root: Root, best: Ints, best_cost: Ints, left: Left) -> bool:
    """Improve the best choice by the program over levels; say whether that proves it."""
    opened = np.flatnonzero(root.state == OPEN)
    found, lower = by_levels(root.cost, opened, len(best), time_s=left())
    if found is not None and len(found) == len(best):
        total = int(root.cost[found].min(axis=0).sum())
        if total < best_cost[0]:
            best[:], best_cost[0] = root.sites[found], total
    return bool(lower >= best_cost[0])


def tree_search(
    cost: Ints, known: tuple[Ints, Ints, Ints], tree: Tree, unit: int, left: Left, *, nodes: int | None = None
) -> tuple[bool, int, int]:
    """Search until that proves the best choice, time is over, or so many nodes have been looked at."""
    sites, best, best_cost = known
    picked = np.searchsorted(sites, best)
    levels = (tree.state, tree.price, tree.site, tree.phase, tree.bound)
    while True:
        was = int(best_cost[0])
        explore(cost, picked, best_cost, levels, tree.head, (unit, NODES_AT_ONCE))
        if best_cost[0] < was:
            best_cost[0] = interchange(cost, picked, left)
        best[:] = sites[picked]
        if tree.is_done:
            return True, int(best_cost[0]) * ONE, int(tree.head[1])
        if tree.head[2] or left() <= 0 or (nodes is not None and tree.head[1] >= nodes):
            return False, tree.least_bound, int(tree.head[1])
