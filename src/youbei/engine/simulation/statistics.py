"""Summaries of many replications: exact sums, so that the order and the split of the work do not show."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import NormalDist

# 95 % confidence, two-sided.
Z = NormalDist().inv_cdf(0.975)

# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.
# Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def student(degrees: int) -> float:
    """Return the two-sided 95 % quantile of Student's t. Beyond 30: Abramowitz, Stegun 26.7.5, first two terms."""
    if degrees <= len(STUDENT):
        return STUDENT[degrees - 1]
    first = (Z**3 + Z) / (4 * degrees)
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * degrees**2)
    return Z + first + second


@dataclass(frozen=True, slots=True)
class Proportion:
    """How often something happened, with its 95 % Wilson interval."""

    count: int
    of: int
    share: float
    low: float
    high: float


def wilson(count: int, of: int) -> Proportion:
    """Return a proportion with its score interval. Source: Wilson, J. Am. Stat. Assoc. 22, 1927."""
    if of == 0:
        return Proportion(0, 0, math.nan, 0.0, 1.0)
    share = count / of
    spread = Z * math.sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    centre, scale = share + Z**2 / (2 * of), 1 + Z**2 / of
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == of else (centre + spread) / scale
    return Proportion(count, of, share, low, high)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Times in seconds: how many, their mean, median and 90 % point, each with its 95 % interval, extremes.

    NaN where there is nothing to tell; the interval is NaN with fewer than two values.
    """

    count: int
    mean: float
    low: float
    high: float
    p50: float
    p90: float
    minimum: float
    maximum: float
    p50_low: float
    p50_high: float
    p90_low: float
    p90_high: float


NOTHING = Summary(0, *(math.nan,) * 11)


# Assumption: ten thousand values tell the 90 % point to within six thousandths of the share below it; more would only
# take memory, which must not grow with the number of replications.
MOST_VALUES = 10_000


@dataclass(slots=True)
class Times:
    """Collect times in whole milliseconds. Sums are integers, so any order gives the same mean to the last bit.

    values: the first of them, from which quantiles are told; all of them where there are no more than MOST_VALUES.
    """

    values: array[int] = field(default_factory=lambda: array("q"))
    total: int = 0
    squares: int = 0
    count: int = 0
    least: int = 0
    most: int = 0

    def add(self, milliseconds: int) -> None:
        if len(self.values) < MOST_VALUES:
            self.values.append(milliseconds)
        self.total += milliseconds
        self.squares += milliseconds * milliseconds
        self.least = min(self.least, milliseconds) if self.count else milliseconds
        self.most = max(self.most, milliseconds) if self.count else milliseconds
        self.count += 1

    def merge(self, other: Times) -> None:
        if not other.count:
            return
        self.values.extend(other.values[: MOST_VALUES - len(self.values)])
        self.total += other.total
        self.squares += other.squares
        self.least = min(self.least, other.least) if self.count else other.least
        self.most = max(self.most, other.most) if self.count else other.most
        self.count += other.count

    def summary(self) -> Summary:
        count = self.count
        if not count:
            return NOTHING
        ordered = sorted(self.values)
        mean = self.total / count / 1000
        half = math.nan
        if count > 1:
            variance = (count * self.squares - self.total * self.total) / (count * (count - 1)) / 1e6
            half = student(count - 1) * math.sqrt(variance / count)
        p50, p90 = quantile_interval(ordered, 0.5), quantile_interval(ordered, 0.9)
        return Summary(
            count=count,
            mean=mean,
            low=mean - half,
            high=mean + half,
            p50=quantile(ordered, 0.5) / 1000,
            p90=quantile(ordered, 0.9) / 1000,
            minimum=self.least / 1000,
            maximum=self.most / 1000,
            p50_low=p50[0] / 1000,
            p50_high=p50[1] / 1000,
            p90_low=p90[0] / 1000,
            p90_high=p90[1] / 1000,
        )


def quantile(ordered: list[int], share: float) -> float:
    """Return a quantile of sorted values, between neighbours by proportion.

    Source: Hyndman, Fan: Sample Quantiles in Statistical Packages, 1996, type 7.
    """
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quantile_interval(ordered: list[int], share: float) -> tuple[float, float]:
    """Return between which of the sorted values a quantile lies with 95 %; NaN with fewer than two.

    How many values lie below it is binomial, here by the normal. Source: Conover, Practical Nonparametric Statistics,
    1999, 3.2.
    """
    count = len(ordered)
    if count < 2:
        return math.nan, math.nan
    half = Z * math.sqrt(count * share * (1 - share))
    low, high = math.floor(count * share - half), math.ceil(count * share + half)
    return ordered[max(0, low - 1)], ordered[min(count - 1, high)]


def times_of(milliseconds: Iterable[int]) -> Times:
    times = Times()
    for value in milliseconds:
        times.add(value)
    return times
