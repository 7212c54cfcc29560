"""Set cover: how few sites have every place within a distance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are first asked: half a second for a process that asks none
from numpy.typing import NDArray

from youbei.engine.siting.problem import Floats, Ints, Left, NoSiting, Outcome, Siting, check_radius, forever, outcome

Marks = NDArray[np.bool_]
# Assumption: comparing more sets than this with each other takes longer than it saves.
COMPARED = 3000
ROUNDING = 1e-7


@dataclass(frozen=True, slots=True)
class Cover:
    """Sites that cover everything, and how few could."""

    chosen: Ints
    least: int
    is_proven: bool


def least_cover(problem: Siting, radius: float, *, left: Left = forever) -> Outcome:
    """Choose as few sites as possible that have every place within the radius."""
    check_radius(radius)
    covers = problem.distance <= radius
    lost = np.flatnonzero(~covers.any(axis=0))
    if len(lost):
        name = problem.places[int(lost[0])]
        raise NoSiting(
            zh=f"有 {len(lost)} 个需求点在半径 {radius:g} 内没有任何候选点，如“{name}”。请放宽半径或增加候选点。",
            en=f"{len(lost)} places have no candidate site within {radius:g}, as {name!r}. "
            "Widen the radius or add candidates.",
        )
    found = cover_all(covers, left=left)
    return outcome(
        problem, "cover", objective=len(found.chosen), bound=found.least, proven=found.is_proven, chosen=found.chosen
    )


def cover_all(covers: Marks, *, left: Left = forever, enough: int = 0) -> Cover:
    """Cover every column by as few rows as possible; stop as soon as `enough` rows do, or more are proven needed.

    Every column must have a row.
    """
    sites, places = reduce(covers)
    smaller = covers[np.ix_(sites, places)]
    best = greedy(smaller)
    if len(best) <= enough:
        return Cover(sites[best], 1, False)
    price = dual(smaller)
    least = max(1, math.ceil(price.sum() - ROUNDING))
    if len(best) > least and least <= max(enough, len(best) - 1) and left() > 0 and not 0 < enough < least:
        best, least = residue(smaller, best, price, least, enough, left)
    return Cover(sites[best], least, len(best) == least)


def reduce(covers: Marks) -> tuple[Ints, Ints]:
    """Leave out sites that another surpasses, and places that are covered whenever another is."""
    sites, places = np.arange(covers.shape[0]), distinct(covers.T)
    for _ in range(3):
        before = (len(sites), len(places))
        sites = sites[distinct(covers[np.ix_(sites, places)])]
        sites = sites[~surpassed(covers[np.ix_(sites, places)])]
        places = places[~surpassed(~covers[np.ix_(sites, places)].T)]
        if before == (len(sites), len(places)):
            break
    return sites, places


def distinct(rows: Marks) -> Ints:
    """Return the first of every kind of row."""
    _, first = np.unique(np.packbits(rows, axis=1), axis=0, return_index=True)
    return np.sort(first)


def surpassed(rows: Marks) -> Marks:
    """Say of each of some distinct rows whether another has all its marks."""
    if len(rows) > COMPARED:
        return np.zeros(len(rows), np.bool_)
    marks = rows.astype(np.float32)
    common = marks @ marks.T
    within = common >= marks.sum(axis=1)[:, None]
    np.fill_diagonal(within, False)
    # Of rows that became alike only the first stays.
    alike = within & within.T
    within &= ~(alike & (np.arange(len(rows))[:, None] < np.arange(len(rows))[None, :]))
    return np.asarray(within.any(axis=1), np.bool_)


def greedy(covers: Marks) -> Ints:
    """Take the site that covers most of what is left, until nothing is; then leave out what is not needed."""
    uncovered = np.ones(covers.shape[1], np.bool_)
    by_place = np.ascontiguousarray(covers.T)
    adds = covers.sum(axis=1, dtype=np.int64)
    chosen: list[int] = []
    while uncovered.any():
        site = int(np.argmax(adds))
        chosen.append(site)
        fresh = np.flatnonzero(covers[site] & uncovered)
        uncovered[fresh] = False
        adds -= by_place[fresh].sum(axis=0, dtype=np.int64)
    times = covers[chosen].sum(axis=0)
    for site in list(chosen):
        if (times - covers[site] >= 1).all():
            chosen.remove(site)
            times = times - covers[site]
    return np.array(chosen, np.int64)


def dual(covers: Marks) -> Floats:
    """Return what each place is worth when no site is worth more than one; the sum is a bound on any cover."""
    sparse = scipy.sparse.csr_matrix(covers, dtype=np.float64)
    solved = scipy.optimize.linprog(
        -np.ones(covers.shape[1]), A_ub=sparse, b_ub=np.ones(covers.shape[0]), method="highs"
    )
    price = np.zeros(covers.shape[1]) if solved.x is None else np.maximum(solved.x, 0.0)
    # Whatever the solver rounded: shrink the prices until they are right.
    return np.asarray(price / max(1.0, float((sparse @ price).max(initial=0.0))), np.float64)


def residue(covers: Marks, best: Ints, price: Floats, least: int, enough: int, left: Left) -> tuple[Ints, int]:
    """Look for a smaller cover among the sites that one can have; return the best and how few could do."""
    most = max(enough, 1) if 0 < enough < len(best) else len(best) - 1
    spare = 1 - covers.astype(np.float64) @ price
    kept = np.flatnonzero(price.sum() + spare <= most + ROUNDING)
    if not len(kept) or not covers[kept].any(axis=0).all():
        return best, most + 1
    sparse = scipy.sparse.csr_matrix(covers[kept].T, dtype=np.float64)
    limits = [
        scipy.optimize.LinearConstraint(sparse, 1, np.inf),
        scipy.optimize.LinearConstraint(np.ones((1, len(kept))), least, most),
    ]
    options = {"mip_rel_gap": 0.0} | ({"time_limit": max(0.01, left())} if math.isfinite(left()) else {})
    solved = scipy.optimize.milp(
        np.ones(len(kept)), integrality=1, bounds=scipy.optimize.Bounds(0, 1), constraints=limits, options=options
    )
    if solved.x is not None:
        found = kept[np.rint(solved.x) > 0]
        if covers[found].any(axis=0).all() and len(found) < len(best):
            best = found
    if solved.status == 2:
        return best, most + 1
    if solved.mip_dual_bound is not None and math.isfinite(solved.mip_dual_bound):
        least = max(least, math.ceil(solved.mip_dual_bound - 1e-6))
    return best, min(least, len(best))
