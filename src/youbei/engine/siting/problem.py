"""A siting problem and its answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from youbei.engine.errors import Refused

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Asked again and again while a problem is being solved: how many seconds are left? The door that asked holds the watch.
Left = Callable[[], float]


class BadSiting(Refused):
    """Refuse a siting problem that makes no sense."""

    status = 422


class NoSiting(Refused):
    """Refuse because no choice of sites does what is asked."""

    status = 422


def forever() -> float:
    return math.inf


@dataclass(frozen=True, slots=True)
class Siting:
    """Candidate sites, places with weights, and the distance (or time) from each site (a row) to each place.

    A place that cannot be reached from a site is infinitely far. `sites` and `places` are the names people know.
    """

    distance: Floats
    weight: Floats
    sites: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all distances and weights are whole numbers, so that the best cannot lie between two of them."""
        finite = self.distance[np.isfinite(self.distance)]
        return bool((finite == np.rint(finite)).all() and (self.weight == np.rint(self.weight)).all())


def siting(
    distance: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    sites: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
) -> Siting:
    """Check a matrix of sites by places and make it a problem. Without weights every place weighs 1."""
    matrix = np.ascontiguousarray(np.asarray(distance, np.float64))
    if matrix.ndim != 2 or not matrix.size:
        raise BadSiting(
            zh="选址问题至少要有一个候选点和一个需求点。",
            en="A siting problem needs at least one candidate site and one place.",
        )
    weights = np.ones(matrix.shape[1]) if weight is None else np.asarray(weight, np.float64)
    site_names = tuple(sites) if sites is not None else numbered(matrix.shape[0])
    place_names = tuple(places) if places is not None else numbered(matrix.shape[1])
    if (len(site_names), len(place_names)) != matrix.shape or weights.shape != (matrix.shape[1],):
        raise BadSiting(
            zh=f"距离表是 {matrix.shape[0]} 个候选点 × {matrix.shape[1]} 个需求点，与名称或权重的个数不符。",
            en=f"The distances are of {matrix.shape[0]} sites and {matrix.shape[1]} places; "
            "there are not as many names or weights.",
        )
    if np.isnan(matrix).any() or (matrix < 0).any():
        raise BadSiting(
            zh="距离须是不小于零的数；到不了的写作无穷大。",
            en="Distances must be zero or more; what cannot be reached is infinitely far.",
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise BadSiting(zh="权重须是不小于零的数。", en="Weights must be numbers of zero or more.")
    return Siting(matrix, weights, site_names, place_names)


def numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))


def check_number(problem: Siting, p: int) -> None:
    if not 1 <= p <= len(problem.sites):
        raise BadSiting(
            zh=f"要选 {p} 个站点，而候选点有 {len(problem.sites)} 个；请给 1 到 {len(problem.sites)} 之间的数。",
            en=f"{p} sites are to be chosen of {len(problem.sites)}; give a number from 1 to {len(problem.sites)}.",
        )


def check_radius(radius: float) -> None:
    if not (math.isfinite(radius) and radius >= 0):
        raise BadSiting(
            zh=f"半径是 {radius}；须是不小于零的数。", en=f"The radius is {radius}; it must be zero or more."
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was chosen, what it is worth, and what the best can be worth at most (`bound`).

    `is_proven` is said only where the two meet: exactly in whole numbers, else to one part in a thousand million.
    """

    question: str
    objective: float
    bound: float
    is_proven: bool
    chosen: tuple[int, ...]
    sites: tuple[str, ...]
    nodes: int = 0

    @property
    def gap(self) -> float:
        """How far the best may still be from this, as a share of this."""
        if self.is_proven or self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)

    def as_data(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "status": "optimal" if self.is_proven else "feasible",
            "objective": plain(self.objective),
            "bound": plain(self.bound),
            "gap": self.gap,
            "sites": list(self.sites),
            "chosen": list(self.chosen),
            "nodes": self.nodes,
        }


def plain(value: float) -> float | int:
    """Return a whole number as such."""
    return int(value) if float(value).is_integer() else value


def outcome(
    problem: Siting, question: str, *, objective: float, bound: float, proven: bool, chosen: ArrayLike, nodes: int = 0
) -> Outcome:
    picked = tuple(sorted(int(site) for site in np.asarray(chosen)))
    names = tuple(problem.sites[site] for site in picked)
    return Outcome(question, objective, objective if proven else bound, proven, picked, names, nodes)
