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
from youbei.engine.simulation.parts import contained_at
from youbei.engine.simulation.plan_rows import run_rows
from youbei.engine.simulation.replicate import Replication
from youbei.engine.simulation.simulate import plain
from youbei.engine.simulation.statistics import student

# Times in seconds, shares as 0 or 1; None where it did not happen. A plan without a step has none of its measures.
Measures = dict[str, float | None]


class Spread(Protocol):
    def __call__(self, work: Callable[[range], Sums], numbers: Iterable[range], /) -> Iterable[Sums]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure differs, the second less the first, over the runs in which both have it.

    low, high: the paired 95 % interval. first_half, second_half: half the width of the interval of each by itself.
    gain: how many times the variance would be as large without common luck; None where there is no difference to speak
    of.
    """

    measure: str
    runs: int
    first: float
    second: float
    difference: float
    low: float
    high: float
    gain: float | None
    first_half: float
    second_half: float

    @property
    def is_plain(self) -> bool:
        """Return whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def numbers(self) -> str:
        """Say what the two are by themselves, such as `7.85 ± 0.11 → 6.50 ± 0.10`."""
        sides = ((self.first, self.first_half), (self.second, self.second_half))
        return " → ".join(f"{value:.2f}" + ("" if math.isnan(half) else f" ± {half:.2f}") for value, half in sides)


