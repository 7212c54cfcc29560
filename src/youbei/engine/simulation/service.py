"""How calls of every day were served, by place and by hour: means, 90 % points, and how many were in time.

Calls of one replication hang together, so intervals are reckoned from what replications differ by: the mean of a call
is a ratio of two sums over replications. Times are tenths of a second; sums are whole numbers, so that neither the
order nor the split of the work shows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from youbei.engine.demand import Demand
from youbei.engine.places import Point
from youbei.engine.simulation.everyday import Call
from youbei.engine.simulation.statistics import Estimate, student, wilson
from youbei.engine.troubles import HOUR_MS

TENTH = 100_000
# Half a minute up to an hour, five minutes up to a day.
BIN, WIDE_BIN, HOUR, BINS = 300, 3_000, 36_000, 120 + 276
EDGES = (*(BIN * place for place in range(120)), *(HOUR + WIDE_BIN * place for place in range(277)))
# Sums of a group: calls that came, those nobody went to; over those served: how many, their times, squares of times,
# how many in time; then over replications: in how many any came, any was served, and products of the sums of each.
(CAME, UNSERVED, SERVED, TIME, SQUARES, IN_TIME) = range(6)
(CAME_RUNS, SERVED_RUNS, SERVED_2, SERVED_TIME, TIME_2) = range(6, 11)
(SERVED_IN_TIME, IN_TIME_2, CAME_2, CAME_UNSERVED, UNSERVED_2, FIELDS) = range(11, 17)
# What is kept of one hour of one place.
OF_CELL = (CAME, SERVED, TIME, SERVED_RUNS, SERVED_2, SERVED_TIME, TIME_2)
HOURS = 24
DAY = timedelta(days=1)
# Assumption: fewer replications than this tell no interval. By repetition, intervals of a mean of skewed times in so
# few miss it twice as often as they say.
FEWEST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Served:
    """How calls of one place, or one hour, were served: how many came in all replications, and what share of them
    nobody went to, with its 95 % interval.

    mean, p90: seconds from the call until the first team was there. in_time: the share of those served that was there
    within what is called good. per_day: calls that came in a day. Each with its 95 % interval; NaN where nothing was
    served, and intervals with fewer than two replications.
    """

    name: str
    calls: int
    unserved: float
    unserved_low: float
    unserved_high: float
    mean: Estimate
    p90: Estimate
    in_time: Estimate
    per_day: Estimate


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the picture of places by hours: calls in all replications, and the mean response in seconds with its
    95 % interval, from so many `runs` that had such a call that was served; NaN where they are fewer than FEWEST_RUNS.
    """

    place: str
    hour: int
    calls: int
    mean: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True, slots=True)
class Service:
    """How every day was served: by place, by local hour, and both. points: where the places are."""

    within_s: float
    places: tuple[Served, ...]
    hours: tuple[Served, ...]
    cells: tuple[Cell, ...]
    points: Mapping[str, Point]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Groups:
    """Number what calls are added up by: each place, then each hour, then each hour of each place."""

    demand: Demand
    places: list[str] = field(init=False)
    place_of: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = list(dict.fromkeys(stream.place for stream in self.demand.streams))
        numbers = {name: number for number, name in enumerate(self.places)}
        self.place_of = [numbers[stream.place] for stream in self.demand.streams]

    @property
    def kept(self) -> int:
        """Return how many groups there are whose whole distribution is kept: places and hours."""
        return len(self.places) + HOURS

    def of(self, stream: int, hour: int) -> tuple[int, int, int]:
        places, place = len(self.places), self.place_of[stream]
        return place, places + hour, places + HOURS + place * HOURS + hour

    def names(self) -> Iterator[tuple[int, str]]:
        """Yield those groups with their names."""
        yield from enumerate((*self.places, *(f"{hour:02d}:00" for hour in range(HOURS))))


@dataclass(slots=True)
class ServiceTally:
    """Sums of many replications: `sums` by group and field, `bins` how many times lie in each bin of a group."""

    runs: int = 0
    sums: Counter[int] = field(default_factory=Counter)
    bins: Counter[int] = field(default_factory=Counter)

    def merge(self, other: ServiceTally) -> None:
        self.runs += other.runs
        self.sums.update(other.sums)
        self.bins.update(other.bins)


