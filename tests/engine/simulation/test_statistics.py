"""Claims about intervals: they cover as often as they say, pairs too, and what is kept does not grow."""

from __future__ import annotations

import math
from random import Random

from youbei.engine.simulation.compare import Pair
from youbei.engine.simulation.statistics import MOST_VALUES, Times, quantile_interval, times_of, wilson

TRIALS = 600
# Of 600 intervals of 95 % these many hold the truth, save once in a thousand.
FEWEST, MOST = 552, 588


def test_intervals_of_means_cover() -> None:
    hits = 0
    for trial in range(TRIALS):
        chance = Random(trial)
        found = times_of(round(1000 * chance.gauss(60, 15)) for _ in range(25)).summary()
        hits += found.low <= 60 <= found.high
    assert FEWEST <= hits <= MOST


def test_intervals_of_quantiles_cover() -> None:
    """Of 100 lengths that are exponential: the median and the point below which nine of ten lie."""
    for share in (0.5, 0.9):
        true, hits = -math.log(1 - share) * 60_000, 0
        for trial in range(TRIALS):
            chance = Random(trial)
            ordered = sorted(round(chance.expovariate(1) * 60_000) for _ in range(100))
            low, high = quantile_interval(ordered, share)
            hits += low <= true <= high
        # Taken from whole values, they hold it a little more often than they must.
        assert FEWEST <= hits <= 0.99 * TRIALS


def test_intervals_of_shares_cover() -> None:
    hits = 0
    for trial in range(TRIALS):
        chance = Random(trial)
        found = wilson(sum(chance.random() < 0.3 for _ in range(80)), 80)
        hits += found.low <= 0.3 <= found.high
    assert FEWEST <= hits <= MOST


def test_intervals_of_pairs_cover_and_common_luck_narrows_them() -> None:
    """Both meet the same luck of spread 15; the second is 2 later on the average, with a spread of 1 of its own."""
    hits, widths, gains = 0, [], []
    for trial in range(TRIALS):
        chance, pair = Random(trial), Pair()
        for _ in range(30):
            luck = chance.gauss(60, 15)
            pair.add(luck, luck + chance.gauss(2, 1))
        found = pair.difference("ended")
        hits += found.low <= 2 <= found.high
        widths.append(found.high - found.low)
        gains.append(found.gain or 0)
    assert FEWEST <= hits <= MOST
    assert sum(widths) / TRIALS < 1
    assert sum(gains) / TRIALS > 100


def test_what_is_kept_of_times_does_not_grow_and_their_mean_is_of_all() -> None:
    whole, parts = Times(), [times_of(range(first, first + 4_000)) for first in range(0, 40_000, 4_000)]
    for part in parts:
        whole.merge(part)
    assert len(whole.values) == MOST_VALUES
    found = whole.summary()
    assert (found.count, found.mean, found.minimum, found.maximum) == (40_000, 19.9995, 0.0, 39.999)
    assert found == times_of(range(40_000)).summary()