@dataclass(frozen=True, slots=True)
class Reach:
    """In how many runs each side comes to what a measure measures, where that is not every run of both; None for a
    side whose plan does not have it at all. A difference of such times is only of the runs in which both have it.

    difference: of the shares, the second less the first, with its paired 95 % interval from low to high; None with
    fewer than two runs, or where a plan does not have it.
    """

    measure: str
    runs: int
    first: int | None
    second: int | None
    difference: float | None
    low: float | None
    high: float | None

    @property
    def is_plain(self) -> bool:
        """Return whether the interval leaves out zero, or one of the two never comes to it."""
        return not self.first or not self.second or (self.low or 0.0) > 0 or (self.high or 0.0) < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared. reaches: what is not measured in every run of both, those that one of them never comes to
    included.
    """

    seed: int
    runs: int
    is_cancelled: bool
    differences: tuple[Difference, ...]
    reaches: tuple[Reach, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "runs": self.runs,
            "is_cancelled": self.is_cancelled,
            "differences": [{**plain(asdict(one)), "is_plain": one.is_plain} for one in self.differences],
            "reaches": [{**asdict(one), "is_plain": one.is_plain} for one in self.reaches],
        }


@dataclass(slots=True)
class Pair:
    """Sums over runs in which both have a measure; whole thousandths, so that any order gives the same. only_first,
    only_second, neither: in how many other runs one of them has it, or none; absent: sides that cannot have it.
    """

    runs: int = 0
    only_first: int = 0
    only_second: int = 0
    neither: int = 0
    absent: frozenset[int] = frozenset()
    first: int = 0
    second: int = 0
    first_squares: int = 0
    second_squares: int = 0
    squares: int = 0

    def add(self, first: float | None, second: float | None) -> None:
        if first is None or second is None:
            self.only_first += first is not None
            self.only_second += second is not None
            self.neither += first is None and second is None
            return
        one, other = round(first * 1000), round(second * 1000)
        self.runs += 1
        self.first += one
        self.second += other
        self.first_squares += one * one
        self.second_squares += other * other
        self.squares += (other - one) ** 2

    def merge(self, other: Pair) -> None:
        self.runs += other.runs
        self.only_first += other.only_first
        self.only_second += other.only_second
        self.neither += other.neither
        self.absent |= other.absent
        self.first += other.first
        self.second += other.second
        self.first_squares += other.first_squares
        self.second_squares += other.second_squares
        self.squares += other.squares

    def difference(self, measure: str) -> Difference:
        runs, change = self.runs, self.second - self.first
        mean = change / runs / 1000
        half, gain, halves = math.nan, None, [math.nan, math.nan]
        if runs > 1:
            paired = variance(runs, change, self.squares)
            apart = [variance(runs, self.first, self.first_squares), variance(runs, self.second, self.second_squares)]
            half = student(runs - 1) * math.sqrt(paired / runs)
            halves = [student(runs - 1) * math.sqrt(one / runs) for one in apart]
            gain = sum(apart) / paired if paired > 0 else None
        first, second = self.first / runs / 1000, self.second / runs / 1000
        return Difference(measure, runs, first, second, mean, mean - half, mean + half, gain, *halves)

    def reach(self, measure: str) -> Reach | None:
        """Return how many runs come to it; None where every run of both does, or none of either."""
        counts = (self.runs + self.only_first, self.runs + self.only_second)
        runs = self.runs + self.only_first + self.only_second + self.neither
        if not any(counts) or (counts == (runs, runs) and not self.absent):
            return None
        first, second = (None if side in self.absent else count for side, count in enumerate(counts))
        if self.absent or runs < 2:
            return Reach(measure, runs, first, second, None, None, None)
        change, squares = self.only_second - self.only_first, self.only_second + self.only_first
        spread = (runs * squares - change * change) / (runs * (runs - 1))
        mean, half = change / runs, student(runs - 1) * math.sqrt(spread / runs)
        return Reach(measure, runs, first, second, mean, mean - half, mean + half)


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
    differences = tuple(pair.difference(measure) for measure, pair in sums.items() if pair.runs)
    reaches = (pair.reach(measure) for measure, pair in sums.items() if not is_said_of_step(measure, sums))
    return Comparison(seed, runs, is_cancelled, differences, tuple(one for one in reaches if one is not None))


def is_said_of_step(measure: str, sums: Sums) -> bool:
    """Return whether it is said of a step as a whole already: that one plan does not have it, or how often it is
    reached.
    """
    step, _, what = measure.rpartition("/")
    return what == "late" and bool(sums[f"{step}/finished"].absent or not sums[measure].absent)


def merge_sums(whole: Sums, part: Sums) -> None:
    for measure, pair in part.items():
        whole.setdefault(measure, Pair()).merge(pair)


def sum_up(first: Setup, second: Setup, numbers: range) -> Sums:
    """Carry both out for the same numbers, with the seed of the first, and sum up what both have, and who has what."""
    sums: Sums = {}
    for one, other in zip(measured(first, first.seed, numbers), measured(second, first.seed, numbers), strict=True):
        for measure in {**one, **other}:
            pair = sums.setdefault(measure, Pair())
            pair.add(one.get(measure), other.get(measure))
            if measure not in one or measure not in other:
                pair.absent = frozenset({0 if measure not in one else 1})
    return sums


def measured(setup: Setup, seed: int, numbers: range) -> Iterator[Measures]:
    rows = None if setup.program is None else run_rows(setup.program, numbers, seed=seed)
    for found in replications(setup, rows, numbers):
        yield measures_of(setup, found)


def measures_of(setup: Setup, found: Replication) -> Measures:
    """Return what is compared: broken promises, when the response was done and when all came to rest, needs, and for
    each step when it was finished and whether it was late.
    """
    contained = contained_at(setup.plan, found)
    met = [at for at in found.met.values() if at is not None]
    measures: Measures = {
        BROKEN: float(broken_in(setup.plan, found)),
        "contained": None if contained is None else contained / 1000,
        "ended": found.ended / 1000,
        "any_late": float(any(found.late)),
        "first_arrival": min(met) / 1000 if met else None,
        "full_strength": max(met) / 1000 if met and len(met) == len(found.met) else None,
        "short": float(bool(found.short)),
    }
    for step, at, is_late in zip(setup.plan.steps, found.finished, found.late, strict=True):
        measures[f"{step.id}/finished"] = None if at is None else at / 1000
        if step.within is not None:
            # Of a step that was not reached nothing is known of its deadline.
            measures[f"{step.id}/late"] = float(is_late) if is_late or at is not None else None
    return measures
