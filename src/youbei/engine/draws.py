"""Chance as a pure function: the same integers always give the same draw, in any order and on any number of cores.

A draw is named by `(seed, replication, purpose, indices...)`, all integers. They are mixed one after the other:

    h = mix(seed); for each further word w: h = mix(h XOR w); u = ((h >> 12) + 0.5) / 2**52

with `mix` the output function of splitmix64 on 64-bit unsigned integers. All of it is integer arithmetic modulo 2**64
and one exact floating-point operation, so a compiled kernel gives the same `u` bit by bit. Two plans that are
simulated with the same seed meet the same luck (common random numbers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from hashlib import blake2b
from statistics import NormalDist

from youbei.engine.plans.model import Duration, DurationShape

MASK = (1 << 64) - 1
# Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014 (mixing by Stafford, no. 13).
GOLDEN_GAMMA = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB

# Assumption: the time on the road varies about its median by a geometric standard deviation of 1.25; the lognormal
# shape is the one usually found for emergency vehicles. Source for the shape: Budge, Ingolfsson, Zerom: Empirical
# Analysis of Ambulance Travel Times, Management Science 56(4), 2010.
TRAVEL_SPREAD = 1.25

STANDARD_NORMAL = NormalDist()


class Purpose(IntEnum):
    """Say what a draw is for. Numbers are permanent: changing one changes every simulation result."""

    STEP_DURATION = 1
    TRAVEL = 2
    TURN_OUT = 3
    REACTION = 4
    ROLE = 5
    SEALED_TIME = 6
    CALL_GAP = 7
    CALL_GROUP = 8
    SERVICE = 9
    CALL_PLACE = 10
    DAY = 11
    OFF_ROAD = 12
    OFF_DUTY = 13
    CLOSURE = 14
    FAILURE = 15
    UNREACHABLE = 16
    EVERYDAY_GAP = 17
    EVERYDAY_STREAM = 18
    EVERYDAY_HOUR = 19
    EVERYDAY_SCENE = 20
    EVERYDAY_TRAVEL = 21


def mix(word: int) -> int:
    """Return splitmix64's next output for the 64-bit state `word`."""
    word = (word + GOLDEN_GAMMA) & MASK
    word = ((word ^ (word >> 30)) * MIX_1) & MASK
    word = ((word ^ (word >> 27)) * MIX_2) & MASK
    return word ^ (word >> 31)


def word_of(name: str) -> int:
    """Return the word that stands for a name in the name of a draw, so that it meets the same luck in any company."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Draws:
    """Give the draws of one replication. `seed` and `replication` are any integers, taken modulo 2**64."""

    seed: int
    replication: int = 0

    def uniform(self, purpose: int, *indices: int) -> float:
        """Return a number strictly between 0 and 1, named by purpose and indices."""
        state = mix(self.seed & MASK)
        state = mix(state ^ (self.replication & MASK))
        state = mix(state ^ (purpose & MASK))
        for index in indices:
            state = mix(state ^ (index & MASK))
        # 52 bits and a half: exact in a double, never 0 and never 1.
        return ((state >> 12) + 0.5) * 2.0**-52


def whole_milliseconds(seconds: float) -> timedelta:
    """Round to the nearest whole millisecond, halves up: the resolution of simulated time."""
    return timedelta(milliseconds=math.floor(seconds * 1000 + 0.5))


def duration(takes: Duration, u: float) -> timedelta:
    """Return how long it takes when chance says `u` (0 < u < 1): the inverse of the distribution function at `u`."""
    if takes.shape is DurationShape.FIXED:
        return whole_milliseconds(takes.likely.total_seconds())
    if takes.shape is DurationShape.TRIANGULAR:
        seconds = triangular(takes.low.total_seconds(), takes.likely.total_seconds(), takes.high.total_seconds(), u)
        return whole_milliseconds(seconds)
    return whole_milliseconds(takes.likely.total_seconds() * lognormal_factor(takes.spread, u))


def triangular(low: float, mode: float, high: float, u: float) -> float:
    """Invert the triangular distribution function. Source: Kotz, van Dorp: Beyond Beta, World Scientific 2004, 1.1."""
    width = high - low
    if width <= 0:
        return mode
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1 - u) * width * (high - mode))


def lognormal_factor(spread: float, u: float) -> float:
    """Invert the lognormal distribution function with median 1 and geometric standard deviation `spread`.

    The normal quantile is algorithm AS 241. Source: Wichura, Applied Statistics 37(3), 1988; for median and geometric
    standard deviation: Limpert, Stahel, Abbt: Log-normal Distributions across the Sciences, BioScience 51(5), 2001.
    """
    if spread <= 1.0:
        return 1.0
    return math.exp(math.log(spread) * STANDARD_NORMAL.inv_cdf(u))


def travel_time(usual: timedelta, u: float) -> timedelta:
    """Return the time on the road when chance says `u`; `usual` is its median."""
    return whole_milliseconds(usual.total_seconds() * lognormal_factor(TRAVEL_SPREAD, u))


def mean_seconds(takes: Duration) -> float:
    """Return the expected duration in seconds, for checks against theory."""
    likely = takes.likely.total_seconds()
    if takes.shape is DurationShape.TRIANGULAR:
        return (takes.low.total_seconds() + likely + takes.high.total_seconds()) / 3
    if takes.shape is DurationShape.LOGNORMAL and takes.spread > 1:
        return likely * math.exp(math.log(takes.spread) ** 2 / 2)
    return likely