def tenths(microseconds: int) -> int:
    return (microseconds + TENTH // 2) // TENTH


def bin_of(time: int) -> int:
    return time // BIN if time < HOUR else min(120 + (time - HOUR) // WIDE_BIN, BINS - 1)


def add_calls(tally: ServiceTally, groups: Groups, calls: Iterable[Call], since_midnight: int) -> None:
    """Add the calls of one replication, which began so many milliseconds after midnight."""
    own: dict[int, list[int]] = {}
    within = tenths(round(groups.demand.within.total_seconds() * 1e6))
    for call in calls:
        hour = (since_midnight + call.at // 1000) // HOUR_MS % HOURS
        response = None if call.response is None else tenths(call.response)
        for group in groups.of(call.stream, hour):
            sums = own.setdefault(group, [0] * (IN_TIME + 1))
            sums[CAME] += 1
            if response is None:
                sums[UNSERVED] += 1
                continue
            sums[SERVED] += 1
            sums[TIME] += response
            sums[SQUARES] += response * response
            sums[IN_TIME] += response <= within
            if group < groups.kept:
                tally.bins[group * BINS + bin_of(response)] += 1
    tally.runs += 1
    for group, sums in own.items():
        add_group(tally, group, sums, kept=range(FIELDS) if group < groups.kept else OF_CELL)


def add_group(tally: ServiceTally, group: int, sums: Sequence[int], *, kept: Sequence[int]) -> None:
    """Add the sums of one replication, and their products."""
    fields = (*sums, *products_of(sums[CAME], sums[UNSERVED], sums[SERVED], sums[TIME], sums[IN_TIME]))
    for which in kept:
        if fields[which]:
            tally.sums[group * FIELDS + which] += int(fields[which])


def products_of(came: Any, unserved: Any, served: Any, time: Any, in_time: Any) -> tuple[Any, ...]:
    """Return what is made of the sums of one replication, or of tables of such sums, in its order in the tally."""
    of_served = (came > 0, served > 0, served * served, served * time, time * time)
    return (*of_served, served * in_time, in_time * in_time, came * came, came * unserved, unserved * unserved)


def service_of(tally: ServiceTally, groups: Groups) -> Service | None:
    """Return how every day was served; None where nothing was asked."""
    if not groups.demand.streams:
        return None
    served = [served_of(tally, group, name, groups.demand.lasts / DAY) for group, name in groups.names()]
    places = len(groups.places)
    return Service(
        within_s=groups.demand.within.total_seconds(),
        places=tuple(served[:places]),
        hours=tuple(served[places:]),
        cells=tuple(cells_of(tally, groups)),
        points={stream.place: stream.point for stream in reversed(groups.demand.streams)},
    )


def cells_of(tally: ServiceTally, groups: Groups) -> Iterator[Cell]:
    for number, place in enumerate(groups.places):
        for hour in range(HOURS):
            first = FIELDS * (len(groups.places) + HOURS + number * HOURS + hour)
            sums = [tally.sums[first + which] for which in range(FIELDS)]
            if sums[CAME]:
                mean, _ = mean_of(sums)
                low, high = (mean.low, mean.high) if sums[SERVED_RUNS] >= FEWEST_RUNS else (math.nan, math.nan)
                yield Cell(place, hour, sums[CAME], mean.value, low, high, sums[SERVED_RUNS])


def mean_of(sums: Sequence[int]) -> tuple[Estimate, float]:
    """Return the mean response in seconds with its interval, and its standard error in tenths of a second."""
    if not sums[SERVED]:
        return Estimate(math.nan, math.nan, math.nan), math.nan
    runs = sums[SERVED_RUNS]
    mean, spread = ratio(runs, sums[SERVED], sums[TIME], sums[SERVED_2], sums[SERVED_TIME], sums[TIME_2])
    half = t_of(runs) * spread
    return Estimate(mean / 10, (mean - half) / 10, (mean + half) / 10), spread


def served_of(tally: ServiceTally, group: int, name: str, days: float) -> Served:
    """Return how a group was served; `days` is how long calls came in a replication."""
    sums = [tally.sums[group * FIELDS + which] for which in range(FIELDS)]
    mean, spread = mean_of(sums)
    missed = share_of(sums[CAME_RUNS], sums[CAME], sums[UNSERVED], sums[CAME_2], sums[CAME_UNSERVED], sums[UNSERVED_2])
    in_time = share_of(
        *(sums[SERVED_RUNS], sums[SERVED], sums[IN_TIME], sums[SERVED_2], sums[SERVED_IN_TIME], sums[IN_TIME_2])
    )
    return Served(
        name=name,
        calls=sums[CAME],
        unserved=missed.value,
        unserved_low=missed.low,
        unserved_high=missed.high,
        mean=mean,
        p90=ninetieth(tally, group, sums, spread),
        in_time=in_time,
        per_day=per_day(tally.runs, sums[CAME], sums[CAME_2], days),
    )


def per_day(runs: int, came: int, came_2: int, days: float) -> Estimate:
    """Return how many calls come in a day, with its interval."""
    if not runs or not days:
        return Estimate(math.nan, math.nan, math.nan)
    mean = came / runs
    variance = max(0.0, came_2 - came * mean) / (runs - 1) if runs > 1 else math.nan
    half = t_of(runs) * math.sqrt(variance / runs)
    return Estimate(mean / days, math.nan if math.isnan(half) else max(0.0, mean - half) / days, (mean + half) / days)


def share_of(runs: int, of: int, count: int, of_2: int, product: int, count_2: int) -> Estimate:
    """Return a share of calls with its 95 % interval; where it is none or all, as if calls did not hang together."""
    if not of:
        return Estimate(math.nan, math.nan, math.nan)
    if count in (0, of):
        simple = wilson(count, of)
        return Estimate(simple.share, simple.low, simple.high)
    share, spread = ratio(runs, of, count, of_2, product, count_2)
    half = t_of(runs) * spread
    if math.isnan(half):
        return Estimate(share, math.nan, math.nan)
    return Estimate(share, max(0.0, share - half), min(1.0, share + half))


def t_of(runs: int) -> float:
    return student(runs - 1) if runs > 1 else math.nan


def ratio(runs: int, served: int, total: int, served_2: int, product: int, total_2: int) -> tuple[float, float]:
    """Return a ratio of sums over replications and its standard error; `runs` are those that have any part in it.

    Source: Law, Simulation Modeling and Analysis, 5th ed. 2015, 9.5.3 (ratio estimators of regenerative cycles, with
    replications as cycles).
    """
    mean = total / served
    if runs < 2:
        return mean, math.nan
    squares = max(0.0, total_2 - 2 * mean * product + mean * mean * served_2)
    return mean, math.sqrt(squares * runs / (runs - 1)) / served


def ninetieth(tally: ServiceTally, group: int, sums: Sequence[int], spread: float) -> Estimate:
    """Return the 90 % point with its interval: that of the share below it, for as many calls as would tell as much
    about the mean if they were independent. Source: Woodruff, J. Am. Stat. Assoc. 47, 1952.
    """
    served = sums[SERVED]
    if not served:
        return Estimate(math.nan, math.nan, math.nan)
    counts = [tally.bins[group * BINS + place] for place in range(BINS)]
    of_one = max(0.0, sums[SQUARES] / served - (sums[TIME] / served) ** 2)
    independent = math.nan if math.isnan(spread) else of_one / spread**2 if spread > 0 else math.inf
    half = t_of(sums[SERVED_RUNS]) * math.sqrt(0.9 * 0.1 / independent) if independent > 0 else math.nan
    if math.isnan(half):
        return Estimate(point(counts, served, 0.9), math.nan, math.nan)
    low, high = (point(counts, served, min(1.0, max(0.0, 0.9 + side * half))) for side in (-1, 1))
    return Estimate(point(counts, served, 0.9), low, high)


def point(counts: Sequence[int], total: int, share: float) -> float:
    """Return the time in seconds below which a share of the times lies, even within its bin."""
    if math.isnan(share):
        return math.nan
    below, wanted = 0, share * total
    for (low, high), count in zip(pairwise(EDGES), counts, strict=True):
        if count and below + count >= wanted:
            return (low + (high - low) * (wanted - below) / count) / 10
        below += count
    return EDGES[-1] / 10
