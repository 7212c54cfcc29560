"""Measured times of a step of a plan: how many, their spread, and what duration they propose.

With few measurements one says what can be said: from two on an interval for the median that assumes no shape (the order
statistics), from six on that interval holds the median with 95 % confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from youbei.engine.plans.model import Duration, DurationShape, DurationSource
from youbei.engine.spans import word_span
from youbei.engine.text import Text

# Assumption: a proposal from fewer than three measured times would only repeat an accident.
FEWEST = 3
CONFIDENCE = 0.95


class Origin(StrEnum):
    """Where a time was measured."""

    EXERCISE = "exercise"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured time of a step: from its start to its finish, in which run."""

    step: str
    took: timedelta
    origin: Origin
    run: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured times of one step. `low` and `high` hold the median with `confidence`."""

    step: str
    count: int
    incidents: int
    shortest: timedelta
    median: timedelta
    longest: timedelta
    spread: float
    low: timedelta
    high: timedelta
    confidence: float

    @property
    def is_enough(self) -> bool:
        """Say whether there are enough to propose a duration."""
        return self.count >= FEWEST

    @property
    def is_sure(self) -> bool:
        """Say whether the interval holds the median with 95 %, so that an assumption outside it is wrong."""
        return self.confidence >= CONFIDENCE

    def agrees(self, assumed: timedelta) -> bool:
        """Say whether an assumed time lies inside the measured interval."""
        return self.low <= assumed <= self.high


def measured(step: str, samples: Iterable[Sample]) -> Measured | None:
    """Return what the samples of a step say, None without any.

    `spread` is the geometric standard deviation, 1 where all times are alike; a time of nought counts as a second.
    """
    own = [one for one in samples if one.step == step]
    times = sorted(one.took for one in own)
    if not times:
        return None
    low, high, confidence = median_interval(len(times))
    return Measured(
        step=step,
        count=len(times),
        incidents=sum(one.origin is Origin.INCIDENT for one in own),
        shortest=times[0],
        median=median_of(times),
        longest=times[-1],
        spread=geometric_deviation(times),
        low=times[low],
        high=times[high],
        confidence=confidence,
    )


def median_of(times: Sequence[timedelta]) -> timedelta:
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2


def median_interval(count: int) -> tuple[int, int, float]:
    """Return the indices of the tightest pair of order statistics that holds the median with 95 %, and how surely.

    The pair is symmetric; where even the extremes hold it less surely (fewer than six), the extremes are returned.
    Source: David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1: the coverage is a binomial sum.
    """
    for low in range((count - 1) // 2, -1, -1):
        coverage = 1 - 2 * sum(math.comb(count, k) for k in range(low + 1)) / 2**count
        if coverage >= CONFIDENCE:
            return low, count - 1 - low, coverage
    return 0, count - 1, max(0.0, 1 - 2 / 2**count)


def geometric_deviation(times: Sequence[timedelta]) -> float:
    logs = [math.log(max(1.0, one.total_seconds())) for one in times]
    if len(logs) < 2:
        return 1.0
    mean = sum(logs) / len(logs)
    return math.exp(math.sqrt(sum((one - mean) ** 2 for one in logs) / (len(logs) - 1)))


def proposal(found: Measured) -> Duration | None:
    """Return the duration that the measured times propose: their median with their spread; None for too few."""
    if not found.is_enough:
        return None
    seconds = timedelta(seconds=round(found.median.total_seconds()))
    source = DurationSource.INCIDENT if found.incidents * 2 >= found.count else DurationSource.DRILL
    note = Text(
        f"{found.count} 次实测，中位数 {word_span(found.median).zh}，"
        f"{word_span(found.shortest).zh}至{word_span(found.longest).zh}。",
        f"Measured {found.count} times: median {word_span(found.median).en}, from {word_span(found.shortest).en} to "
        f"{word_span(found.longest).en}.",
    )
    if found.spread <= 1.0 or seconds <= timedelta(0):
        return Duration(DurationShape.FIXED, likely=seconds, source=source, note=note)
    return Duration(DurationShape.LOGNORMAL, likely=seconds, spread=round(found.spread, 3), source=source, note=note)
