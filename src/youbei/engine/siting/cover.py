"""Maximal cover: where p sites stand so that most is within a distance."""

from __future__ import annotations

import math

import numpy as np
import scipy  # its parts are loaded when they are first asked: half a second for a process that asks none

from youbei.engine.siting.median import FINEST, LARGEST_SUM, first_choice, price_root, too_large
from youbei.engine.siting.problem import (
    Floats,
    Ints,
    Left,
    Outcome,
    Siting,
    check_number,
    check_radius,
    forever,
    outcome,
)
from youbei.engine.siting.setcover import Marks


def maximal_cover(problem: Siting, p: int, radius: float, *, left: Left = forever, seed: int = 1) -> Outcome:
    """Choose p sites. What they leave uncovered is a p-median problem whose distances are 0 and 1.

    Places that the same sites cover are one. Bounds and fixing are those of p-median, the rest is left to HiGHS.
    Source: Church, ReVelle, The maximal covering location problem, Papers of the Regional Science Association 32, 1974.
    """
    check_number(problem, p)
    check_radius(radius)
    covers, weight = merged(problem.distance <= radius, problem.weight)
    is_whole = bool((weight == np.rint(weight)).all())
    parts = 1 if is_whole else FINEST
    while parts > 1 and (weight.sum() + 1) * parts >= LARGEST_SUM:
        parts //= 10
    if (weight.sum() + 1) * parts >= LARGEST_SUM:
        raise too_large()
    whole = np.rint(weight * parts).astype(np.int64)
    cost = np.ascontiguousarray(np.where(covers, 0, whole))
    best, missed = first_choice(cost, p, left=left, seed=seed)
    best_cost = np.array([missed], np.int64)
    root = price_root(cost, best, best_cost, 1, left)
    bound, is_proven = root.units, root.is_done
    if not is_proven and left() > 0:
        bound, is_proven = residue(covers, whole, best, best_cost, (root.sites, root.opened, bound), left)
    total = float(weight.sum())
    missed_weight = float(weight[~covers[best].any(axis=0)].sum())
    return outcome(
        problem,
        "cover",
        objective=total - missed_weight,
        bound=total - bound / parts,
        proven=is_proven,
        chosen=best,
    )


def merged(covers: Marks, weight: Floats) -> tuple[Marks, Floats]:
    """Join the places that the same sites cover, and leave out those that nothing does or that weigh nothing."""
    _, first, of = np.unique(np.packbits(covers, axis=0), axis=1, return_index=True, return_inverse=True)
    joined = np.asarray(np.bincount(of.ravel(), weights=weight, minlength=len(first)), np.float64)
    return np.ascontiguousarray(covers[:, first]), joined


def residue(
    covers: Marks, weight: Ints, best: Ints, best_cost: Ints, root: tuple[Ints, Ints, int], left: Left
) -> tuple[int, bool]:
    """Look for a better choice among the sites that are left; return the least that must be missed, and if proven."""
    sites, opened, bound = root
    reached = covers[sites].any(axis=0)
    lost = int(weight[~reached].sum())
    open_for = covers[opened].any(axis=0) if len(opened) else np.zeros(len(weight), np.bool_)
    asked = np.flatnonzero(reached & ~open_for & (weight > 0))
    count, places = len(sites), len(asked)
    by_site = scipy.sparse.csr_matrix(covers[np.ix_(sites, asked)].T, dtype=np.float64)
    # Missed places are the unknowns beside the sites: missed + sites that cover >= 1.
    rows = scipy.sparse.hstack([by_site, scipy.sparse.eye_array(places)], format="csr")
    costs = np.concatenate([np.zeros(count), weight[asked].astype(np.float64)])
    chosen_number = np.concatenate([np.ones(count), np.zeros(places)])[None, :]
    lower = np.concatenate([np.isin(sites, opened).astype(np.float64), np.zeros(places)])
    limits = [
        scipy.optimize.LinearConstraint(rows, 1, np.inf),
        scipy.optimize.LinearConstraint(chosen_number, len(best), len(best)),
        scipy.optimize.LinearConstraint(costs[None, :], bound - lost, int(best_cost[0]) - lost - 1),
    ]
    kinds = np.concatenate([np.ones(count), np.zeros(places)])
    options = {"mip_rel_gap": 0.0} | ({"time_limit": max(0.01, left())} if math.isfinite(left()) else {})
    solved = scipy.optimize.milp(
        costs, integrality=kinds, bounds=scipy.optimize.Bounds(lower, 1), constraints=limits, options=options
    )
    if solved.x is not None:
        found = sites[np.rint(solved.x[:count]) > 0]
        missed = int(weight[~covers[found].any(axis=0)].sum())
        if len(found) == len(best) and missed < best_cost[0]:
            best[:], best_cost[0] = found, missed
    if solved.status == 2:
        return int(best_cost[0]), True
    if solved.mip_dual_bound is not None and math.isfinite(solved.mip_dual_bound):
        bound = max(bound, math.ceil(solved.mip_dual_bound - 1e-6) + lost)
    return min(bound, int(best_cost[0])), bound >= best_cost[0]
