"""Compare two plans, or one plan in two worlds, on the same luck: differences run by run, with paired intervals.

Draws are named by a step's place in its plan, so steps that stand at the same place meet the same luck in both; what
the difference owes to chance is only what the two do differently.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from youbei.engine.simulation.broken import BROKEN, broken_in
from youbei.engine.simulation.ensemble import Setup, blocks, demand_runs, replications
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.replicate import Replication
from youbei.engine.simulation.simulate import plain
from youbei.engine.simulation.statistics import student

# Times in seconds, shares as 0 or 1; None where it did not happen.
Measures = dict[str, float | None]


class Spread(Protocol):
    def __call__(self, work: Callable[[range], Sums], numbers: Iterable[range], /) -> Iterable[Sums]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure differs, the second less the first, over the runs in which both have it.

    low, high: the paired 95 % interval. gain: how many times the variance would be as large without common luck; None
    where there is no difference to speak of.
    """

    measure: str
    runs: int
    first: float
    second: float
    difference: float
    low: float
    high: float
    gain: float | None

    @property
    def is_plain(self) -> bool:
        """Return whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    seed: int
    runs: int
    is_cancelled: bool
    differences: tuple[Difference, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "runs": self.runs,
            "is_cancelled": self.is_cancelled,
            "differences": [{**plain(asdict(one)), "is_plain": one.is_plain} for one in self.differences],
        }


@dataclass(slots=True)
class Pair:
    """Sums over runs in which both have a measure; whole thousandths, so that any order gives the same."""

    runs: int = 0
    first: int = 0
    second: int = 0
    first_squares: int = 0
    second_squares: int = 0
    squares: int = 0

    def add(self, first: float, second: float) -> None:
        one, other = round(first * 1000), round(second * 1000)
        self.runs += 1
        self.first += one
        self.second += other
        self.first_squares += one * one
        self.second_squares += other * other
        self.squares += (other - one) ** 2

    def merge(self, other: Pair) -> None:
        self.runs += other.runs
        self.first += other.first
        self.second += other.second
        self.first_squares += other.first_squares
        self.second_squares += other.second_squares
        self.squares += other.squares

    def difference(self, measure: str) -> Difference:
        runs, change = self.runs, self.second - self.first
        mean = change / runs / 1000
        half, gain = math.nan, None
        if runs > 1:
            paired = variance(runs, change, self.squares)
            apart = variance(runs, self.first, self.first_squares) + variance(runs, self.second, self.second_squares)
            half = student(runs - 1) * math.sqrt(paired / runs)
            gain = apart / paired if paired > 0 else None
        first, second = self.first / runs / 1000, self.second / runs / 1000
        return Difference(measure, runs, first, second, mean, mean - half, mean + half, gain)


def variance(runs: int, total: int, squares: int) -> float:
    return (runs * squares - total * total) / (runs * (runs - 1)) / 1e6


Sums = dict[str, Pair]


def compare_setups(
    first: Setup,
    second: Setup,
    *,
    runs: int,
    spread: Spread = map,
    go_on: Callable[[int], bool] | None = None,
) -> Comparison:
    """Carry both out `runs` times with the seed of the first. go_on works as in `simulate_many`."""
    demand_runs(runs, None)
    sums: Sums = {}
    done, is_cancelled = 0, False
    parts = spread(lambda numbers: sum_up(first, second, numbers), blocks(runs))
    for numbers, part in zip(blocks(runs), parts, strict=False):
        done += len(numbers)
        merge_sums(sums, part)
        if go_on is not None and not go_on(done) and done < runs:
            is_cancelled = True
            break
    return comparison_of(sums, seed=first.seed, runs=done, is_cancelled=is_cancelled)


def comparison_of(sums: Sums, *, seed: int, runs: int, is_cancelled: bool = False) -> Comparison:
    return Comparison(seed, runs, is_cancelled, tuple(pair.difference(measure) for measure, pair in sums.items()))


def merge_sums(whole: Sums, part: Sums) -> None:
    for measure, pair in part.items():
        whole.setdefault(measure, Pair()).merge(pair)


def sum_up(first: Setup, second: Setup, numbers: range) -> Sums:
    """Carry both out for the same numbers, with the seed of the first, and sum up what both have."""
    sums: Sums = {}
    for one, other in zip(measured(first, first.seed, numbers), measured(second, first.seed, numbers), strict=True):
        for measure, value in one.items():
            against = other.get(measure)
            if value is not None and against is not None:
                sums.setdefault(measure, Pair()).add(value, against)
    return sums


def measured(setup: Setup, seed: int, numbers: range) -> Iterator[Measures]:
    rows = None if setup.program is None else run_rows(setup.program, numbers, seed=seed)
    for found in replications(setup, rows, numbers):
        yield measures_of(setup, found)


def measures_of(setup: Setup, found: Replication) -> Measures:
    """Return what is compared: broken promises, when all came to rest, needs, and for each step when it was finished
    and whether it was late.
    """
    met = [at for at in found.met.values() if at is not None]
    measures: Measures = {
        BROKEN: float(broken_in(setup.plan, found)),
        "ended": found.ended / 1000,
        "any_late": float(any(found.late)),
        "first_arrival": min(met) / 1000 if met else None,
        "full_strength": max(met) / 1000 if met and len(met) == len(found.met) else None,
        "short": float(bool(found.short)),
    }
    for step, at, is_late in zip(setup.plan.steps, found.finished, found.late, strict=True):
        measures[f"{step.id}/finished"] = None if at is None else at / 1000
        if step.within is not None:
            measures[f"{step.id}/late"] = float(is_late)
    return measures
