"""p-center: where p sites stand so that the farthest place is as near as possible."""

from __future__ import annotations

import math

import numpy as np

from youbei.engine.siting.problem import Floats, Ints, Left, NoSiting, Outcome, Siting, check_number, forever, outcome
from youbei.engine.siting.setcover import cover_all


def p_center(problem: Siting, p: int, *, left: Left = forever) -> Outcome:
    """Choose p sites; weights do not matter. The least radius is one of the distances: halve those that are left.

    Source: Minieka, The m-center problem, SIAM Review 12, 1970.
    """
    check_number(problem, p)
    distance = problem.distance
    radii = np.unique(distance[np.isfinite(distance)])
    chosen = farthest_first(distance, p)
    farthest = float(distance[chosen].min(axis=0).max())
    # No radius below `low` is enough, the one at `high` is; beyond the last there is only infinity.
    low = int(np.searchsorted(radii, distance.min(axis=0).max()))
    high = int(np.searchsorted(radii, farthest))
    while low < high and left() > 0:
        middle = (low + high) // 2
        found = cover_all(distance <= radii[middle], left=left, enough=p)
        if len(found.chosen) <= p:
            chosen = found.chosen
            high = int(np.searchsorted(radii, distance[chosen].min(axis=0).max()))
        elif found.least > p:
            low = middle + 1
        else:
            break
    if high == len(radii):
        check_reach(problem, p, proven=low == high)
    objective = float(distance[chosen].min(axis=0).max())
    bound = float(radii[low]) if low < len(radii) else math.inf
    return outcome(
        problem, "pcenter", objective=objective, bound=bound, proven=low == high, chosen=filled(chosen, p, distance)
    )


def check_reach(problem: Siting, p: int, *, proven: bool) -> None:
    if proven:
        raise NoSiting(
            zh=f"{p} 个站点到不了所有需求点。请增加站点，或去掉到不了的需求点。",
            en=f"{p} sites do not reach every place. Allow more sites, or leave out places that cannot be reached.",
        )
    raise NoSiting(
        zh=f"在给定时间内没有找到 {p} 个能到达所有需求点的站点。请增加站点或时间。",
        en=f"No {p} sites that reach every place were found in the time given. Allow more sites or more time.",
    )


def farthest_first(distance: Floats, p: int) -> Ints:
    """Take the site nearest to the place that is farthest from those chosen, again and again.

    Source: Gonzalez, Clustering to minimize the maximum intercluster distance, Theoretical Computer Science 38, 1985.
    """
    chosen = [int(np.argmin(distance.max(axis=1)))]
    while len(chosen) < p:
        farthest = int(np.argmax(distance[chosen].min(axis=0)))
        site = int(np.argmin(distance[:, farthest]))
        if site in chosen:
            break
        chosen.append(site)
    return np.array(chosen, np.int64)


def filled(chosen: Ints, p: int, distance: Floats) -> Ints:
    """Add sites until there are p: those that bring most, though the farthest place comes no nearer."""
    picked = [int(site) for site in chosen]
    while len(picked) < p:
        near = distance[picked].min(axis=0)
        gain = np.where(np.isfinite(near), np.maximum(0, near - distance), 0).sum(axis=1)
        gain[picked] = -1
        picked.append(int(np.argmax(gain)))
    return np.array(picked, np.int64)
